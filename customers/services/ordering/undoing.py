"""Taking an import of orders back: its refunds, its orders that nobody has touched since, the people it made for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.dateparse import parse_datetime

from customers.choices import ImportKind, Outcome
from customers.models import Customer, ImportBatch, ImportRow, Order, OrderCredit, OrderLine, Refund
from customers.services.importing import holding, undoing
from customers.services.importing.undoing import UndoPlan
from customers.services.ordering import listeners, order_lines
from scrm.kit import bulk, clock

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
    found.orders_kept = kept.count()
    found.orders_removed = made.count() - found.orders_kept
    found.orders_restored = _changed(batch).count()
    found.refunds_removed = Refund.objects.filter(batch=batch).count()
    found.kept_numbers = list(kept.order_by("pk").values_list("number", flat=True)[: undoing.NAMED])
    # Orders that go no longer hold their customers back.
    hers = Order.objects.filter(customer=OuterRef("pk"))
    staying = Exists(hers.filter(~Q(batch=batch) | Q(batch=None) | _touched(batch)))
    held = holding.among(batch, holding.worked_with(batch, without=Order) | Q(staying), holding.never_deleted(batch))
    undoing.look_at_people(batch, found, held)
    return found


def _touched(batch: ImportBatch) -> Q:
    """Somebody gave money back for it, or another sheet has changed it since."""
    by_others = holding.not_of(batch, Refund.objects.filter(order=OuterRef("pk")))
    # By the index of outcomes: orders that a later sheet changed are few, rows of imports are millions.
    sheets = ImportBatch.objects.filter(kind=ImportKind.ORDERS, pk__gt=batch.pk).values("pk")
    later = ImportRow.objects.filter(batch__in=sheets, outcome=Outcome.UPDATED, changes__isnull=False, undone=False)
    changed = [before["order"] for before in later.values_list("changes", flat=True) if before]
    return Q(Exists(by_others)) | Q(pk__in=changed)


def _changed(batch: ImportBatch) -> models.QuerySet[ImportRow]:
    return ImportRow.objects.filter(batch=batch, changes__isnull=False, undone=False)


def step(batch: ImportBatch) -> bool:
    """Takes back one slice; True when nothing is left. One transaction, repeatable."""
    with transaction.atomic():
        for part in (_take_back_refunds, _take_back_orders, _restore_orders, _take_back_people):
            if part(batch):
                return False
        # What it told of her rows is no trace of anybody's work any more.
        ImportRow.objects.filter(batch=batch, undone=False).update(undone=True)
    undoing.finish(batch)
    return True


def _take_back_refunds(batch: ImportBatch) -> bool:
    refunds = list(Refund.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("-pk")[:SLICE])
    back: dict[int, int] = {}
    for refund in refunds:
        back[refund.order_id] = back.get(refund.order_id, 0) + refund.amount_fen
    Refund.objects.filter(pk__in=[refund.pk for refund in refunds]).delete()
    for order, amount in back.items():
        Order.objects.filter(pk=order).update(refunded_fen=F("refunded_fen") - amount, updated_at=clock.now())
    listeners.tell(list(back))
    if refunds:
        _count(batch, refunds_removed=len(refunds))
    return bool(refunds)


def _take_back_orders(batch: ImportBatch) -> bool:
    orders = list(Order.objects.filter(batch=batch).order_by("-pk").values_list("pk", flat=True)[:SLICE])
    if not orders:
        return False
    mine = Order.objects.filter(pk__in=orders)
    kept = set(mine.filter(_touched(batch)).values_list("pk", flat=True))
    gone = [pk for pk in orders if pk not in kept]
    mine.filter(pk__in=kept).update(batch=None)
    OrderCredit.objects.filter(order__in=gone).delete()
    OrderLine.objects.filter(order__in=gone).delete()
    mine.filter(pk__in=gone).delete()
    _count(batch, orders_removed=len(gone), orders_kept=len(kept))
    return True


def _restore_orders(batch: ImportBatch) -> bool:
    """Orders that were here before and still stand as this import left them become again what they were."""
    rows = list(_changed(batch).order_by("-number")[:SLICE])
    if not rows:
        return False
    now = {
        order.pk: order
        for order in Order.objects.select_for_update(of=("self",)).filter(pk__in=[row.changes["order"] for row in rows if row.changes])
    }
    restored = []
    for row in rows:
        before: dict[str, Any] = row.changes or {}
        order = now.get(before["order"])
        if order is None or order.digest != before.get("after") or order.refunded_fen > before["paid_fen"]:
            continue
        values = {name: parse_datetime(before[name]) if name in _TIMES and before[name] else before[name] for name in _VALUES}
        for name in ("customer", "identity", "channel"):
            values[f"{name}_id"] = values.pop(name)
        Order.objects.filter(pk=order.pk).update(**values, updated_at=clock.now())
        order.credits.all().delete()
        order_lines.replace({order.pk: [_line(line) for line in before["lines"]]})
        bulk.insert(OrderCredit, ("order", "employee", "role", "share_bp"), [(order.pk, *own) for own in before["credits"]])
        restored.append(order.pk)
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(undone=True)
    listeners.tell(restored)
    _count(batch, orders_restored=len(restored))
    return True


def _line(said: Sequence[Any]) -> order_lines.Row:
    product, quantity, price, amount = said
    return product, Decimal(quantity), None if price is None else Decimal(price), amount


def _take_back_people(batch: ImportBatch) -> bool:
    made = list(Customer.everyone.filter(imported_in=batch).order_by("-pk").values_list("pk", flat=True)[:SLICE])
    if made:
        undoing.take_back(made, batch)
    return bool(made)


def _count(batch: ImportBatch, **more: int) -> None:
    counts = batch.counters.setdefault("undo", {})
    for key, value in more.items():
        counts[key] = counts.get(key, 0) + value
    batch.save(update_fields=["counters"])
