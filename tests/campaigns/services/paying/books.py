"""Acts on their days, and what the ledger says afterwards."""

from datetime import UTC, date, datetime
from typing import Any

from campaigns.models import ClosedMonth, CommissionEntry
from campaigns.queries.commission.statement import statement
from campaigns.services.paying import closing
from campaigns.services.paying.settling import settle
from customers.models import Order
from scrm.kit import clock
from tests.factories.commission import give_back

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def on(month: int, day: int, hour: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def back(order: Order, fen: int, at: datetime) -> None:
    with clock.staged(at):
        give_back(order, fen)
        settle([order.pk])


def close(month: date, by: Any, at: datetime) -> ClosedMonth:
    with clock.staged(at):
        return closing.close_month(month, by=by)


def line(month: date, viewer: Any, at: datetime) -> dict[str, int]:
    """The only line's figures, those that are nothing left out."""
    with clock.staged(at):
        (one,) = statement(month, visible_to=viewer)
        names = ("opening", "earned", "taken_back", "adjusted", "paid", "closing", "held", "pending", "payable")
        return {name: getattr(one, name) for name in names if getattr(one, name)}


def told(order: Order | None = None) -> list[tuple[str, int]]:
    """(kind, amount) of every entry, the oldest first."""
    rows = CommissionEntry.objects.order_by("pk") if order is None else order.commission.order_by("pk")
    return [(entry.kind, entry.amount_fen) for entry in rows]
