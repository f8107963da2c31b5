"""What was spent. A day, channel, campaign and purpose have one figure: entered again it is corrected, never added."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignCost
from customers.models import Channel
from scrm.kit import clock
from scrm.kit.errors import Refused

ENTER = "campaigns.add_campaigncost"
MOST_FEN = 10**12
EARLIEST = date(2000, 1, 1)


def check(day: date, amount_fen: int) -> None:
    """Raises Refused: "cost.future", "cost.day", "cost.negative", "cost.amount"."""
    if day > clock.today():
        raise Refused("cost.future", _("This day has not come yet. Enter what was spent, not what is planned."))
    if day < EARLIEST:
        raise Refused("cost.day", _("This day lies too far back."))
    if amount_fen < 0:
        raise Refused("cost.negative", _("A cost is not negative. To take one back, enter what is left of it, or 0."))
    if amount_fen > MOST_FEN:
        raise Refused("cost.amount", _("That is too much for one amount."))


def enter_cost(
    *, campaign: Campaign | None, channel: Channel, day: date, kind: str, amount_fen: int, note: str = "", by: Any
) -> tuple[CampaignCost, bool]:
    """The row, and whether it is new; one that was there is corrected. Raises Refused as `check`, "cost.not_allowed"."""
    if by is not None and not by.has_perm(ENTER):
        raise Refused("cost.not_allowed", _("You may not enter costs."))
    check(day, amount_fen)
    with transaction.atomic():
        row, new = CampaignCost.objects.select_for_update(of=("self",)).get_or_create(
            campaign=campaign, channel=channel, day=day, kind=kind,
            defaults={"amount_fen": amount_fen, "note": note, "entered_by": by, "created_at": clock.now()},
        )  # fmt: skip
        if not new and (row.amount_fen, row.note) != (amount_fen, note):
            row.amount_fen, row.note = amount_fen, note
            row.save(update_fields=["amount_fen", "note"])
    return row, new


def correct_cost(cost: CampaignCost, *, by: Any, **values: Any) -> CampaignCost:
    """Another figure, day, channel or campaign of a row. Raises Refused as `check`, "cost.there" where that place is taken."""
    if by is not None and not by.has_perm(ENTER):
        raise Refused("cost.not_allowed", _("You may not enter costs."))
    for name, value in values.items():
        setattr(cost, name, value)
    check(cost.day, cost.amount_fen)
    with transaction.atomic():
        same = CampaignCost.objects.filter(campaign=cost.campaign, channel=cost.channel, day=cost.day, kind=cost.kind)
        if same.exclude(pk=cost.pk).exists():
            said = _("There is a figure for this day, channel, campaign and purpose already. Correct that one.")
            raise Refused("cost.there", said)
        cost.save(update_fields=list(values))
    return cost
