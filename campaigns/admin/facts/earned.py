"""What a share has earned whoever's link it was, and what was taken back of it: for whoever may read commission."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.choices import Basis, EntryKind
from campaigns.models import CommissionEntry
from scrm.kit import money

VIEW = "campaigns.view_commissionentry"


@dataclass
class Earned:
    """`first`: the entry whose page tells how it came about."""

    first: int
    fen: int = 0
    taken: int = 0


def mark(rows: list[Any], viewer: Any) -> None:
    """One query. A share under another model than the one that pays has earned nothing."""
    entries = CommissionEntry.objects.visible_to(viewer).filter(
        order__in={row.order_id for row in rows}, campaign__in={row.campaign_id for row in rows}, basis=Basis.CREDIT,
    ).exclude(kind=EntryKind.PAYOUT)  # fmt: skip
    found: dict[tuple[Any, ...], Earned] = {}
    columns = ("pk", "amount_fen", "order", "campaign", "model", "employee", "promoter")
    for pk, fen, *key in entries.order_by("pk").values_list(*columns):
        one = found.setdefault(tuple(key), Earned(pk))
        one.fen += fen
        one.taken -= min(fen, 0)
    for row in rows:
        whose = (row.order_id, row.campaign_id, row.model, row.employee_id, row.link.customer_id)
        row.earned = found.get(whose)


def cell(row: Any) -> SafeString | str:
    one = row.earned
    if one is None:
        return ""
    url = reverse("admin:campaigns_entry", args=[one.first])
    shown = format_html('<a class="scrm-link" href="{}">{}</a>', url, money.show(one.fen))
    if not one.taken:
        return shown
    said = _("%(yuan)s taken back") % {"yuan": money.show(one.taken)}
    return format_html('{} <a class="scrm-link order-phone" href="{}" data-taken="{}">{}</a>', shown, url, one.taken, said)
