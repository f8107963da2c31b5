"""Money given back: in parts, never more than was paid."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import Outcome
from customers.models import ImportBatch, Order, OrderLine, Refund
from customers.services.importing import strangers
from customers.services.ordering import booking, listeners
from customers.services.ordering.booking import Told
from customers.services.ordering.lines import Line, LineReader, Rules
from customers.services.ordering.purchases import Purchase
from scrm.kit import audit, clock, money
from scrm.kit.errors import Refused


@dataclass
class Part:
    """What one number of a sheet gives back for one order."""

    number: str
    refund_of: str
    lines: list[Line]
    order: int = 0

    @property
    def amount_fen(self) -> int:
        return sum(abs(line.total_fen or 0) for line in self.lines)

    @property
    def at(self) -> datetime | None:
        return min((line.at for line in self.lines if line.at), default=None)


@dataclass
class Sold:
    """An order that money may be given back for: as it is here, or as a dry run would have made it. `customer` is an id,
    or the key of somebody who is not here yet."""

    rest_fen: int
    at: datetime | None
    customer: int | str
    pk: int = 0


def sold(purchase: Purchase) -> Sold:
    return Sold(purchase.total_fen, purchase.at, purchase.who)


@dataclass
class Back:
    """A slice of refunds decided."""

    counters: Counter[str] = field(default_factory=Counter)
    parts: list[Part] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def decide(
    purchases: Sequence[Purchase], reader: LineReader, rules: Rules, paid: Mapping[str, Sold] | None
) -> Back:
    """Which refunds of these purchases can be booked. `paid` are orders that a dry run would have made; None when
    they are all written. What was booked before under the same number is left as it is. What is odd about one (before its
    order, of somebody else) is told and booked all the same: the money did go back."""
    out = Back()
    parts = [part for purchase in purchases for part in _parts(purchase)]
    named = {part.refund_of for part in parts if part.refund_of}
    orders = {
        number: Sold(rest, at, customer, pk)
        for number, rest, at, customer, pk in Order.objects.filter(source=rules.source, number__in=named)
        .annotate(rest=F("paid_fen") - F("refunded_fen"))
        .values_list("number", "rest", "ordered_at", "customer", "pk")
    }
    known = set(
        Refund.objects.filter(order__in=[order.pk for order in orders.values()])
        .exclude(number="")
        .values_list("order", "number")
    )
    for number in named & (paid or {}).keys():
        orders.setdefault(number, paid[number])  # type: ignore[index]
    people = strangers.Named()
    whose = {line.who for part in parts for line in part.lines if line.who}
    people.find(rules.key, whose | {order.customer for order in orders.values() if isinstance(order.customer, str)})
    rest = {number: order.rest_fen for number, order in orders.items()}
    for part in parts:
        order = orders.get(part.refund_of)
        part.order = order.pk if order is not None else 0
        if (part.order, part.number) in known:
            _take(part, order, reader, people.owners, out)
            continue
        code = ""
        if not part.refund_of:
            code = "refund.no_order"
        elif part.refund_of not in rest:
            code = "refund.unknown_order"
        elif not part.amount_fen:
            code = "order.no_amount"
        elif part.amount_fen > rest[part.refund_of]:
            code = "refund.exceeds"
        if code:
            _reject(part, code, reader, out, left=rest.get(part.refund_of, 0))
            continue
        rest[part.refund_of] -= part.amount_fen
        out.parts.append(part)
        _take(part, order, reader, people.owners, out)
    return out


def _take(part: Part, order: Sold | None, reader: LineReader, owners: Mapping[str, int], out: Back) -> None:
    """Counts what is booked, or was before, and tells what is odd about it."""
    out.counters["returns"] += len(part.lines)
    out.counters["net_fen"] -= part.amount_fen
    for line in part.lines:
        warnings = list(line.warnings or ())
        if order is not None:
            warnings += _odd(line, part, order, reader, owners)
        out.counters["warnings"] += len(warnings)
        if warnings:
            out.told.append(Told(line.row, Outcome.CREATED, warnings=warnings, raw=line.raw))


def _odd(line: Line, part: Part, order: Sold, reader: LineReader, owners: Mapping[str, int]) -> list[dict[str, Any]]:
    found = []
    if line.at is not None and order.at is not None and _day(line.at) < _day(order.at):
        days = {"day": _day(line.at), "ordered": _day(order.at), "number": part.refund_of}
        found.append({**reader.warning(line, "refund.before_order", "ordered_at"), **days})
    bought = owners.get(order.customer, order.customer) if isinstance(order.customer, str) else order.customer
    if line.who and owners.get(line.who, line.who) != bought:
        found.append({**reader.warning(line, "refund.other_customer", "customer"), "number": part.refund_of})
    return found


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _parts(purchase: Purchase) -> list[Part]:
    by_order: dict[str, list[Line]] = {}
    for line in purchase.refunds:
        by_order.setdefault(line.refund_of, []).append(line)
    return [Part(purchase.number, order, lines) for order, lines in by_order.items()]


def _reject(part: Part, code: str, reader: LineReader, out: Back, *, left: int) -> None:
    out.counters["rejected"] += len(part.lines)
    paid = reader.at.get("amount", reader.at.get("unit_price"))
    column = reader.at.get("refund_of") if code in ("refund.no_order", "refund.unknown_order") else paid
    for line in part.lines:
        detail = {
            **reader.where(line, column), "amount": money.show(part.amount_fen), "left": money.show(left),
            "number": part.refund_of,
        }  # fmt: skip
        out.told.append(Told(line.row, Outcome.REJECTED, code, detail, raw=line.raw))


def write(out: Back, batch: ImportBatch) -> None:
    """Books a decided slice in the caller's transaction."""
    now = clock.now()
    refunds = Refund.objects.bulk_create(
        [
            Refund(
                order_id=part.order, number=part.number, amount_fen=part.amount_fen, at=part.at, batch=batch,
                recorded_by=batch.created_by, created_at=now,
            )
            for part in out.parts
        ]
    )  # fmt: skip
    _name_lines(refunds, out.parts)
    back: dict[int, int] = {}
    for part in out.parts:
        back[part.order] = back.get(part.order, 0) + part.amount_fen
    for order, amount in back.items():
        Order.objects.filter(pk=order).update(refunded_fen=F("refunded_fen") + amount, updated_at=now)
    booking.write_rows(out.told, batch, {})
    listeners.tell(list(back))


def _name_lines(refunds: Sequence[Refund], parts: Sequence[Part]) -> None:
    """A refund names the lines whose product the sheet says, where only one line of the order has it."""
    by_code: dict[tuple[int, str], list[int]] = {}
    by_name: dict[tuple[int, str], list[int]] = {}
    lines = OrderLine.objects.filter(order__in=[part.order for part in parts], product__isnull=False)
    for pk, order, code, name in lines.values_list("pk", "order", "product__code", "product__name"):
        by_code.setdefault((order, code), []).append(pk)
        by_name.setdefault((order, name), []).append(pk)
    links: set[tuple[int, int]] = set()
    for made, part in zip(refunds, parts, strict=True):
        for line in part.lines:
            found = by_code.get((part.order, line.code)) if line.code else by_name.get((part.order, line.product))
            if found and len(found) == 1:
                links.add((made.pk, found[0]))
    through = Refund.lines.through
    through.objects.bulk_create([through(refund_id=made, orderline_id=line) for made, line in sorted(links)])


def refund(
    order: Order,
    *,
    amount_fen: int,
    by: Any,
    reason: str = "",
    lines: Sequence[Any] = (),
    at: datetime | None = None,
    seen_fen: int | None = None,
) -> Refund:
    """Books one refund by hand. Two at once cannot give back more than was paid: the second one is refused.

    `seen_fen` is what had been given back when it was decided; where more has been since, nothing is booked, so that
    a form sent twice gives back once. Raises Refused("refund.amount") for nothing, ("refund.not_counting") for an
    order that is not paid or not agreed to, ("refund.exceeds") for more than is left, ("refund.stale"),
    ("refund.foreign_line").
    """
    if amount_fen <= 0:
        raise Refused("refund.amount", _("Write how much is given back."))
    if any(line.order_id != order.pk for line in lines):
        raise Refused("refund.foreign_line", _("A line of another order was chosen. Open the page again."))
    with transaction.atomic():
        rows = Order.objects.counting().filter(pk=order.pk, paid_fen__gte=F("refunded_fen") + amount_fen)
        if seen_fen is not None:
            rows = rows.filter(refunded_fen=seen_fen)
        if not rows.update(refunded_fen=F("refunded_fen") + amount_fen, updated_at=clock.now()):
            order.refresh_from_db()
            raise _why_not(order, seen_fen)
        made = Refund.objects.create(
            order=order, amount_fen=amount_fen, reason=reason.strip()[:200], at=at or clock.now(), recorded_by=by
        )
        made.lines.set(lines)
        audit.record("order.refunded", by=by, on=order, amount_fen=amount_fen)
        listeners.tell([order.pk])
    order.refresh_from_db()
    return made


def _why_not(order: Order, seen_fen: int | None) -> Refused:
    if not Order.objects.counting().filter(pk=order.pk).exists():
        return Refused("refund.not_counting", _("Only an order that is paid and agreed to can be given back."))
    if seen_fen is not None and order.refunded_fen != seen_fen:
        sentence = _("Meanwhile %(back)s of this order is given back. Look at it again before you give back more.")
        return Refused("refund.stale", sentence % {"back": money.show(order.refunded_fen)})
    sentence = _("Only %(left)s of this order can still be given back.")
    return Refused("refund.exceeds", sentence % {"left": money.show(order.net_fen)})
