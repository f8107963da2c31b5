"""Orders as a sheet of lines that `import_orders` reads back without changing anything, source by source."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.choices import LEGACY_PREFIX, Approval, CreditRole, IdentityKind, OrderState
from customers.models import Identity, ImportBatch, Order, OrderCredit, OrderLine
from customers.queries.disclosure import sees_full_phones, text_for
from customers.services.exporting.nouns import Noun, Plan
from customers.services.importing.words import OURS
from customers.services.ordering.words import SOURCE, TOTAL
from scrm.kit import money

_STATES = {
    OrderState.PLACED.value: "待付款", OrderState.PAID.value: "已付款", OrderState.FULFILLED.value: "已完成",
    OrderState.CANCELLED.value: "已取消",
}  # fmt: skip
_APPROVALS = {Approval.PENDING.value: "待审核", Approval.REJECTED.value: "未通过"}
_FIELDS = (
    "pk", "number", "ordered_at", "customer_id", "customer__name", "customer__phone", "channel__name", "source", "paid_fen",
    "refunded_fen", "state", "approval", "store__name", "note",
)  # fmt: skip


def plan(ids: Iterable[Sequence[int]], employee: Any) -> Plan:
    """Customers are told by what most of these orders were imported by: their mobile, or the card of a system."""
    batches: Counter[int] = Counter()
    for some in ids:
        found = Order.objects.filter(pk__in=some, batch__isnull=False).order_by()
        for batch, orders in found.values_list("batch").annotate(orders=Count("pk")):
            batches[batch] += orders
    keys: Counter[str] = Counter()
    for pk, options in ImportBatch.objects.filter(pk__in=batches).values_list("pk", "options"):
        keys[options.get("key", IdentityKind.PHONE.value)] += batches[pk]
    full = sees_full_phones(employee)
    key = keys.most_common(1)[0][0] if keys else IdentityKind.PHONE.value
    # What is masked is no number to whoever reads it back.
    who = f"会员卡号〔{key.removeprefix(LEGACY_PREFIX)}〕" if key.startswith(LEGACY_PREFIX) else "会员号"
    if key == IdentityKind.PHONE.value:
        who = "客户手机号" if full else f"客户手机号〔{OURS}〕"
    headers = [
        "订单号", "下单时间", who, "客户姓名", "商品编码", "商品名称", "数量", "单价", "金额", "来源渠道", "开单人", f"{TOTAL}〔{OURS}〕",
        f"{SOURCE}〔{OURS}〕", f"状态〔{OURS}〕", f"已退金额〔{OURS}〕", f"门店〔{OURS}〕", f"备注〔{OURS}〕",
    ]  # fmt: skip
    return {"full": full, "key": key, "headers": headers}


def write(ids: Sequence[int], made: Plan, employee: Any) -> Iterator[list[Any]]:
    """Four queries, whatever the number of orders. A row a line; an order without lines has a row of its own."""
    orders = {row[0]: row for row in rows(employee).filter(pk__in=ids).order_by().values_list(*_FIELDS)}
    lines: dict[int, list[tuple[Any, ...]]] = {}
    columns = ("order", "product__code", "product__name", "quantity", "unit_price", "amount_fen")
    for order, *line in OrderLine.objects.filter(order__in=orders).order_by("pk").values_list(*columns):
        lines.setdefault(order, []).append(tuple(line))
    served: dict[int, list[tuple[str, int]]] = {}
    credits = OrderCredit.objects.filter(order__in=orders).exclude(role=CreditRole.PROMOTER).order_by("pk")
    for order, name, share in credits.values_list("order", "employee__name", "share_bp"):
        served.setdefault(order, []).append((name, share))
    keys: dict[int, str] = {}
    if made["key"] != IdentityKind.PHONE:
        people = {row[3] for row in orders.values()}
        found = Identity.objects.filter(kind=made["key"], customer__in=people).order_by("-pk")
        keys = dict(found.values_list("customer", "value"))
    for pk in ids:
        if pk in orders:
            yield from _rows(orders[pk], lines.get(pk) or [(None, None, None, None, None)], served.get(pk, []), keys, made)


def _rows(
    order: tuple[Any, ...], lines: list[tuple[Any, ...]], served: list[tuple[str, int]], keys: dict[int, str], made: Plan
) -> Iterator[list[Any]]:
    _pk, number, at, customer, name, phone, channel, source, paid, refunded, state, approval, store, note = order
    full = made["full"]
    if made["key"] != IdentityKind.PHONE:
        who = keys.get(customer, "")
    else:
        who = phone if full else text_for(False, phone)
    # Where the lines do not add up to what was paid, freight or a discount made the difference.
    whole = None if sum(line[4] or 0 for line in lines) == paid else _yuan(paid)
    names = "、".join(f"{own} {share / 100:g}%" for own, share in served) if len(served) > 1 else "".join(own for own, _s in served)
    told = _APPROVALS.get(approval) or _STATES.get(state, "")
    for nth, (code, product, quantity, price, amount) in enumerate(lines):
        yield [
            number, at, who, text_for(full, name), code, product, _plain(quantity), _plain(price),
            None if amount is None else _yuan(amount), channel, names, whole, source, told,
            _yuan(refunded) if refunded and not nth else None, store, text_for(full, note),
        ]  # fmt: skip


def _yuan(fen: int) -> float:
    return float(money.yuan(fen))


def _plain(number: Any) -> Any:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def rows(employee: Any) -> QuerySet[Order]:
    return Order.objects.visible_to(employee)


NOUN = Noun(_("Orders"), "customers.view_order", rows, plan, write)
