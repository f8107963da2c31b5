"""The first page: figures under the viewer's scope that lead to the same number of rows, and no empty
cards."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Rules
from customers.choices import Approval, BatchState, Outcome
from customers.models import Customer, ImportBatch, ImportRow, KnownName, MergeCandidate
from customers.queries import takings
from customers.services import doing
from scrm.kit import clock
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.contacts import make_appointment, make_feedback, make_task
from tests.factories.customers import consent, make_customer
from tests.factories.orders import credit, make_line, make_order, make_product
from tests.factories.staff import make_employee

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
    Role.OWNER: {"customers": 7, "new_customers": 4, "quiet": 0, "refusing": 0, "orders": 3, "unowned": 4},
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
    shown = [*context["figures"], *context["urgent"], *context["todos"]]
    return {figure.key: (figure.value, figure.link) for figure in shown if figure.key not in ("income", "margin", "target")}


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
    [(Role.OWNER, 28), (Role.OPERATOR, 19), (Role.MANAGER, 29), (Role.EMPLOYEE, 12), (Role.AGENCY, 2)],
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
            started_at=clock.now(),
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
        newer = ImportBatch.objects.create(
            file_name="b.csv", sha256="1" * 64, state=BatchState.RUNNING, started_at=clock.now()
        )
        ImportBatch.objects.create(file_name="c.csv", sha256="2" * 64, state=BatchState.MAPPED)
        ImportBatch.objects.create(file_name="discarded.csv", sha256="3" * 64, state=BatchState.CANCELLED)
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
    assert "target" not in {figure.key for figure in context["figures"]}
    Rules.objects.update_or_create(pk=1, defaults={"month_target_fen": 300_000})
    [target] = [figure for figure in home(client, everyone[role])["figures"] if figure.key == "target"]
    assert (target.value, target.shown, target.beside, target.link) == (300_000, "¥3,000.00", "43% reached", income.link)


class TestTeam:
    """The manager's morning; every number is found again on the page it opens."""

    @pytest.fixture(autouse=True)
    def ten(self) -> Iterator[None]:
        with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
            yield

    @pytest.fixture
    def morning(self, shop: Shop, manager: Employee, employee: Employee) -> dict[str, Employee]:
        idle = make_employee("王懒", department=shop.binjiang)
        gone = make_employee("何走", department=shop.binjiang, is_active=False)
        far = make_employee("陈远", department=shop.xihu)
        people = {who.name: make_customer(who.name, owner=who, store=shop.binjiang) for who in (employee, idle, gone)}
        other = make_customer("远", owner=far, store=shop.xihu)
        now = clock.now()
        for days in (-2, 0):
            make_task(people["小许"], employee, due_at=now + timedelta(days=days))
            make_task(people["王懒"], idle, due_at=now + timedelta(days=days))
        make_task(people["王懒"], idle, due_at=now + timedelta(days=3))
        make_task(people["何走"], gone)
        make_task(people["小许"], manager)  # she knows of herself
        make_task(other, far)
        doing.settle(make_task(people["小许"], employee), outcome="done", by=employee)
        make_appointment(people["小许"], starts_at=now, employee=employee, store=shop.binjiang)
        make_appointment(people["王懒"], starts_at=now, employee=idle, store=shop.binjiang, state="cancelled")
        make_appointment(people["王懒"], starts_at=now + timedelta(days=1), store=shop.binjiang)
        make_appointment(other, starts_at=now, employee=far, store=shop.xihu)
        return {"idle": idle, "busy": employee, "far": far}

    def test_figures_open_their_rows(self, client: Client, manager: Employee, morning: dict[str, Employee]) -> None:
        team = home(client, manager)["team"]
        found = {figure.key: figure for figure in team.figures}
        assert {key: figure.value for key, figure in found.items()} == {
            "visits": 2, "team_open": 6, "team_done": 1, "team_overdue": 2,
        }  # fmt: skip
        assert sum(len(rows) for _store, rows in client.get(found["visits"].link).context["groups"]) == 2
        today = client.get(found["team_open"].link).context["today"]
        assert (today.open, today.done, today.overdue) == (6, 1, 2)

    def test_who_has_not_begun(self, client: Client, manager: Employee, morning: dict[str, Employee]) -> None:
        [row] = home(client, manager)["team"].idle
        assert (row.key, row.label, row.value) == (f"idle-{morning['idle'].pk}", "王懒", 2)
        listed = client.get(row.link).context
        assert (listed["of"], listed["today"].open, {one["task"].employee for one in listed["cards"]}) == (
            morning["idle"], 2, {morning["idle"]},
        )  # fmt: skip

    def test_nobody_of_another_store_by_address(
        self, client: Client, manager: Employee, morning: dict[str, Employee]
    ) -> None:
        client.force_login(manager)
        for said in (morning["far"].pk, "x", "９", "9" * 30):
            listed = client.get(f"/admin/customers/task/?who=team&employee={said}").context
            assert (listed["of"], listed["today"].open) == (None, 6)

    @pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR, Role.EMPLOYEE, Role.AGENCY])
    def test_only_for_managers(self, client: Client, everyone: dict[Role, Employee], role: Role) -> None:
        assert home(client, everyone[role])["team"] is None


class TestOwner:
    def test_three_things_first(self, client: Client, everyone: dict[Role, Employee], people: None) -> None:
        mine = Customer.objects.get(name="mine")
        make_feedback(mine, -2)
        make_task(mine, everyone[Role.EMPLOYEE])
        context = home(client, everyone[Role.OWNER])
        assert [[figure.key for figure in context[part]] for part in ("urgent", "todos")] == [
            ["feelings", "orders", "team"], ["unowned"],
        ]  # fmt: skip
        assert home(client, everyone[Role.OPERATOR])["urgent"] == []

    def test_who_sleeps_and_who_wants_no_marketing(self, client: Client, owner: Employee) -> None:
        long_ago = clock.days_ago(200)
        people = [make_customer(f"客{n}", known_since=long_ago if n < 2 else None) for n in range(6)]
        consent(people[2], False)
        consent(people[3], False, medium="sms")
        consent(people[4], False), consent(people[4], True)
        consent(people[5], False, purpose="care")
        consent(people[0], True), consent(people[0], False, at=clock.now() - timedelta(days=9))
        found = numbers(home(client, owner))
        for key, names in (("quiet", ["客1", "客0"]), ("refusing", ["客3", "客2"])):
            value, link = found[key]
            assert (value, [row.name for row in client.get(link).context["cl"].result_list]) == (2, names)

    @time_machine.travel("2026-11-22T15:00:00+08:00", tick=False)
    def test_results_open_the_orders(self, client: Client, owner: Employee, employee: Employee, manager: Employee) -> None:
        """Shares of what counts; the list behind it names all orders that name her."""
        one, this = make_customer("王小娟"), {"ordered_at": "2026-11-20T10:00:00+08:00"}
        shared = make_order(one, paid_fen=10_001, refunded_fen=0, **this)
        credit(shared, employee, 5_000), credit(shared, manager, 5_000, "helper")
        credit(make_order(one, paid_fen=30_000, refunded_fen=10_000, **this), employee)
        credit(make_order(one, approval=Approval.PENDING, **this), employee)
        credit(make_order(one, ordered_at="2026-10-31T23:59:00+08:00"), employee)
        rows = home(client, owner)["results"]
        assert [(row.label, row.shown, row.value) for row in rows] == [
            ("小许", "¥250.01", 3), ("李店长", "¥50.01", 1),
        ]  # fmt: skip
        assert [client.get(row.link).context["cl"].result_count for row in rows] == [3, 1]
        assert home(client, employee)["results"] == []

    @time_machine.travel("2026-11-22T15:00:00+08:00", tick=False)
    def test_the_margin_of_orders_whose_costs_are_known(self, client: Client, owner: Employee) -> None:
        client.cookies["django_language"] = "en"
        one, this = make_customer("王小娟"), {"ordered_at": "2026-11-20T10:00:00+08:00"}
        care, other = make_product("护理", cost_fen=9_600), make_product("面膜")
        order = make_order(one, paid_fen=59_600, refunded_fen=9_600, **this)
        make_line(order, care, quantity="1.5")
        half = make_order(one, paid_fen=99_900, **this)
        make_line(half, care), make_line(half, other)
        make_order(one, paid_fen=88_800, **this)
        [margin] = [figure for figure in home(client, owner)["figures"] if figure.key == "margin"]
        assert (margin.value, margin.shown) == (35_600, "¥356.00")
        assert margin.beside == "71% of ¥500.00, the orders whose costs are known"
        care.cost_fen = None
        care.save()
        assert [figure.key for figure in home(client, owner)["figures"] if figure.key == "margin"] == []


def test_more_than_a_list_counts(client: Client, owner: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the list says it, and without counting to the end."""
    monkeypatch.setattr("scrm.kit.paginator.CAP", 3)
    monkeypatch.setattr("scrm.site.home.figures.CAP", 3)
    Customer.objects.bulk_create(Customer(name=str(n)) for n in range(5))
    found = {figure.key: figure for figure in home(client, owner)["figures"]}
    assert (found["customers"].value, found["customers"].shown) == (3, "3+")
    listed = client.get(found["customers"].link).context["cl"]
    assert (listed.result_count, listed.paginator.capped) == (3, True)


@time_machine.travel("2026-11-22T15:00:00+08:00", tick=False)
def test_a_month_of_more_orders_than_a_list_counts(owner: Employee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takings, "CAP", 1)
    order = make_order(make_customer("王小娟"), ordered_at="2026-11-20T10:00:00+08:00")
    make_line(order, make_product("护理", cost_fen=1)), credit(order, owner)
    month = takings.days_of_month()
    assert (takings.margin(owner, month) is None, len(takings.by_colleague(owner, month))) == (False, 1)
    make_order(make_customer("李明"), ordered_at="2026-11-20T10:00:00+08:00")
    assert (takings.margin(owner, month), takings.by_colleague(owner, month)) == (None, [])
