"""The orders of a slice, as commission looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from campaigns.models import Rules
from customers.choices import HAND, SHEET, OrderState
from customers.models import Order
from customers.models.orders import AGREED, PAID
from scrm.kit import clock
from scrm.kit.among import Among

_COLUMNS = (
    "pk", "customer_id", "source", "state", "approval", "ordered_at", "paid_at", "fulfilled_at", "created_at", "paid_fen",
    "refunded_fen", "store_id", "channel__online",
)  # fmt: skip


@dataclass(frozen=True)
class Sold:
    order: int
    customer: int
    source: str
    state: str
    approval: str
    ordered_at: datetime | None
    paid_at: datetime | None
    fulfilled_at: datetime | None
    created_at: datetime
    paid: int
    refunded: int
    store: int | None
    channel_online: bool | None

    @property
    def counts(self) -> bool:
        return self.state in PAID and self.approval in AGREED

    @property
    def net(self) -> int:
        return self.paid - self.refunded

    @property
    def pays(self) -> bool:
        """What no moment is known of was never within anybody's campaign or rule; of what was given back nothing is left
        to share."""
        return self.counts and self.ordered_at is not None and self.net > 0

    @property
    def day(self) -> date:
        """On which it was paid for."""
        return _day(self.paid_at or self.ordered_at or self.created_at)

    @property
    def online(self) -> bool:
        """Sent to her, so that it can come back: what its channel says; of one that says nothing, whatever came from
        another system than a sheet and names no store. What is entered by hand was sold at the counter."""
        if self.source == HAND:
            return False
        if self.channel_online is not None:
            return self.channel_online
        return self.source != SHEET and self.store is None

    @property
    def received(self) -> date | None:
        """The day on which the goods arrived, as far as anybody knows."""
        if self.fulfilled_at is not None:
            return _day(self.fulfilled_at)
        return self.day if self.state == OrderState.FULFILLED else None


def _day(moment: datetime) -> date:
    """Nothing was earned tomorrow, whatever the clock of a counter says."""
    return min(timezone.localdate(moment), clock.today())


def read(order_ids: Sequence[int]) -> dict[int, Sold]:
    rows = Order.objects.filter(Among("pk", order_ids)).order_by("pk").values_list(*_COLUMNS)
    return {row[0]: Sold(*row) for row in rows}


class Holding:
    """How long what was earned waits, by the shop's rules as they are now: an entry keeps the day that it was given."""

    def __init__(self) -> None:
        rules = Rules.objects.filter(pk=1).first() or Rules()
        self.counter, self.online = timedelta(days=rules.counter_days), timedelta(days=rules.online_days)

    def payable_on(self, sold: Sold) -> date | None:
        """None while the goods are under way."""
        if not sold.online:
            return sold.day + self.counter
        return None if sold.received is None else sold.received + self.online
