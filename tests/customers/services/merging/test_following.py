"""What sheets bring while two are one goes with the identity that it came by, when they are two again."""

from pathlib import Path
from typing import Any

import pytest

from customers.models import Appointment, Customer, FollowUp, Identity, Merge, Order
from customers.services import visits
from customers.services.merging import joining
from customers.services.ordering import listeners
from scrm.kit import clock
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.contact_sheets.runs import appointments, at, figures, follow_ups
from tests.customers.services.ordering.runs import orders_of, run
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
ORDERS = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价"]
CONTACTS = ["手机号", "跟进人", "跟进时间", "跟进方式", "跟进内容"]
BOOKINGS = ["预约单号", "手机号", "预约时间", "服务项目", "状态"]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def merge(owner: Employee) -> Merge:
    return joining.carry_out(joining.plan(keep=make_customer("甲", A), fold=make_customer("乙", B)), by=owner)


def orders(tmp_path: Path, *rows: list[Any]) -> Path:
    return sheets.xlsx(tmp_path / "订单.xlsx", [ORDERS, *rows])


def of(model: Any, person: Customer) -> list[int]:
    return list(model.objects.filter(customer=person).order_by("pk").values_list("pk", flat=True))


def identity(number: str) -> Identity:
    return Identity.objects.get(kind="phone", value=number)


def test_orders(merge: Merge, tmp_path: Path, owner: Employee) -> None:
    path = orders(tmp_path, ["D1", "2026-05-01", A, "面膜", 1, 10], ["D2", "2026-05-01", B, "面膜", 1, 20])
    by_hand = make_order(merge.kept)
    assert orders_of(run(path)) == (2, 0, 0)
    first, second = Order.objects.filter(source="sheet").order_by("number")
    assert [(one.customer, one.identity) for one in (first, second)] == [
        (merge.kept, identity(A)), (merge.kept, identity(B)),
    ]  # fmt: skip
    heard: list[list[int]] = []
    listeners.order_listeners.register("test", lambda ids: heard.append(list(ids)))
    try:
        joining.undo(merge, by=owner)
    finally:
        del listeners.order_listeners._entries["test"]
    assert (of(Order, merge.kept), of(Order, merge.folded)) == ([by_hand.pk, first.pk], [second.pk])
    assert heard == [[second.pk]]
    assert orders_of(run(path)) == (0, 0, 2)


def test_an_order_that_changed_hands_meanwhile(merge: Merge, tmp_path: Path, owner: Employee) -> None:
    """Its newest row counts: it came with the folded one, and the sheet says now that it was the other's."""
    joining.undo(merge, by=owner)
    run(orders(tmp_path, ["D1", "2026-05-01", B, "面膜", 1, 10]))
    assert of(Order, merge.folded) == [Order.objects.get().pk]
    merge.refresh_from_db()
    again = joining.carry_out(joining.plan(keep=Customer.objects.get(pk=merge.kept_id), fold=merge.folded), by=owner)
    changed = orders(tmp_path, ["D1", "2026-05-01", A, "面膜", 1, 11])
    assert orders_of(run(changed)) == (0, 1, 0)
    joining.undo(again, by=owner)
    assert (of(Order, merge.kept), of(Order, merge.folded)) == ([Order.objects.get().pk], [])
    assert orders_of(run(changed)) == (0, 0, 1)


def test_follow_ups_and_the_last_contact(merge: Merge, tmp_path: Path, owner: Employee) -> None:
    rows = [[A, "小许", "2025-11-03 14:00", "电话", "想下周来"], [B, "小许", "2025-11-05 10:00", "电话", "改到下月"]]
    path = sheets.xlsx(tmp_path / "跟进.xlsx", [CONTACTS, *rows])
    assert figures(follow_ups(path)) == (2, 0, 0, 0)
    joining.undo(merge, by=owner)
    kept, folded = (Customer.objects.get(pk=pk) for pk in (merge.kept_id, merge.folded_id))
    assert [FollowUp.objects.get(customer=person).content for person in (kept, folded)] == ["想下周来", "改到下月"]
    assert [at(person.last_contact_at) for person in (kept, folded)] == ["2025-11-03 14:00", "2025-11-05 10:00"]
    assert figures(follow_ups(path)) == (0, 0, 2, 0)


def test_appointments_and_the_one_it_was_moved_to(merge: Merge, tmp_path: Path, owner: Employee) -> None:
    day = f"{clock.today().year + 1}-03-01"
    rows = [["Y1", A, f"{day} 10:00", "护理", ""], ["Y2", B, f"{day} 14:00", "护理", ""]]
    path = sheets.xlsx(tmp_path / "预约.xlsx", [BOOKINGS, *rows])
    assert figures(appointments(path)) == (2, 0, 0, 0)
    first, second = Appointment.objects.order_by("number")
    third = visits.move(second, to=second.starts_at.replace(day=15), by=owner)
    joining.undo(merge, by=owner)
    assert (of(Appointment, merge.kept), of(Appointment, merge.folded)) == ([first.pk], [second.pk, third.pk])
    assert figures(appointments(path)) == (0, 0, 2, 0)


def test_a_person_the_sheet_makes_has_the_identity_of_her_order(tmp_path: Path) -> None:
    run(orders(tmp_path, ["D1", "2026-05-01", A, "面膜", 1, 10]))
    made = Order.objects.get()
    assert (made.identity, made.customer.phone) == (identity(A), A)


def test_merges_of_merged_ones_are_taken_apart_one_by_one(merge: Merge, tmp_path: Path, owner: Employee) -> None:
    third = make_customer("丙", "13777000003")
    above = joining.carry_out(joining.plan(keep=third, fold=Customer.objects.get(pk=merge.kept_id)), by=owner)
    run(orders(tmp_path, ["D1", "2026-05-01", B, "面膜", 1, 10]))
    order = Order.objects.get()
    assert order.customer == third
    joining.undo(above, by=owner)
    assert of(Order, merge.kept) == [order.pk]
    joining.undo(merge, by=owner)
    assert (of(Order, merge.kept), of(Order, merge.folded)) == ([], [order.pk])
