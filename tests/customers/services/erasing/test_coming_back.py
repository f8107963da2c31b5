"""Whoever was erased does not come back by a sheet; by hand only when she herself came back."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from customers.models import Consent, Customer, ErasedIdentity, Identity, ImportBatch, ImportRow, Order
from customers.services import people
from customers.services.erasing import erasing
from customers.services.importing import planning, reasons, running, undoing
from customers.services.importing.deciding import Decider
from customers.services.importing.names import Names
from customers.services.ordering import undoing as order_undoing
from scrm.kit import jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.importing import runs
from tests.customers.services.ordering import runs as order_runs
from tests.factories.customers import identify, make_customer

pytestmark = pytest.mark.django_db
A, B, C = (f"1377700000{n}" for n in range(1, 4))
HEAD = ["姓名", "手机号", "会员卡号", "备注"]
ORDERS = ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价"]


def erase(customer: Customer, owner: Employee) -> None:
    erasing.carry_out(erasing.plan(customer, by=owner), by=owner)


@pytest.fixture
def gone(owner: Employee) -> Customer:
    person = make_customer("王小娟", A)
    identify(person, "legacy:收银", "C-1001")
    erase(person, owner)
    return person


def book(tmp_path: Path, *rows: list[Any], name: str = "会员.xlsx") -> Path:
    return sheets.xlsx(tmp_path / name, [list(row) for row in rows])


def test_her_row_is_rejected_and_the_others_come_in(tmp_path: Path, gone: Customer) -> None:
    path = book(tmp_path, HEAD, ["李四", B, None, None], ["王小娟", A, None, "老客"], ["赵六", C, "C-1001", None])
    for flags in (["--dry-run"], []):
        answer = runs.run(path, "--system", "收银", *flags)
        assert runs.figures(answer) == (1, 0, 0, 0, 2)
        assert runs.rejected(answer) == [(3, "person.erased"), (4, "person.erased")]
    assert runs.names_and_phones() == [("李四", B)]
    row = ImportRow.objects.get(number=3)
    assert (row.customer, row.cells, row.detail) == (None, None, None)
    assert reasons.sentence("person.erased") == "这位客户要求过清除资料，不再收进来"


def test_a_second_time_it_is_the_same(tmp_path: Path, gone: Customer) -> None:
    path = book(tmp_path, HEAD, ["王小娟", A, None, None], ["李四", B, None, None])
    assert [runs.figures(runs.run(path)) for _n in range(2)] == [(1, 0, 0, 0, 1), (0, 0, 1, 0, 1)]


def test_further_rows_of_her_cluster_are_rejected_too(tmp_path: Path, gone: Customer) -> None:
    path = book(tmp_path, HEAD, ["王小娟", A, "C-7", None], ["王小娟", None, "C-7", None], ["李四", B, None, None])
    answer = runs.run(path, "--system", "收银")
    assert (runs.figures(answer), runs.rejected(answer)) == (
        (1, 0, 0, 0, 2),
        [(2, "person.erased"), (3, "person.erased")],
    )


def test_as_a_second_number_of_somebody_else_it_is_left_out(tmp_path: Path, gone: Customer) -> None:
    answer = runs.run(book(tmp_path, HEAD, ["李四", f"{B} / {A}", None, None]))
    assert runs.figures(answer) == (1, 0, 0, 0, 0)
    assert list(Identity.objects.values_list("value", flat=True)) == [B]


def test_a_row_known_by_name_only_does_not_bring_her_back(tmp_path: Path, owner: Employee) -> None:
    path = book(tmp_path, HEAD, ["小鱼", None, None, "怕冷"])
    runs.run(path, "--require", "name")
    erase(Customer.objects.get(), owner)
    assert runs.figures(runs.run(path, "--require", "name")) == (0, 0, 0, 0, 1)


def test_an_order_of_hers_is_rejected_and_the_others_are_booked(tmp_path: Path, gone: Customer) -> None:
    path = book(
        tmp_path, ORDERS, ["N1", "2025-03-01", A, "面膜", 1, 99], ["N2", "2025-03-01", B, "面膜", 2, 99], name="订单.xlsx"
    )
    answer = order_runs.run(path)
    assert (order_runs.lines_of(answer), order_runs.orders_of(answer)) == ((1, 0, 0, 0, 1), (1, 0, 0))
    assert order_runs.rejected(answer) == [(2, "person.erased")]
    assert (answer["customers_created"], answer["net"]) == (1, "198.00")
    assert ImportRow.objects.get(code="person.erased").cells is None


def test_an_order_booked_before_stays_as_it_is(tmp_path: Path, owner: Employee) -> None:
    path = book(tmp_path, ORDERS, ["N1", "2025-03-01", A, "面膜", 1, 99], name="订单.xlsx")
    order_runs.run(path)
    erase(Customer.objects.get(), owner)
    answer = order_runs.run(path)
    assert (order_runs.lines_of(answer), Order.objects.get().paid_fen) == ((0, 0, 0, 0, 1), 9_900)
    assert Customer.objects.count() == 0


def test_undo_of_her_import_brings_nothing_back(tmp_path: Path, owner: Employee, client: Client) -> None:
    client.force_login(owner)
    old = book(tmp_path, HEAD, ["王小娟", A, None, "老备注"], ["李四", B, None, None])
    new = book(tmp_path, HEAD, ["王小娟", A, "C-1001", "新备注"], name="新.xlsx")
    runs.run(old)
    first = runs.last_batch()
    runs.run(new, "--on-conflict", "overwrite")
    second = runs.last_batch()
    erase(runs.by_phone(A), owner)
    # The command keeps no upload; in the admin there is one.
    ImportBatch.objects.update(path="imports/x.xlsx")
    for batch, removed in ((second, 0), (first, 1)):
        batch.refresh_from_db()
        made = undoing.plan(batch)
        assert (made.possible, made.people_erased, made.people_removed, made.people_restored) == (True, 1, removed, 0)
        page = client.get(f"/admin/customers/importbatch/{batch.pk}/undo/").content.decode()
        assert 'data-plan="erased" data-value="1"' in page
        undoing.ask(batch, by=owner)
        jobs.drain()
    emptied = Customer.everyone.get()
    assert (emptied.name, emptied.note, emptied.legacy, emptied.erased_at is not None) == ("", "", {}, True)
    assert (Identity.objects.count(), Customer.objects.count()) == (0, 0)


def test_undo_of_her_orders_brings_nothing_back(tmp_path: Path, owner: Employee) -> None:
    order_runs.run(book(tmp_path, ORDERS, ["N1", "2025-03-01", A, "面膜", 1, 99], name="一.xlsx"))
    order_runs.run(book(tmp_path, ORDERS, ["N1", "2025-03-01", A, "面膜", 2, 99], name="二.xlsx"))
    batch = ImportBatch.objects.latest("pk")
    erase(Customer.objects.get(), owner)
    ImportBatch.objects.update(path="imports/x.xlsx")
    batch.refresh_from_db()
    made = order_undoing.plan(batch)
    assert (made.people_erased, made.orders_restored, made.orders_removed) == (1, 0, 0)
    undoing.ask(batch, by=owner)
    jobs.drain()
    order = Order.objects.get()
    assert (order.paid_fen, order.customer.name, order.digest) == (19_800, "", "")


def test_by_hand_only_when_she_came_back_herself(gone: Customer, employee: Employee) -> None:
    with pytest.raises(Refused) as no:
        people.create(phone=A, name="王小娟", by=employee, owner=employee)
    assert (no.value.code, Customer.objects.count()) == ("person.erased", 0)
    here = people.create(phone=A, name="王小娟", by=employee, owner=employee, came_back=True)
    assert (here.phone, here.pk != gone.pk) == (A, True)
    said = Consent.objects.get(customer=here)
    assert (said.purpose, said.given, said.recorded_by) == ("service", True, employee)
    assert AuditEntry.objects.get(action="person.came_back").object_id == str(here.pk)


def test_a_number_added_by_hand_is_asked_about_too(gone: Customer, employee: Employee) -> None:
    her = make_customer("新客", B, owner=employee)
    with pytest.raises(Refused) as no:
        people.change(her, by=employee, phone=A)
    assert (no.value.code, Identity.objects.filter(value=A).count()) == ("person.erased", 0)
    assert people.change(Customer.objects.get(), by=employee, phone=A, came_back=True) == ["phone"]


def test_who_came_back_may_stand_in_sheets_again(tmp_path: Path, gone: Customer, owner: Employee) -> None:
    people.create(phone=A, by=owner, came_back=True)
    answer = runs.run(book(tmp_path, HEAD, ["王小娟", A, None, None]))
    assert runs.figures(answer) == (0, 1, 0, 0, 0)
    assert ErasedIdentity.objects.count() == 1  # her card is no proof that she is here


def test_saying_so_of_somebody_who_never_went_does_nothing(employee: Employee) -> None:
    people.create(phone=B, by=employee, owner=employee, came_back=True)
    assert (Consent.objects.count(), AuditEntry.objects.filter(action="person.came_back").count()) == (0, 0)


def test_erased_while_the_sheet_was_under_way(tmp_path: Path, owner: Employee) -> None:
    """The plan was made while she was here: her further row, known by another number, does not fill the emptied row."""
    person = make_customer("王小娟", A)
    path = book(tmp_path, HEAD, ["王小娟", A, "C-7", "一"], ["王小娟", None, "C-7", "二"])
    with running.open_file(path, name="会员.xlsx") as opened:
        reader = running.reader_for(opened, "收银")
        plan = planning.make(reader, opened.source, "identity")
        erase(person, owner)
        decider = Decider(reader, plan, Names(), require="identity", on_conflict="fill")
        out = decider.decide(decider.read(next(iter(running._slices(reader, opened.source, 0)))))
    assert [(one.outcome, one.code) for one in out.decisions] == [("rejected", "person.erased")] * 2
    assert out.people == []
