"""Taking an import of orders back: its refunds, its orders that nobody has touched since, the people it made for them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_datetime

from customers.choices import OrderState
from customers.models import ImportBatch, ImportRow, Order, OrderCredit, OrderLine, Refund
from customers.services.importing import holding, undoing
from customers.services.importing.undoing import UndoPlan
from customers.services.ordering import listeners, order_lines
from scrm.kit import bulk, clock
from scrm.kit.among import Among

SLICE = 500
_VALUES = (
    "customer", "identity", "ordered_at", "paid_at", "fulfilled_at", "goods_fen", "discount_fen", "freight_fen", "paid_fen",
    "channel", "digest",
)  # fmt: skip
_TIMES = ("ordered_at", "paid_at", "fulfilled_at")


@dataclass
class OrdersPlan(UndoPlan):
    orders_removed: int = 0
    orders_restored: int = 0
    orders_kept: int = 0
    refunds_removed: int = 0
    kept_numbers: list[str] = field(default_factory=list)


def plan(batch: ImportBatch) -> OrdersPlan:
    """What undo would do now, in counts; changes nothing."""
    found = undoing.begin(OrdersPlan(), batch)
    if not found.possible:
        return found
    made = Order.objects.filter(batch=batch)
    kept = made.filter(_touched(batch))
    pinned = _pinned(made.exclude(_touched(batch)))
    found.orders_kept = kept.count() + len(pinned)
    found.orders_removed = made.count() - found.orders_kept
    found.orders_restored = _changed(batch).count()
    found.refunds_removed = Refund.objects.filter(batch=batch).count()
    found.kept_numbers = list(kept.order_by("pk").values_list("number", flat=True)[: undoing.NAMED])
    # Orders that go no longer hold their customers back.
    staying = Order.objects.filter(~Q(batch=batch) | Q(batch=None) | _touched(batch) | Q(Among("pk", pinned)))
    undoing.look_at_people(batch, found, holding.among(batch, staying=staying))
    return found


def _pinned(orders: models.QuerySet[Order]) -> list[int]:
    """Those that stay, cancelled."""
    ids = orders.order_by().values_list("pk", flat=True).iterator(chunk_size=SLICE)
    return sorted(pk for some in batched(ids, SLICE) for pk in listeners.pinned(some))


def _touched(batch: ImportBatch, people: Iterable[int] | None = None) -> Q:
    """Somebody gave money back for it, or another sheet has changed it since."""
    by_others = holding.not_of(batch, Refund.objects.filter(order=OuterRef("pk")))
    return Q(Exists(by_others)) | undoing.changed_later(batch, "order", people)


def _changed(batch: ImportBatch) -> models.QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch, changes__isnull=False, undone=False)


def step(batch: ImportBatch) -> bool:
    """Takes back one slice; True when nothing is left. One transaction, repeatable."""
    with transaction.atomic():
        for part in (_take_back_refunds, _take_back_orders, _take_back_rows, undoing.take_back_people):
            if part(batch):
                return False
    undoing.finish(batch)
    return True


def _take_back_refunds(batch: ImportBatch) -> bool:
    refunds = list(Refund.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("-pk")[:SLICE])
    back: dict[int, int] = {}
    for refund in refunds:
        back[refund.order_id] = back.get(refund.order_id, 0) + refund.amount_fen
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).delete()
    orders = Order.objects.select_for_update(of=("self",)).filter(pk__in=back).order_by("pk")
    left = [(pk, given - back[pk], clock.now()) for pk, given in orders.values_list("pk", "refunded_fen")]
    bulk.update(Order, ("refunded_fen", "updated_at"), left)
    listeners.tell(list(back))
    if refunds:
        undoing.count(batch, refunds_removed=len(refunds))
    return bool(refunds)


def _take_back_orders(batch: ImportBatch) -> bool:
    orders = dict(Order.objects.filter(batch=batch).order_by("-pk").values_list("pk", "customer")[:SLICE])
    if not orders:
        return False
    mine = Order.objects.filter(pk__in=orders)
    kept = set(mine.filter(_touched(batch, set(orders.values()))).values_list("pk", flat=True))
    # What somebody's pay stands on is cancelled: then it is in no figure, and what was paid for it is taken back.
    pinned = listeners.pinned([pk for pk in orders if pk not in kept])
    gone = [pk for pk in orders if pk not in kept and pk not in pinned]
    mine.filter(pk__in=kept).update(batch=None)
    mine.filter(pk__in=pinned).update(batch=None, state=OrderState.CANCELLED, updated_at=clock.now())
    listeners.tell(sorted(pinned))
    listeners.forget(gone)
    OrderCredit.objects.filter(order__in=gone).delete()
    OrderLine.objects.filter(order__in=gone).delete()
    mine.filter(pk__in=gone).delete()
    undoing.count(batch, orders_removed=len(gone), orders_kept=len(kept) + len(pinned))
    return True


def _take_back_rows(batch: ImportBatch) -> bool:
    """Orders that were here before and still stand as this import left them become again what they were."""
    rows = list(undoing.rows_left(batch)[:SLICE])
    if not rows:
        return False
    changes: list[dict[str, Any]] = [row.changes for row in rows if row.changes]
    now = Order.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([before["order"] for before in changes])
    restored: dict[int, dict[str, Any]] = {}
    for before in changes:
        order = now.get(before["order"])
        if order is not None and order.digest == before.get("after") and order.refunded_fen <= before["paid_fen"]:
            restored[order.pk] = before
    at = clock.now()
    bulk.update(Order, (*_VALUES, "updated_at"), [(pk, *map(_value(before), _VALUES), at) for pk, before in restored.items()])
    OrderCredit.objects.filter(order__in=restored).delete()
    order_lines.replace({pk: [_line(line) for line in before["lines"]] for pk, before in restored.items()})
    credits = [(pk, *own) for pk, before in restored.items() for own in before["credits"]]
    bulk.insert(OrderCredit, ("order", "employee", "role", "share_bp"), credits)
    listeners.tell(list(restored))
    undoing.rows_done(batch, rows, orders_restored=len(restored))
    return True


def _value(before: dict[str, Any]) -> Callable[[str], Any]:
    return lambda name: parse_datetime(before[name]) if name in _TIMES and before[name] else before[name]


def _line(said: Sequence[Any]) -> order_lines.Row:
    product, quantity, price, amount = said
    return product, Decimal(quantity), None if price is None else Decimal(price), amount
