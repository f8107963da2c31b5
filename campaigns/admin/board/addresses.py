"""Where a figure leads: the list of exactly the rows that it counts, if the viewer may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from campaigns.queries.board.rows import Cut

# Each figure's list: its address, the right to open it, and what of it is asked for.
LISTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "raw": ("touch", "campaigns.view_touch", {}),
    "views": ("touch", "campaigns.view_touch", {"counted": "yes"}),
    "uniques": ("touch", "campaigns.view_touch", {"counted": "unique"}),
    "visitors": ("touch", "campaigns.view_touch", {"counted": "first"}),
    "leads": ("participation", "campaigns.view_participation", {}),
    "newcomers": ("participation", "campaigns.view_participation", {"new": "1"}),
    "arrivals": ("participation", "campaigns.view_participation", {"arrived": "1"}),
    "buyers": ("conversion", "campaigns.view_conversion", {"number": "1"}),
    "orders": ("conversion", "campaigns.view_conversion", {}),
    "repeats": ("conversion", "campaigns.view_conversion", {"number": "2"}),
    "net_fen": ("credit", "campaigns.view_credit", {}),
    "cost_fen": ("campaigncost", "campaigns.view_campaigncost", {}),
}
# What a list calls its first and last day, where it is neither of these.
DAYS = {"touch": ("from", "to")}
BY_MODEL = {"buyers", "orders", "repeats", "net_fen"}
# Only what came by links whose promoter the viewer sees: her lists of facts hold more, those of her customers too.
SEEN = {"links": "seen"}


@dataclass(frozen=True)
class Addresses:
    """Of the figures of one board, for one viewer."""

    cut: Cut
    model: str

    def of(self, figure: str, **narrower: Any) -> str:
        """Blank where there is no such list, or not for this viewer. `narrower`: employee, channel, days, campaign."""
        noun, right, asked = LISTS[figure]
        cut = self.cut.of(**narrower)
        # An agency lists the touches of its own links, while the board counts those of the whole campaign.
        if not cut.sight.viewer.has_perm(right) or (noun == "touch" and cut.sight.is_agency):
            return ""
        names = DAYS.get(noun, ("first", "last"))
        query = asked | cut.days.query(*names)
        for name in ("campaign", "employee", "channel"):
            if getattr(cut, name) is not None:
                query[name] = str(getattr(cut, name))
        if figure in BY_MODEL:
            query["model"] = self.model
        # The list of touches holds no others anyway.
        if cut.sight.promoters is not None and noun != "touch":
            query |= SEEN
        try:
            return reverse(f"admin:campaigns_{noun}_changelist", query=query)
        except NoReverseMatch:
            return ""


def unattributed(cut: Cut) -> str:
    """Orders that no campaign had a part in."""
    if not cut.sight.viewer.has_perm("customers.view_order"):
        return ""
    return reverse("admin:customers_order_changelist", query={**cut.days.query("from", "to"), "attributed": "0"})
