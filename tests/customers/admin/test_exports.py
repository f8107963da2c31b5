"""Export from the lists, the page of exports, the file: who gets what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.choices import ExportState
from customers.models import Customer, Export, Order
from scrm.kit import jobs
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.customers import make_customer, make_tag, tag
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/customer/"
ORDERS = "/admin/customers/order/"
EXPORTS = "/admin/customers/export/"
A, B = "13777000001", "13777000002"


def chosen(rows: Any, across: str = "0", **more: Any) -> dict[str, Any]:
    return {"action": "export", "_selected_action": [row.pk for row in rows], "select_across": across, "index": "0", **more}


def download(client: Client, export: Export) -> Any:
    return client.get(reverse("private_file", args=["export", export.pk]))


def test_ticked_rows_are_asked_about_and_written(desk: Client, operator: Employee) -> None:
    people = [make_customer(f"客{n}", f"1377700{n:04}") for n in range(3)]
    page = desk.post(LIST, chosen(people[:2]))
    assert (page.context["count"], page.context["told"], [key for key, *_rest in page.context["formats"]]) == (
        2, "2 ticked rows", ["xlsx", "csv", "gz"],
    )  # fmt: skip
    assert Export.objects.count() == 0
    answer = desk.post(LIST, chosen(people[:2], confirmed="1", format="csv"))
    assert (answer.status_code, answer.url) == (302, EXPORTS)
    export = Export.objects.get()
    assert (export.what, export.format, export.rows, export.selection, export.by) == ("customers", "csv", 2, "2 ticked rows", operator)
    page = desk.get(EXPORTS)
    assert (page.headers["Refresh"], "data-download" in page.content.decode()) == ("3", False)
    jobs.drain()
    page = desk.get(EXPORTS)
    assert ("Refresh" in page.headers, f'data-download="{export.pk}"' in page.content.decode()) == (False, True)
    answer = download(desk, export)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["姓名", "客0", "客1"]
    assert "attachment" in answer.headers["Content-Disposition"]
    entry = AuditEntry.objects.get(action="export.downloaded")
    assert (entry.actor, entry.object_id, entry.count) == (operator, str(export.pk), 2)


def test_everything_the_filter_finds_in_words(desk: Client, shop: Shop) -> None:
    label = make_tag("VIP")
    for n in range(3):
        tag(make_customer(f"客{n}", f"1377700{n:04}", store=shop.xihu), label)
    make_customer("别人", "13999999999")
    path = f"{LIST}?q=客&tag={label.pk}&store={shop.xihu.pk}"
    first = Customer.objects.earliest("pk")
    desk.post(path, chosen([first], across="1", confirmed="1", format="xlsx"))
    export = Export.objects.get()
    assert export.rows == 3
    assert all(word in export.selection for word in ("客", "VIP", "西湖店"))


def test_a_number_that_was_searched_for_is_masked(desk: Client) -> None:
    person = make_customer("张三", A)
    desk.post(f"{LIST}?q={A}", chosen([person], across="1", confirmed="1", format="xlsx"))
    selection = Export.objects.get().selection
    assert A not in selection and "137****0001" in selection


def test_orders_too(desk: Client) -> None:
    person = make_customer("张三", A)
    orders = [make_order(person) for _nth in range(2)]
    answer = desk.post(ORDERS, chosen(orders, confirmed="1", format="xlsx"))
    assert (answer.status_code, Export.objects.get().rows) == (302, 2)


def test_archived_people_are_nothing_to_export(operator: Employee, client: Client) -> None:
    client.force_login(operator)
    person = make_customer("旧", A)
    with translation.override("zh-hans"):
        data = chosen([person], confirmed="1", format="xlsx")
        Customer.objects.update(archived_at=person.created_at)
        answer = client.post(f"{LIST}?archive=archived", data, follow=True)
    assert Export.objects.count() == 0
    if answer.context.get("messages"):
        assert all("没有可导出的行" in str(message) or "勾选" in str(message) for message in answer.context["messages"])


@pytest.mark.parametrize("path", [LIST, ORDERS])
def test_who_is_offered_the_export(client: Client, everyone: dict[Role, Employee], shop: Shop, path: str) -> None:
    person = make_customer("张三", A, store=shop.binjiang, owner=everyone[Role.EMPLOYEE])
    rows: Any = [person] if path == LIST else [make_order(person)]
    offered, done = {}, {}
    for role, user in everyone.items():
        client.force_login(user)
        page = client.get(path)
        offered[role] = page.status_code == 200 and 'value="export"' in page.content.decode()
        client.post(path, chosen(rows, confirmed="1", format="xlsx"))
        done[role] = Export.objects.filter(by=user).count()
    yes = {Role.OWNER, Role.OPERATOR, Role.MANAGER}
    assert offered == {role: role in yes for role in Role}
    assert done == {role: int(role in yes) for role in Role}


def test_the_page_and_the_file(client: Client, everyone: dict[Role, Employee], shop: Shop) -> None:
    """`managers` is the manager's own; `operators` holds people she does not see."""
    make_customer("张三", A, store=shop.binjiang)
    found: dict[str, Export] = {}
    for role in (Role.OPERATOR, Role.MANAGER):
        client.force_login(everyone[role])
        client.post(LIST, chosen(Customer.objects.all(), confirmed="1", format="csv"))
        jobs.drain()
        found[role] = Export.objects.latest("pk")
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        page = client.get(EXPORTS)
        shown = page.context["cl"].result_count if page.status_code == 200 else page.status_code
        answers[role] = (shown, *(download(client, found[asker]).status_code for asker in (Role.OPERATOR, Role.MANAGER)))
    assert answers == {
        Role.OWNER: (2, 200, 200), Role.OPERATOR: (1, 200, 404), Role.MANAGER: (1, 404, 200), Role.EMPLOYEE: (403, 404, 404),
        Role.AGENCY: (403, 404, 404),
    }  # fmt: skip


def test_the_page_leads_to_the_lists_one_exports_from(desk: Client) -> None:
    page = desk.get(reverse("admin:customers_export_changelist")).content.decode()
    for name in ("customers_customer_changelist", "customers_order_changelist"):
        assert f'href="{reverse(f"admin:{name}")}"' in page[page.index('id="exports"') :]


def test_who_lost_the_right_loses_the_file(client: Client, manager: Employee, shop: Shop) -> None:
    make_customer("张三", A, store=shop.binjiang)
    client.force_login(manager)
    client.post(LIST, chosen(Customer.objects.all(), confirmed="1", format="csv"))
    jobs.drain()
    export = Export.objects.get()
    assert (export.state, download(client, export).status_code) == (ExportState.DONE, 200)
    Employee.objects.filter(pk=manager.pk).update(role=Role.EMPLOYEE)
    assert download(client, export).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_more_rows(desk: Client, operator: Employee, django_assert_num_queries: Any, count: int) -> None:
    for _nth in range(count):
        Export.objects.create(what="customers", by=operator, state=ExportState.DONE, rows=1)
    desk.get(EXPORTS)
    with django_assert_num_queries(6):
        desk.get(EXPORTS)


@pytest.mark.parametrize("path", ["1/change/", "1/history/", "add/", "1/delete/"])
def test_no_other_page(desk: Client, operator: Employee, path: str) -> None:
    Export.objects.create(pk=1, what="orders", by=operator)
    assert desk.get(f"{EXPORTS}{path}").status_code in (403, 404)


def test_a_window_of_the_wrong_format_changes_nothing(desk: Client) -> None:
    person = make_customer("张三", A)
    desk.post(LIST, chosen([person], confirmed="1", format="exe"))
    assert (Export.objects.count(), Order.objects.count()) == (0, 0)


def test_earlier_exports_are_a_link_away(desk: Client) -> None:
    """The sidebar has no line for them."""
    person = make_customer("张三", A)
    order = make_order(person)
    pages = [desk.post(LIST, chosen([person])), desk.post(ORDERS, chosen([order])), desk.get("/admin/customers/importbatch/")]
    assert [f'id="earlier-exports" href="{EXPORTS}"' in page.content.decode() for page in pages] == [True, True, True]


def test_not_for_whoever_only_imports(client: Client, operator: Employee, role_rights: Any) -> None:
    role_rights(Role.OPERATOR, ["customers.run_import"])
    client.force_login(operator)
    page = client.get("/admin/customers/importbatch/")
    assert (page.status_code, "earlier-exports" in page.content.decode()) == (200, False)
