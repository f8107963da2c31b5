"""The page itself."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.choices import AssignmentState
from campaigns.models import Assignment
from campaigns.queries import mine, offers, worth
from campaigns.services import working
from scrm.kit import money

MAY = "campaigns.view_link"
ADDRESS = "admin:campaigns_mine"
FIGURES = {
    "net_fen": gettext_lazy("net revenue"),
    "orders": gettext_lazy("orders"),
    "leads": gettext_lazy("leads"),
    "referrals": gettext_lazy("brought by customers"),
}
# What a tap is called; withdrawing is nobody's own.
TAPS = {
    AssignmentState.ACCEPTED: gettext_lazy("I take it on"),
    AssignmentState.STARTED: gettext_lazy("I have begun"),
    AssignmentState.DONE: gettext_lazy("Done"),
}


def require(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY):  # type: ignore[union-attr]
        raise PermissionDenied


def page(request: HttpRequest) -> HttpResponse:
    require(request)
    viewer: Any = request.user
    found = mine.cards(viewer)
    running = [card for card in found if card.runs]
    offered = offers.offers(viewer, [card.campaign for card in running])
    context = {
        **admin.site.each_context(request),
        "title": _("My links and posters"),
        "cards": [shown(card, viewer) for card in found],
        "visits": sum((card.visits for card in found), mine.Visits()),
        "offers": [offer for offer in offered if not offer.put_aside],
        "put_aside": [offer for offer in offered if offer.put_aside],
        "several": len(running) > 1,
    }
    return TemplateResponse(request, "campaigns/mine/page.html", context)


def shown(card: mine.Card, viewer: Any) -> dict[str, Any]:
    """A card in words."""
    return {
        "card": card,
        "campaign": card.campaign,
        "assignment": card.assignment,
        "worth": worth_words(card.worth),
        "targets": [
            {
                "label": FIGURES[name],
                "so_far": told(name, so_far),
                "target": told(name, target),
                "percent": min(100, max(so_far, 0) * 100 // target),
                "reached": so_far >= target,
            }
            for name, so_far, target in card.targets
        ],
        "taps": taps(card.assignment, viewer) if card.assignment is not None else [],
    }


def told(name: str, value: int) -> str:
    return yuan(value) if name.endswith("_fen") else f"{value:,}"


def yuan(fen: int) -> str:
    """Without the fen where there are none."""
    return money.show(fen).removesuffix(".00")


def worth_words(found: worth.Worth | None) -> str:
    """What one success is worth, in a sentence; blank where nothing is paid."""
    if found is None:
        return ""
    if found.fen is not None:
        return _("One order is worth about %(amount)s to you.") % {"amount": yuan(found.fen)}
    percent = f"{(found.rate_bp or 0) / 100:g}"
    return _("One order is worth %(percent)s%% of its amount to you.") % {"percent": percent}


def taps(assignment: Assignment, viewer: Any) -> list[tuple[str, Any]]:
    """The next steps, each called by what she says with it."""
    return [(str(to), TAPS[to]) for to in working.doors(assignment, viewer) if to in TAPS]
