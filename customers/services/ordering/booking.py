"""What a slice of a sheet's orders does: decided against what is here, then written, a dozen statements a slice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from customers.choices import Approval, CreditRole, OrderState, Outcome
from customers.models import Customer, ImportBatch, ImportRow, Order, OrderCredit, OrderLine
from customers.queries import erased
from customers.services.importing import cells, strangers
from customers.services.importing.names import Names
from customers.services.ordering import comparing, listeners, order_lines
from customers.services.ordering.lines import LineReader, Rules
from customers.services.ordering.products import Named, Products
from customers.services.ordering.purchases import FREE, LINE, NO_CUSTOMER, REJECTED, RETURN, Purchase, named
from scrm.kit import bulk, clock

KEPT_CELLS = 200
ERASED = "person.erased"
COUNTERS = (
    "lines", "no_customer", "returns", "free", "rejected", "orders_created", "orders_updated", "orders_unchanged",
    "customers_created", "warnings", "net_fen",
)  # fmt: skip
_COUNTED = {LINE: "lines", NO_CUSTOMER: "no_customer", RETURN: "returns", FREE: "free", REJECTED: "rejected"}
_ORDER = (
    "id", "source", "number", "customer", "state", "ordered_at", "paid_at", "fulfilled_at", "goods_fen", "discount_fen",
    "freight_fen", "stored_value_fen", "paid_fen", "refunded_fen", "channel", "approval", "proof", "note", "digest",
    "batch", "identity", "created_at", "updated_at",
)  # fmt: skip
_CHANGED = (
    "customer", "identity", "ordered_at", "paid_at", "fulfilled_at", "goods_fen", "discount_fen", "freight_fen", "paid_fen",
    "channel", "digest", "updated_at",
)  # fmt: skip


@dataclass
class Told:
    """What became of one row that somebody may want to look at."""

    row: int
    outcome: str
    code: str = ""
    detail: dict[str, Any] | None = None
    warnings: list[dict[str, Any]] | None = None
    unknown: dict[str, str] | None = None
    changes: dict[str, Any] | None = None
    raw: Sequence[Any] | None = None
    who: str = ""


@dataclass
class Booking(strangers.Named):
    """A slice decided. `fresh` and `changed` pair a purchase with the id of its order (0: to be made)."""

    counters: Counter[str] = field(default_factory=Counter)
    fresh: list[Purchase] = field(default_factory=list)
    changed: list[tuple[Purchase, int]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def decide(purchases: Sequence[Purchase], reader: LineReader, names: Names, rules: Rules) -> Booking:
    """What booking these orders would do; writes nothing. Three queries a slice, three more where orders seem changed,
    one more once somebody was erased."""
    out = Booking()
    booked = [purchase for purchase in purchases if purchase.kept]
    keys = {purchase.who for purchase in booked}
    out.find(rules.key, keys)
    here = {
        number: (pk, digest, refunded)
        for number, pk, digest, refunded in Order.objects.filter(
            source=rules.source, number__in=[purchase.number for purchase in booked]
        ).values_list("number", "pk", "digest", "refunded_fen")
    }
    gone = {value for _kind, value in erased.among((rules.key, key) for key in keys if key not in out.owners)}
    differing = {
        purchase.number: here[purchase.number][0]
        for purchase in booked
        if purchase.number in here and here[purchase.number][1] != purchase.digest
    }
    same = comparing.equal(booked, differing, out.owners, names)
    digests = {purchase.number: purchase.digest for purchase in booked}
    for number in same:
        pk, _digest, refunded = here[number]
        here[number] = (pk, digests[number], refunded)
    for purchase in purchases:
        if purchase.kept and purchase.who in gone:
            _reject(purchase, ERASED)
        elif purchase.kept and purchase.who not in out.owners and not strangers.may_be_made(rules.key):
            _reject(purchase, strangers.UNKNOWN)
        elif purchase.kept:
            _decide_one(purchase, here.get(purchase.number), out)
        _tell_lines(purchase, reader, names, out)
    return out


def _decide_one(purchase: Purchase, here: tuple[int, str, int] | None, out: Booking) -> None:
    if here is None:
        out.fresh.append(purchase)
        out.counters["orders_created"] += 1
    elif here[1] == purchase.digest:
        out.counters["orders_unchanged"] += 1
    elif here[2] > purchase.total_fen:
        # More was given back than the sheet now says was paid: the books would not add up.
        _reject(purchase, "order.below_refund")
        return
    else:
        out.changed.append((purchase, here[0]))
        out.counters["orders_updated"] += 1
    if purchase.who not in out.owners and (here is None or here[1] != purchase.digest):
        out.strangers[purchase.who] = out.strangers.get(purchase.who) or purchase.name
    out.counters["net_fen"] += purchase.total_fen


def _reject(purchase: Purchase, code: str) -> None:
    purchase.verdicts = [REJECTED if verdict == LINE else verdict for verdict in purchase.verdicts]
    purchase.codes = [code] * len(purchase.lines)
    purchase.kept, purchase.amounts, purchase.total_fen = [], [], 0


def _tell_lines(purchase: Purchase, reader: LineReader, names: Names, out: Booking) -> None:
    """Counts the lines; whatever was not booked, or not quite as it stands there, is told row by row."""
    unknown = {who: share for who, share in purchase.served if names.resolve("owner", who) is None}
    nobody = frozenset(unknown)
    for line, verdict, code in zip(purchase.lines, purchase.verdicts, purchase.codes, strict=True):
        if verdict == RETURN and line in purchase.refunds:
            continue  # decided once every order is booked
        out.counters[_COUNTED[verdict]] += 1
        if verdict == LINE:
            remarks = list(line.warnings or ())
            if line.who != purchase.who:
                remarks.append(reader.warning(line, "order.two_customers", "customer"))
            strange = [who for who in named(line.employee) if who in nobody]
            warnings = remarks + [{**reader.warning(line, "name.employee", "employee"), "value": who} for who in strange]
            out.counters["warnings"] += len(warnings)
            if not warnings:
                continue
            one = Told(line.row, Outcome.CREATED, warnings=warnings, who=line.who, raw=line.raw if remarks else None)
            # Once a name and order: whoever says who is meant gives her the share.
            if open_share := next((who for who in strange if who in unknown), ""):
                one.unknown = {"owner": open_share}
                one.detail = {"number": purchase.number, "share": unknown.pop(open_share)}
            out.told.append(one)
        elif verdict == REJECTED and code == ERASED:
            # Neither her number nor the row is kept.
            out.told.append(Told(line.row, Outcome.REJECTED, code))
        elif verdict == REJECTED:
            of_her = code in (line.who_problem, strangers.UNKNOWN)
            column = reader.at.get("customer") if of_her else line.column
            out.told.append(Told(line.row, Outcome.REJECTED, code, reader.where(line, column), raw=line.raw))
        else:
            out.told.append(Told(line.row, Outcome.SKIPPED, f"order.{verdict}"))


def write(out: Booking, batch: ImportBatch, names: Names, products: Products, rules: Rules) -> dict[Named, int]:
    """Writes a decided slice in the caller's transaction and returns the ids of its products, to remember.

    Raises IntegrityError when somebody took an identity or an order number meanwhile: roll back, decide again."""
    now = clock.now()
    out.counters["customers_created"] += out.make(rules.key, batch, now)
    met = {out.owners[purchase.who] for purchase in (*out.fresh, *(p for p, _pk in out.changed))}
    # Whoever buys again is no archived customer.
    Customer.everyone.filter(pk__in=met, archived_at__isnull=False).update(archived_at=None, updated_at=now)
    before = _before([pk for _purchase, pk in out.changed])
    pairs = list(zip(out.fresh, bulk.reserve_ids(Order, len(out.fresh)), strict=True))
    bulk.insert(Order, _ORDER, [_order(purchase, pk, out, batch, names, rules, now) for purchase, pk in pairs])
    bulk.update(
        Order,
        _CHANGED,
        [(pk, *_values(purchase, out, names), purchase.digest, now) for purchase, pk in out.changed],
    )
    OrderCredit.objects.filter(order__in=[pk for p, pk in out.changed if p.served]).delete()
    fresh, pairs = pairs, [*pairs, *out.changed]
    ids = products.ids({(line.code, line.product) for purchase, _pk in pairs for line in purchase.kept})
    order_lines.insert((pk, *row) for purchase, pk in fresh for row in _lines(purchase, ids))
    if out.changed:
        order_lines.replace({pk: _lines(purchase, ids) for purchase, pk in out.changed})
    bulk.insert(OrderCredit, ("order", "employee", "role", "share_bp"), _credits(pairs, names))
    for purchase, pk in out.changed:
        changes = {**before[pk], "after": purchase.digest}
        out.told.append(Told(purchase.lines[0].row, Outcome.UPDATED, changes=changes, who=purchase.who))
    write_rows(out.told, batch, out.owners)
    listeners.tell([pk for _purchase, pk in pairs])
    return ids


def _lines(purchase: Purchase, products: dict[Named, int]) -> list[order_lines.Row]:
    return [
        (products.get((line.code, line.product)), line.quantity, line.price, amount)
        for line, amount in zip(purchase.kept, purchase.amounts, strict=True)
    ]


def _values(purchase: Purchase, out: Booking, names: Names) -> tuple[Any, ...]:
    """customer … channel, in the order of _CHANGED."""
    goods, discount, freight = comparing.figures(purchase)
    channel = names.resolve("source", purchase.channel) if purchase.channel else None
    return (
        out.owners[purchase.who], out.identities[purchase.who], purchase.at, purchase.at, purchase.at, goods, discount,
        freight, purchase.total_fen, channel,
    )  # fmt: skip


def _order(
    purchase: Purchase, pk: int, out: Booking, batch: ImportBatch, names: Names, rules: Rules, now: Any
) -> tuple[Any, ...]:
    customer, identity, ordered, paid, fulfilled, goods, discount, freight, total, channel = _values(purchase, out, names)
    return (
        pk, rules.source, purchase.number, customer, OrderState.FULFILLED.value, ordered, paid, fulfilled, goods, discount,
        freight, 0, total, 0, channel, Approval.NONE.value, "", "", purchase.digest, batch.pk, identity, now,
        now,
    )  # fmt: skip


def _credits(pairs: Sequence[tuple[Purchase, int]], names: Names) -> list[tuple[Any, ...]]:
    """The first opened the order, the others helped. Two names of one employee are one; an unknown one's share stays
    open until somebody says who it is, since nobody else earned it."""
    rows = []
    for purchase, pk in pairs:
        shares: dict[int, int] = {}
        for name, share in purchase.served:
            employee = names.resolve("owner", name)
            if employee is not None:
                shares[employee] = shares.get(employee, 0) + share
        for nth, (employee, share) in enumerate(shares.items()):
            role = CreditRole.OPENER if nth == 0 else CreditRole.HELPER
            rows.append((pk, employee, role.value, share))
    return rows


def _before(orders: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The orders as they stand, for undo: their own values and their lines."""
    if not orders:
        return {}
    names = [name for name in _CHANGED if name != "updated_at"]
    found: dict[int, dict[str, Any]] = {
        row["id"]: {"order": row["id"], **{name: bulk.plain(row[name]) for name in names}, "lines": [], "credits": []}
        for row in Order.objects.filter(pk__in=orders).values("id", *names)
    }
    for order, *values in OrderLine.objects.filter(order__in=orders).order_by("pk").values_list(
        "order", "product", "quantity", "unit_price", "amount_fen"
    ):
        found[order]["lines"].append([bulk.plain(value) for value in values])
    for order, *values in OrderCredit.objects.filter(order__in=orders).order_by("pk").values_list(
        "order", "employee", "role", "share_bp"
    ):
        found[order]["credits"].append(values)
    return found


def write_rows(told: Sequence[Told], batch: ImportBatch, owners: dict[str, int]) -> None:
    """One row of the import each; a row told twice (changed, with a remark) is one."""
    rows: dict[int, Told] = {}
    for one in told:
        if (other := rows.get(one.row)) is not None:
            one = Told(
                one.row, one.outcome, one.code or other.code, one.detail or other.detail,
                one.warnings or other.warnings, one.unknown or other.unknown, one.changes or other.changes,
                one.raw or other.raw, one.who or other.who,
            )  # fmt: skip
        rows[one.row] = one
    bulk.insert(
        ImportRow,
        (
            "batch", "number", "outcome", "code", "conflict", "customer", "detail", "changes", "warnings", "unknown",
            "cells", "undone",
        ),
        [
            (
                batch.pk, one.row, str(one.outcome), one.code, False, owners.get(one.who), one.detail or None, one.changes,
                one.warnings, one.unknown,
                [cells.to_text(cell)[:2000] for cell in one.raw[:KEPT_CELLS]] if one.raw is not None else None, False,
            )
            for one in rows.values()
        ],
    )  # fmt: skip
