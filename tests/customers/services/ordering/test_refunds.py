"""Money given back: from sheets and by hand, in parts, never more than was paid."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer, ImportBatch, Order, OrderCredit, Refund
from customers.services.ordering import listeners, refunding, undoing
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.ordering.runs import (
    everything,
    lines_of,
    order,
    orders_of,
    rejected,
    run,
    warnings,
)
from tests.factories.customers import identify, make_customer
from tests.factories.orders import make_line, make_order

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
HEAD = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价", "原订单号"]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def recorded(tmp_path: Path, *rows: list[Any], name: str = "订单.xlsx", flags: tuple[str, ...] = ()) -> dict[str, Any]:
    return run(sheets.xlsx(tmp_path / name, [HEAD, *rows]), "--returns", "record", *flags)


SALE = ["D1", "2026-05-01", A, "面膜", 3, 100, None]
BACK = ["T1", "2026-05-03", A, "面膜", -1, 100, "D1"]


def test_a_return_is_a_refund_of_the_order_it_names(tmp_path: Path) -> None:
    answer = recorded(tmp_path, SALE, BACK)
    assert (lines_of(answer), answer["net"]) == ((1, 0, 1, 0, 0), "200.00")
    one = order("D1")
    assert (one.paid_fen, one.refunded_fen, one.net_fen) == (30000, 10000, 20000)
    refund = Refund.objects.get()
    assert (refund.number, refund.amount_fen, refund.at.date().isoformat()) == ("T1", 10000, "2026-05-02")
    assert Order.objects.count() == 1


def test_it_may_stand_above_its_order_and_come_again(tmp_path: Path) -> None:
    answer = recorded(tmp_path, BACK, SALE)
    assert (lines_of(answer), answer["net"]) == ((1, 0, 1, 0, 0), "200.00")
    before = everything()
    again = recorded(tmp_path, BACK, SALE)
    assert (lines_of(again), orders_of(again), again["net"]) == ((1, 0, 1, 0, 0), (0, 0, 1), "200.00")
    assert everything() == before
    later = recorded(tmp_path, BACK, name="只有退货.xlsx")
    assert (lines_of(later), later["net"], order("D1").refunded_fen) == ((0, 0, 1, 0, 0), "-100.00", 10000)


def test_in_parts_but_never_more_than_was_paid(tmp_path: Path) -> None:
    two = ["T2", "2026-05-04", A, "面膜", -2, 100, "D1"]
    three = ["T3", "2026-05-05", A, "面膜", -1, "0.01", "D1"]
    answer = recorded(tmp_path, SALE, BACK, two, three)
    assert (lines_of(answer), rejected(answer), answer["net"]) == ((1, 0, 2, 0, 1), [(5, "refund.exceeds")], "0.00")
    assert answer["rejections"][0]["reason"] == "单价（F5）：退 ¥0.01 超过了订单“D1”还能退的 ¥0.00"
    assert order("D1").refunded_fen == 30000


def test_what_is_left_is_said_without_a_column_of_amounts_too(tmp_path: Path) -> None:
    rows = [["单号", "手机", "实付金额", "退款原单"], ["D1", A, 300, None], ["T1", A, -100, "D1"], ["T2", A, -250, "D1"]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--returns", "record")
    assert rejected(answer) == [(4, "refund.exceeds")]
    assert answer["rejections"][0]["reason"] == "实付金额（C4）：退 ¥250.00 超过了订单“D1”还能退的 ¥200.00"


def test_a_refund_before_its_order_or_of_somebody_else_is_booked_and_said(tmp_path: Path) -> None:
    rows = [SALE, ["T1", "2026-04-30", A, "面膜", -1, 100, "D1"], ["T2", "2026-05-01", B, "面膜", -1, 100, "D1"]]
    out = tmp_path / "回.xlsx"
    dry = recorded(tmp_path, *rows, flags=("--dry-run",))
    answer = recorded(tmp_path, *rows, flags=("--report", str(out)))
    assert (answer, answer["warnings"], order("D1").refunded_fen) == (dry, 2, 20000)
    assert warnings() == [(3, "refund.before_order"), (4, "refund.other_customer")]
    assert [row[-1] for row in sheets.rows_of_xlsx(out)[2:]] == [
        "下单时间（B3）：退款日期 2026-04-30 早于订单“D1”的下单日期 2026-05-01；已照表格入账，请核对",
        f"手机号（C4）：“{B}”不是订单“D1”的客户；退款已记在该订单的客户名下，请核对",
    ]  # fmt: skip
    assert (recorded(tmp_path, *rows)["warnings"], Refund.objects.count(), Customer.objects.count()) == (2, 2, 1)
    # Without the order in the sheet it is the one that is here.
    later = recorded(tmp_path, ["T3", "2026-04-29", B, "面膜", -1, 100, "D1"], name="只有退货.xlsx")
    assert (later["warnings"], warnings()) == (2, [(2, "refund.before_order"), (2, "refund.other_customer")])


def test_her_other_number_is_hers(tmp_path: Path) -> None:
    identify(make_customer("张三", A), "phone", B)
    rows = [SALE, ["T1", "2026-05-01", B, "面膜", -1, 100, "D1"]]
    assert (recorded(tmp_path, *rows, flags=("--dry-run",))["warnings"], recorded(tmp_path, *rows)["warnings"]) == (0, 0)


def test_lines_of_one_return_are_one_refund(tmp_path: Path) -> None:
    recorded(tmp_path, SALE, BACK, ["T1", "2026-05-03", A, "面膜", -1, 50, "D1"])
    assert Refund.objects.values_list("number", "amount_fen").get() == ("T1", 15000)


def test_returns_that_name_no_order_are_rejected(tmp_path: Path) -> None:
    answer = recorded(
        tmp_path, SALE, [*BACK[:6], None], ["T2", *BACK[1:6], "D9"], ["T3", "2026-05-03", None, "面膜", -1, 100, "D1"],
        ["T4", "2026-05-03", A, "面膜", -1, None, "D1"],
    )  # fmt: skip
    assert (lines_of(answer), answer["net"]) == ((1, 1, 0, 0, 3), "300.00")
    assert rejected(answer) == [(3, "refund.no_order"), (4, "refund.unknown_order"), (6, "order.no_amount")]
    assert answer["rejections"][1]["reason"] == "原订单号（G4）：没有可以退款的订单“D9”"


def test_an_order_below_nothing_is_a_return_too(tmp_path: Path) -> None:
    answer = recorded(tmp_path, SALE, ["T1", "2026-05-03", A, "退差价", 1, -30, "D1"], ["T2", "2026-05-03", A, "退差价", 1, -5, None])
    assert (lines_of(answer), rejected(answer), order("D1").refunded_fen) == ((1, 0, 1, 0, 1), [(4, "refund.no_order")], 3000)


def test_amounts_below_zero_without_a_column_of_pieces(tmp_path: Path) -> None:
    rows = [["单号", "手机", "金额", "原单号"], ["D1", A, 300, None], ["T1", A, -100, "D1"]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--returns", "record")
    assert (lines_of(answer), order("D1").refunded_fen) == ((1, 0, 1, 0, 0), 10000)


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    rows = [BACK, SALE, ["T2", "2026-05-04", A, "面膜", -3, 100, "D1"], ["T3", "2026-05-04", A, "面膜", -1, 100, None]]
    dry = recorded(tmp_path, *rows, flags=("--dry-run",))
    assert (Order.objects.count(), Refund.objects.count()) == (0, 0)
    assert recorded(tmp_path, *rows) == dry
    assert lines_of(dry) == (1, 0, 1, 0, 2)


def test_a_sheet_cannot_lower_an_order_below_what_was_given_back(tmp_path: Path) -> None:
    recorded(tmp_path, SALE, ["T1", "2026-05-03", A, "面膜", -2, 100, "D1"])
    answer = recorded(tmp_path, ["D1", "2026-05-01", A, "面膜", 1, 100, None], name="改.xlsx")
    assert (rejected(answer), orders_of(answer), order("D1").paid_fen) == ([(2, "order.below_refund")], (0, 0, 0), 30000)


# --- by hand --------------------------------------------------------------------------------------------------


@pytest.fixture
def paid() -> Order:
    return make_order(make_customer("张三", A), paid_fen=10000)


def test_by_hand(paid: Order, owner: Employee) -> None:
    line = make_line(paid, amount_fen=10000)
    refund = refunding.refund(paid, amount_fen=4000, by=owner, reason=" 过敏 ", lines=[line])
    assert (paid.refunded_fen, refund.reason, refund.recorded_by, list(refund.lines.all())) == (4000, "过敏", owner, [line])
    entry = AuditEntry.objects.get(action="order.refunded")
    assert (entry.actor, entry.object_id, entry.detail) == (owner, str(paid.pk), {"amount_fen": 4000})
    refunding.refund(paid, amount_fen=6000, by=owner)
    assert (paid.refunded_fen, paid.net_fen) == (10000, 0)


@pytest.mark.parametrize(("amount", "code"), [(0, "refund.amount"), (-1, "refund.amount"), (10001, "refund.exceeds")])
def test_what_is_no_refund(paid: Order, owner: Employee, amount: int, code: str) -> None:
    with pytest.raises(Refused) as caught:
        refunding.refund(paid, amount_fen=amount, by=owner)
    paid.refresh_from_db()
    assert (caught.value.code, paid.refunded_fen, Refund.objects.count()) == (code, 0, 0)


def test_two_who_look_at_the_same_order_cannot_give_back_too_much(paid: Order, owner: Employee) -> None:
    same = Order.objects.get(pk=paid.pk)
    refunding.refund(paid, amount_fen=7000, by=owner)
    with pytest.raises(Refused) as caught:
        refunding.refund(same, amount_fen=7000, by=owner)
    assert (caught.value.code, str(caught.value)) == ("refund.exceeds", "这个订单最多还能退 ¥30.00。")
    paid.refresh_from_db()
    assert (paid.refunded_fen, Refund.objects.count()) == (7000, 1)


def test_a_line_of_another_order(paid: Order, owner: Employee) -> None:
    other = make_line(make_order(paid.customer, paid_fen=1))
    with pytest.raises(Refused) as caught:
        refunding.refund(paid, amount_fen=1, by=owner, lines=[other])
    assert caught.value.code == "refund.foreign_line"


def test_the_tables_hold_it_themselves(paid: Order, owner: Employee) -> None:
    for wrong in (
        lambda: Order.objects.filter(pk=paid.pk).update(refunded_fen=10001),
        lambda: Order.objects.filter(pk=paid.pk).update(refunded_fen=-1),
        lambda: Order.objects.filter(pk=paid.pk).update(stored_value_fen=10001),
        lambda: Refund.objects.create(order=paid, amount_fen=0),
        lambda: OrderCredit.objects.create(order=paid, employee=owner, role="opener", share_bp=10001),
        lambda: Order.objects.create(source=paid.source, number=paid.number, customer=paid.customer),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_listeners_hear_of_what_was_written_and_given_back(tmp_path: Path, owner: Employee) -> None:
    heard: list[list[int]] = []
    listeners.order_listeners.register("test", lambda ids: heard.append(list(ids)))
    try:
        recorded(tmp_path, SALE, BACK)
        one = order("D1")
        refunding.refund(one, amount_fen=1, by=owner)
        recorded(tmp_path, SALE, BACK)
    finally:
        del listeners.order_listeners._entries["test"]
    assert heard == [[one.pk], [one.pk], [one.pk]]


# --- which lines ----------------------------------------------------------------------------------------------

CODED = [*HEAD, "商品编码"]


def coded(tmp_path: Path, *rows: list[Any]) -> dict[str, Any]:
    return run(sheets.xlsx(tmp_path / "编码.xlsx", [CODED, *rows]), "--returns", "record")


def named(number: str) -> list[tuple[str, int]]:
    """(product, fen) of the lines that the refund names."""
    lines = Refund.objects.get(number=number).lines.select_related("product").order_by("pk")
    return [(line.product.name if line.product else "", line.amount_fen) for line in lines]


def test_a_refund_names_the_line_whose_product_it_says(tmp_path: Path) -> None:
    coded(
        tmp_path,
        ["D1", "2026-05-01", A, "面膜", 3, 100, None, "M1"], ["D1", "2026-05-01", A, "精华", 1, 200, None, "J1"],
        ["D1", "2026-05-01", A, "小样", 1, 10, None, None], ["D2", "2026-05-01", A, "面膜", 1, 100, None, "M1"],
        ["T1", "2026-05-03", A, "别的叫法", -1, 100, "D1", "M1"], ["T1", "2026-05-03", A, "小样", -1, 10, "D1", None],
        ["T2", "2026-05-03", A, "没卖过", -1, 50, "D1", "X9"],
    )  # fmt: skip
    assert (named("T1"), named("T2")) == ([("面膜", 30000), ("小样", 1000)], [])
    assert {line.order.number for line in Refund.objects.get(number="T1").lines.all()} == {"D1"}


def test_which_of_two_equal_lines_is_not_guessed(tmp_path: Path) -> None:
    recorded(tmp_path, SALE, SALE, BACK)
    assert (named("T1"), order("D1").refunded_fen) == ([], 10000)


def test_an_order_that_is_told_anew_keeps_the_lines_that_are_equal(tmp_path: Path) -> None:
    other = ["D1", "2026-05-01", A, "精华", 1, 200, None]
    recorded(tmp_path, SALE, other, BACK)
    kept, gone = order("D1").lines.order_by("pk")
    assert named("T1") == [("面膜", 30000)]
    changed = recorded(tmp_path, SALE, [*other[:4], 2, *other[5:]], SALE, name="改.xlsx")
    assert orders_of(changed) == (0, 1, 0)
    now = list(order("D1").lines.order_by("pk"))
    assert (now[0], [line.amount_fen for line in now]) == (kept, [30000, 40000, 30000])
    assert gone not in now
    assert named("T1") == [("面膜", 30000)]
    # Taking the second sheet back is told anew as well.
    batch = ImportBatch.objects.latest("pk")
    while not undoing.step(batch):
        pass
    assert [line.amount_fen for line in order("D1").lines.order_by("pk")] == [30000, 20000]
    assert (order("D1").lines.order_by("pk").first(), named("T1")) == (kept, [("面膜", 30000)])
