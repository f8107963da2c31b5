"""One sentence on a campaign: how far it is from paying for itself, or whether it earned or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.queries.board.figures import Sums
from campaigns.queries.breaking_even import BreakEven
from campaigns.queries.returns import Return
from scrm.kit import clock, money

GOOD, BAD, PLAIN = "good", "bad", ""
OVER = (CampaignState.ENDED, CampaignState.SETTLED)


@dataclass(frozen=True)
class Standing:
    """`tone` is GOOD, BAD or PLAIN; `hint` what the words rest on."""

    code: str
    words: str
    tone: str = PLAIN
    hint: str = ""


def of(campaign: Campaign, sums: Sums, *, even: BreakEven | None = None, gained: Return | None = None) -> Standing:
    """`sums` and `gained` are of the campaign from its beginning. Without `even` and `gained` nothing is said of money:
    whoever sees no costs is told orders."""
    if campaign.state == CampaignState.DRAFT:
        return Standing("draft", _("A draft; it has not been published."))
    if campaign.state == CampaignState.SCHEDULED:
        return Standing("scheduled", _begins(campaign.starts_on))
    if campaign.state in OVER:
        return _over(sums, gained)
    said = _counting(sums) if even is None or gained is None else _paying(campaign, sums, even, gained)
    return Standing(said.code, _joined(said.words, _left(campaign.ends_on)), said.tone, said.hint)


def _joined(said: str, more: str) -> str:
    return _("%(said)s, %(more)s") % {"said": said, "more": more} if more else said


def _begins(first: date | None) -> str:
    days = (first - clock.today()).days if first else 0
    if days <= 0:
        return _("Begins today")
    return ngettext("Begins in %(days)d day", "Begins in %(days)d days", days) % {"days": days}


def _left(last: date | None) -> str:
    """Today is one of them."""
    if last is None:
        return ""
    days = (last - clock.today()).days + 1
    if days <= 0:
        return _("its last day is over")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def _counting(sums: Sums) -> Standing:
    words = ngettext("%(orders)s order so far", "%(orders)s orders so far", sums.orders)
    return Standing("counting", words % {"orders": f"{sums.orders:,}"})


def _paying(campaign: Campaign, sums: Sums, even: BreakEven, gained: Return) -> Standing:
    if not even.cost_fen:
        counted = _counting(sums)
        return Standing("no_cost", counted.words, PLAIN, _("No cost was entered, so nobody can say whether it pays."))
    if even.loses:
        return Standing("loses", _("Every order loses money"), BAD, _("An order leaves less than it pays out."))
    if even.missing is None:
        return Standing("unknown", _counting(sums).words, PLAIN, _("Nobody knows what an order brings yet."))
    hint = _on_revenue(even.margin_bp is None)
    if even.missing:
        words = ngettext(
            "%(orders)s more order until it pays for itself", "%(orders)s more orders until it pays for itself", even.missing
        ) % {"orders": f"{even.missing:,}"}
        if gained.gain_fen < 0 and _too_slow(campaign, even):
            lost = _("Lost %(yuan)s so far") % {"yuan": money.show(-gained.gain_fen)}
            return Standing("losing", _joined(lost, words), BAD, hint)
        return Standing("missing", words, PLAIN, hint)
    if gained.gain_fen < 0:
        return Standing("paid", _("Pays for itself"), GOOD, hint)
    return Standing("paid", _("Pays for itself, %(yuan)s earned so far") % {"yuan": money.show(gained.gain_fen)}, GOOD, hint)


def _too_slow(campaign: Campaign, even: BreakEven) -> bool:
    """More than half of its days are over, and at the pace so far the rest will not bring the orders that are missing."""
    if campaign.starts_on is None or campaign.ends_on is None:
        return False
    gone = (clock.today() - campaign.starts_on).days + 1
    left = max((campaign.ends_on - clock.today()).days, 0)
    return gone > left and even.orders * left < (even.missing or 0) * gone


def _over(sums: Sums, gained: Return | None) -> Standing:
    if gained is None:
        words = _("Over: %(orders)s orders, %(yuan)s") % {"orders": f"{sums.orders:,}", "yuan": money.show(sums.net_fen)}
        return Standing("over", words)
    hint = _on_revenue(gained.on_revenue)
    if gained.gain_fen < 0:
        return Standing("lost", _("Lost %(yuan)s") % {"yuan": money.show(-gained.gain_fen)}, BAD, hint)
    if not gained.gain_fen and not gained.cost_fen:
        return Standing("nothing", _("Over; it brought nothing and cost nothing."))
    return Standing("earned", _("Earned %(yuan)s") % {"yuan": money.show(gained.gain_fen)}, GOOD, hint)


def _on_revenue(unknown: bool) -> str:
    return _("Margins are not known: all that came in is taken for earned.") if unknown else ""
