"""Commission on the first page: her own for whoever earns; for the owner what is held, and whether the books are right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import BookCheck
from campaigns.queries.commission import holds, mine
from campaigns.services.paying.checking import LEDGER
from scrm.kit import money
from scrm.site.home.figures import Figure, counted, link_to
from scrm.staff.choices import Role

PAGE = "admin:campaigns_performance"
VIEW = "campaigns.view_commissionentry"


@dataclass(frozen=True)
class Books:
    """What the last audit of the books said."""

    ok: bool
    at: datetime
    findings: int
    link: str


def own(user: Any) -> list[Figure]:
    """Payable, pending, taken back this month; nothing for whoever earns nothing."""
    link = link_to(PAGE)
    if not link or user.role not in (Role.EMPLOYEE, Role.MANAGER) or not user.has_perm(VIEW):
        return []
    line = mine.line_now(user.pk)
    if line is None:
        return []
    hers = f"{link}?who=me"
    beside = _("held for a look: %(yuan)s") % {"yuan": money.show(line.held)} if line.held else ""
    return [
        Figure(key, label, fen, hers, icon, shown=money.show(fen), beside=beside if key == "pay_pending" else "")
        for key, label, fen, icon in (
            ("pay_payable", _("Commission payable"), line.payable, "payments"),
            ("pay_pending", _("Commission pending"), line.pending, "hourglass_top"),
            ("pay_taken_back", _("Taken back this month"), line.taken_back, "undo"),
        )
    ]


def held(user: Any) -> list[Figure]:
    link = link_to("admin:campaigns_holds")
    if not link or not user.has_perm("campaigns.view_commissionhold"):
        return []
    return [counted("holds", _("Commission held for a look"), holds.waiting(user), link, "policy", True)]


def books(user: Any) -> Books | None:
    """None before the first night, and for whoever reads no books."""
    if user.role != Role.OWNER or not user.has_perm("campaigns.view_commissionhold"):
        return None
    row = BookCheck.objects.filter(name=LEDGER).first()
    return Books(row.ok, row.at, len(row.findings), link_to(PAGE)) if row else None
