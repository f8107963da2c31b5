"""The first page: figures under the viewer's scope that lead to the same number of rows, and no empty
cards."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.choices import Approval, BatchState, Outcome
from customers.models import Customer, ImportBatch, ImportRow, KnownName, MergeCandidate
from scrm.kit import clock
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.orders import make_order

HOME = "admin:index"


def last_month() -> datetime:
    return clock.start_of(clock.today().replace(day=1)) - timedelta(seconds=1)


@pytest.fixture
def people(shop: Shop, employee: Employee, manager: Employee) -> None:
    """Seven; what each viewer sees stands in EXPECTED."""
    old = {"created_at": last_month()}
    Customer.objects.bulk_create(
        [
            Customer(name="mine", owner=employee),
            Customer(name="mine of old", owner=employee, **old),
            Customer(name="the manager's", owner=manager),
            Customer(name="the store's", store=shop.binjiang),
            Customer(name="the store's of old", store=shop.binjiang, **old),
            Customer(name="another store's", store=shop.xihu),
            Customer(name="nobody's", **old),
        ]
    )
    Customer.objects.create(name="gone", owner=employee, archived_at=timezone.now())
    for name in ("mine", "mine of old", "another store's"):
        make_order(Customer.objects.get(name=name), approval=Approval.PENDING)
    make_order(Customer.objects.get(name="mine"))


EXPECTED = {
    Role.OWNER: {"customers": 7, "new_customers": 4, "orders": 3, "unowned": 4},
    Role.OPERATOR: {"customers": 7, "new_customers": 4, "orders": 3, "unowned": 4},
    # In the pool of a manager are those without a store, whom she does not see elsewhere.
    Role.MANAGER: {"customers": 5, "new_customers": 3, "orders": 2, "unowned": 3},
    Role.EMPLOYEE: {"customers": 2, "new_customers": 1},
    Role.AGENCY: {},
}


def home(client: Client, me: Employee) -> dict[str, Any]:
    client.force_login(me)
    response = client.get(reverse(HOME))
    assert response.status_code == 200
    return response.context


def numbers(context: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """Counts by key. What came in is no count of rows, and depends on the day of the month."""
    shown = [*context["figures"], *context["todos"]]
    return {figure.key: (figure.value, figure.link) for figure in shown if figure.key != "income"}


@pytest.mark.parametrize("role", list(Role))
def test_every_number_leads_to_as_many_rows(
    client: Client, everyone: dict[Role, Employee], people: None, role: Role
) -> None:
    found = numbers(home(client, everyone[role]))
    assert {key: value for key, (value, _link) in found.items()} == EXPECTED[role]
    for key, (value, link) in found.items():
        listed = client.get(link).context["cl"]
        assert (key, listed.result_count) == (key, value)


@pytest.mark.parametrize(
    ("role", "queries"),
    [(Role.OWNER, 17), (Role.OPERATOR, 15), (Role.MANAGER, 20), (Role.EMPLOYEE, 9), (Role.AGENCY, 2)],
)
def test_queries_do_not_grow(
    client: Client,
    everyone: dict[Role, Employee],
    people: None,
    role: Role,
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    home(client, everyone[role])
    with django_assert_num_queries(queries):
        client.get(reverse(HOME))
    Customer.objects.bulk_create([Customer(name=str(n), owner=everyone[Role.EMPLOYEE]) for n in range(30)])
    with django_assert_num_queries(queries):
        client.get(reverse(HOME))


class TestEmpty:
    @pytest.mark.parametrize(
        ("role", "steps"),
        [
            (Role.OWNER, ["import", "add"]),
            (Role.OPERATOR, ["import", "add"]),
            (Role.MANAGER, ["add"]),
            (Role.EMPLOYEE, ["add"]),
            (Role.AGENCY, []),
        ],
    )
    def test_the_next_step_and_nothing_else(
        self, client: Client, everyone: dict[Role, Employee], role: Role, steps: list[str]
    ) -> None:
        context = home(client, everyone[role])
        assert [step.key for step in context["steps"]] == steps
        assert (context["figures"], context["todos"], context["last_import"]) == ([], [], None)
        assert context["nothing_yet"] is (role == Role.AGENCY)
        for step in context["steps"]:
            assert client.get(step.link).status_code == 200

    def test_a_consultant_without_customers_in_a_full_shop(
        self, client: Client, employee: Employee, owner: Employee
    ) -> None:
        Customer.objects.create(name="somebody else's", owner=owner)
        assert [step.key for step in home(client, employee)["steps"]] == ["add"]


class TestLastImport:
    @pytest.fixture
    def batch(self, operator: Employee) -> ImportBatch:
        batch = ImportBatch.objects.create(
            file_name="会员.xlsx",
            sha256="0" * 64,
            state=BatchState.DONE,
            counters={"rows": 5, "created": 2, "updated": 1, "rejected": 2},
            created_by=operator,
        )
        ImportRow.objects.bulk_create(
            [
                ImportRow(batch=batch, number=2, outcome=Outcome.CREATED, unknown={"owner": "小何"}),
                ImportRow(
                    batch=batch,
                    number=3,
                    outcome=Outcome.CREATED,
                    unknown={"owner": "小何", "store": "城西店"},
                ),
                ImportRow(batch=batch, number=4, outcome=Outcome.UPDATED),
                ImportRow(batch=batch, number=5, outcome=Outcome.REJECTED),
                ImportRow(batch=batch, number=6, outcome=Outcome.REJECTED),
            ]
        )
        return batch

    def test_what_it_left_behind(self, client: Client, operator: Employee, batch: ImportBatch) -> None:
        last = home(client, operator)["last_import"]
        assert (last["batch"], last["under_way"]) == (batch, False)
        assert (last["created"], last["updated"], last["rejected"], last["unknown_names"]) == (2, 1, 2, 2)
        assert client.get(last["rejected_link"]).context["count"] == 2
        assert client.get(last["link"]).status_code == 200

    def test_thousands_are_parted(self, client: Client, operator: Employee, batch: ImportBatch) -> None:
        """In Chinese too, where Django parts nothing."""
        ImportBatch.objects.update(counters={"created": 1234, "updated": 5678})
        more = (ImportRow(batch=batch, number=number, outcome=Outcome.REJECTED) for number in range(7, 1005))
        ImportRow.objects.bulk_create(more)
        context = home(client, operator)
        assert context["last_import"]["rejected"] == 1000
        page = client.get(reverse(HOME)).content.decode().split('id="last-import"')[1]
        assert re.findall(r"\d,\d{3}", page) == ["1,234", "5,678", "1,000"]

    def test_a_matched_name_is_settled(
        self, client: Client, operator: Employee, employee: Employee, batch: ImportBatch
    ) -> None:
        KnownName.objects.create(kind="owner", text=" 小何 ", employee=employee)
        assert home(client, operator)["last_import"]["unknown_names"] == 1

    def test_the_newest_that_ran(self, client: Client, operator: Employee, batch: ImportBatch) -> None:
        newer = ImportBatch.objects.create(file_name="b.csv", sha256="1" * 64, state=BatchState.RUNNING)
        ImportBatch.objects.create(file_name="c.csv", sha256="2" * 64, state=BatchState.MAPPED)
        last = home(client, operator)["last_import"]
        assert (last["batch"], last["under_way"], last["rejected"]) == (newer, True, 0)

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.EMPLOYEE, Role.AGENCY])
    def test_not_for_who_may_not_import(
        self, client: Client, everyone: dict[Role, Employee], batch: ImportBatch, role: Role
    ) -> None:
        assert home(client, everyone[role])["last_import"] is None
        assert "会员.xlsx" not in client.get(reverse(HOME)).content.decode()


def test_duplicates_are_counted_only_where_they_can_be_opened(client: Client, operator: Employee) -> None:
    """Until their list is built a number would lead nowhere."""
    a, b = Customer.objects.create(name="a"), Customer.objects.create(name="b")
    MergeCandidate.objects.create(first=a, second=b)
    found = numbers(home(client, operator))
    if "duplicates" in found:
        value, link = found["duplicates"]
        assert client.get(link).context["cl"].result_count == value == 1
    else:
        assert set(found) == {"customers", "new_customers", "unowned"}


def test_nobody_sees_it_without_a_login(client: Client) -> None:
    assert client.get(reverse(HOME))["Location"] == f"{reverse('admin:login')}?next={reverse(HOME)}"


@time_machine.travel("2026-11-22T15:00:00+08:00", tick=False)
@pytest.mark.parametrize("role", list(Role))
def test_what_came_in_is_for_head_office(client: Client, everyone: dict[Role, Employee], role: Role) -> None:
    one = Customer.objects.create(name="王小娟", owner=everyone[Role.EMPLOYEE])
    make_order(one, paid_fen=129_850, ordered_at="2026-11-20T10:00:00+08:00")
    make_order(one, paid_fen=99_900, ordered_at="2026-10-20T10:00:00+08:00")
    client.cookies["django_language"] = "en"
    context = home(client, everyone[role])
    found = [figure for figure in context["figures"] if figure.key == "income"]
    if role not in (Role.OWNER, Role.OPERATOR):
        assert found == []
        return
    [income] = found
    assert (income.value, income.shown) == (129_850, "¥1,298.50")
    assert income.beside == "the month before, by the same day: ¥999.00"
    listed = client.get(income.link).context["cl"]
    assert [row.paid_fen for row in listed.result_list] == [129_850]
