"""Each entry by itself, and each accrual with what names it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from campaigns.choices import Because, EntryKind
from campaigns.models import CommissionEntry, OrderWork
from campaigns.paying_keys import Person, is_refusal, read, slot_of
from campaigns.queries.commission.auditing.findings import Finding, Where
from campaigns.reckoning import WHOLE, half_up, month_of
from customers.models.orders import AGREED, PAID
from scrm.kit.among import Among

CHUNK = 2_000


@dataclass
class Moved:
    sum: int = 0
    refused: bool = False
    # It went too far at some moment, up or down.
    too_far: bool = False


def check() -> Iterator[Finding]:
    """Accruals in slices by id, each with its movements; then what belongs to none."""
    last = 0
    while accruals := list(_accruals().filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = accruals[-1].pk
        yield from _slice(accruals)
    others = CommissionEntry.objects.exclude(kind=EntryKind.ACCRUAL).order_by("pk")
    for entry in others.select_related("reverses").iterator(CHUNK):
        yield from _other(entry)


def _accruals() -> QuerySet[CommissionEntry]:
    return CommissionEntry.objects.filter(kind=EntryKind.ACCRUAL).select_related("rule", "order")


def _slice(accruals: list[CommissionEntry]) -> Iterator[Finding]:
    ids = [entry.pk for entry in accruals]
    waiting = set(
        OrderWork.objects.filter(Among("order", [entry.order_id or 0 for entry in accruals])).values_list("order_id", flat=True)
    )
    moves = {pk: Moved() for pk in ids}
    of_them = CommissionEntry.objects.filter(Among("reverses", ids)).order_by("pk")
    amounts = {entry.pk: entry.amount_fen for entry in accruals}
    for root, amount, key in of_them.values_list("reverses_id", "amount_fen", "key"):
        one = moves[root or 0]
        one.sum += amount
        one.refused |= is_refusal(key)
        one.too_far |= not -amounts[root or 0] <= one.sum <= 0
    for entry in accruals:
        yield from _accrual(entry, moves[entry.pk], entry.order_id in waiting)


def _accrual(entry: CommissionEntry, moved: Moved, waits: bool) -> Iterator[Finding]:
    where = Where(_person(entry), f"{entry.month:%Y-%m}", entry.pk, entry.order_id)
    said = read(EntryKind.ACCRUAL, entry.key)
    if said is None or said["order"] != str(entry.order_id) or said["person"] != _person(entry) or not _fits(entry):
        yield Finding("key", where)
        return
    if entry.month.day != 1 or entry.month < month_of(entry.day):
        yield Finding("month", where)
    share, paid = entry.basis_fen or 0, entry.paid_fen or 0
    if not 0 < share <= paid:
        yield Finding("share", where, expected=paid, found=share)
    elif (expected := _amount(entry, share, paid)) != entry.amount_fen:
        yield Finding("amount", where, expected=expected, found=entry.amount_fen)
    if moved.too_far:
        yield Finding("taken", where, expected=entry.amount_fen, found=-moved.sum)
    elif moved.refused:
        if entry.amount_fen + moved.sum:
            yield Finding("refused", where, expected=0, found=entry.amount_fen + moved.sum)
    elif not waits and entry.order is not None and paid:
        order = entry.order
        counts = order.state in PAID and order.approval in AGREED and order.paid_fen == paid
        target = half_up(entry.amount_fen * order.refunded_fen, paid) if counts else entry.amount_fen
        if -moved.sum not in (target, entry.amount_fen):
            yield Finding("reversed", where, expected=target, found=-moved.sum)


def _amount(entry: CommissionEntry, share: int, paid: int) -> int:
    """Of a fixed sum a part is within one fen of the exact one: which of several got the odd fen is not said."""
    if entry.rate_bp is not None:
        return half_up(entry.rate_bp * share, WHOLE)
    fixed = (entry.rule.fixed_fen if entry.rule else 0) or 0
    return entry.amount_fen if abs(entry.amount_fen * paid - fixed * share) < 2 * paid else half_up(fixed * share, paid)


def _fits(entry: CommissionEntry) -> bool:
    slot, rule = slot_of(entry.key), entry.rule
    if slot[0] in "ks":
        return slot.removesuffix(".2")[1:] == str(entry.campaign_id)
    if slot[0] in "pq":
        return rule is not None and slot[1:] == str(rule.product_id)
    return entry.campaign_id is None


def _other(entry: CommissionEntry) -> Iterator[Finding]:
    where = Where(_person(entry), f"{entry.month:%Y-%m}", entry.pk, entry.order_id)
    said = read(entry.kind, entry.key)
    if said is None:
        yield Finding("key", where)
        return
    root = said.get("accrual") or said.get("refused")
    accrual = entry.reverses
    if (root or None) != (None if accrual is None else str(accrual.pk)):
        yield Finding("key", where)
    elif accrual is not None and (
        accrual.kind != EntryKind.ACCRUAL
        or (accrual.employee_id, accrual.promoter_id, accrual.order_id) != (entry.employee_id, entry.promoter_id, entry.order_id)
    ):
        yield Finding("belongs", where)
    if entry.kind == EntryKind.PAYOUT and (said["month"], said["person"]) != (f"{entry.month:%Y-%m}", _person(entry)):
        yield Finding("key", where)
    is_correction = accrual is not None and entry.note != Because.REFUND
    earliest = entry.month if entry.kind == EntryKind.PAYOUT else month_of(entry.day)
    if entry.month.day != 1 or entry.month < (accrual.month if accrual is not None and is_correction else earliest):
        yield Finding("month", where)


def _person(entry: CommissionEntry) -> str:
    return Person(entry.employee_id, entry.promoter_id).code
