"""Parts of the customer page. This app registers its own from `CustomersConfig.ready()`, the apps above theirs; the
page puts them under its tabs and knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries.person import Reader
from scrm.kit.registry import Registry

# In the order of the page. A tab without a panel that has something to show is not drawn.
TABS: dict[str, str | Promise] = {
    "timeline": _("Timeline"),
    "details": _("Details and own fields"),
    "tags": _("Tags"),
    "orders": _("Orders"),
    "benefits": _("Benefits and coupons"),
    "owner": _("Owner and origin"),
    "contact": _("What may be sent"),
    "identities": _("Identities and merges"),
}


@dataclass(frozen=True)
class Panel:
    """`context` gives what `template` finds as `panel`, or None where this viewer gets no such part. Texts go
    through the reader, which masks numbers; a panel asks a constant number of queries."""

    tab: str
    template: str
    context: Callable[[HttpRequest, Reader], dict[str, Any] | None]


@dataclass(frozen=True)
class Bar:
    """A line in red above everything: what whoever opens the page must know before anything else."""

    key: str
    text: str
    link: str = ""
    link_text: str = ""


panels: Registry[Panel] = Registry("panel of the customer page")
bars: Registry[Callable[[HttpRequest, Reader], list[Bar]]] = Registry("bar of the customer page")


def drawn(request: HttpRequest, reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """{tab: [{"template", "panel"}]} of what this viewer gets, in the order of TABS."""
    found: dict[str, list[dict[str, Any]]] = {tab: [] for tab in TABS}
    for panel in panels:
        data = panel.context(request, reader)
        if data is not None:
            found[panel.tab].append({"template": panel.template, "panel": data})
    return {tab: parts for tab, parts in found.items() if parts}


def bars_of(request: HttpRequest, reader: Reader) -> list[Bar]:
    return [bar for make in bars for bar in make(request, reader)]
