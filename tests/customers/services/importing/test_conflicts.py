"""A row that found a person of another name is settled once, by hand."""

from collections.abc import Callable

import pytest

from customers.models import Customer, ImportRow
from customers.services.importing import conflicts
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.factories.customers import make_batch, make_customer, make_row

pytestmark = pytest.mark.django_db
NAMES = {"name": "王 太太", "kept": "王五"}


@pytest.fixture
def row(db: None) -> ImportRow:
    return make_row(make_batch(), make_customer("王五", "13811110001"), 7, conflict=True, detail=dict(NAMES))


def person(row: ImportRow) -> Customer:
    assert row.customer is not None
    found: Customer = Customer.everyone.get(pk=row.customer.pk)
    return found


def refusal(act: Callable[[], None]) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def test_the_sheets_name_is_taken_with_its_key_and_history(row: ImportRow, operator: Employee) -> None:
    conflicts.settle(row, take=True, by=operator)
    assert (person(row).name, person(row).name_key) == ("王 太太", "王太太")
    assert person(row).history.latest().history_user == operator
    row.refresh_from_db()
    assert (row.conflict, row.detail) == (True, {**NAMES, "settled": conflicts.TAKEN})


def test_the_name_is_kept(row: ImportRow, operator: Employee) -> None:
    conflicts.settle(row, take=False, by=operator)
    assert person(row).name == "王五"
    row.refresh_from_db()
    assert row.detail == {**NAMES, "settled": conflicts.KEPT}


@pytest.mark.parametrize("take", [True, False])
def test_it_is_settled_once(row: ImportRow, operator: Employee, take: bool) -> None:
    conflicts.settle(row, take=not take, by=operator)
    before = person(row).name
    # The second of two windows still holds the row as it was.
    assert refusal(lambda: conflicts.settle(row, take=take, by=operator)) == "conflict.settled"
    assert person(row).name == before


@pytest.mark.parametrize("gone", ["archived_at", "erased_at"])
def test_nobody_is_left_to_rename(row: ImportRow, operator: Employee, gone: str) -> None:
    Customer.everyone.update(**{gone: clock.now()})
    assert refusal(lambda: conflicts.settle(row, take=True, by=operator)) == "conflict.nobody"
    assert person(row).name == "王五"
    row.refresh_from_db()
    assert row.detail == NAMES


def test_a_row_without_a_customer_or_a_name(operator: Employee) -> None:
    batch = make_batch()
    nobody = make_row(batch, None, 2, conflict=True, detail=dict(NAMES))
    forgotten = make_row(batch, make_customer("甲"), 3, conflict=True)
    for row in (nobody, forgotten):
        assert refusal(lambda row=row: conflicts.settle(row, take=True, by=operator)) == "conflict.nobody"


def test_all_names_are_kept_at_once(row: ImportRow, operator: Employee) -> None:
    batch = row.batch
    for number in range(8, 1_020):
        make_row(batch, row.customer, number, conflict=True, detail=dict(NAMES))
    taken = make_row(batch, row.customer, 2_000, conflict=True, detail={**NAMES, "settled": conflicts.TAKEN})
    other = make_row(make_batch(), row.customer, 7, conflict=True, detail=dict(NAMES))
    assert conflicts.keep_all(batch, by=operator) == 1_013
    assert conflicts.keep_all(batch, by=operator) == 0
    said = ImportRow.objects.filter(batch=batch).values_list("detail", flat=True)
    assert [detail["settled"] for detail in said.exclude(pk=taken.pk)] == [conflicts.KEPT] * 1_013
    taken.refresh_from_db()
    other.refresh_from_db()
    assert (taken.detail["settled"], other.detail, person(row).name) == (conflicts.TAKEN, NAMES, "王五")
    entry = AuditEntry.objects.get(action="import.names_kept")
    assert (entry.count, entry.actor) == (1_013, operator)
