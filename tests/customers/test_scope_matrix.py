"""Row scope: each scope × each role × seven doors. One table says whose rows an employee sees, whatever her role was made
for (a consultant set to "everyone", a manager cut to "own department"), another which doors her role opens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, CustomerTag, Export, Order
from scrm.kit import files, jobs
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers.services.exporting.exports import rows_of
from tests.factories.customers import make_channel, make_customer, make_tag, tag
from tests.factories.orders import make_order
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/customer/"
# Names say whose they are and in which store; the viewer works in 滨江店, which has an annex.
OWN, STORE, BELOW, ELSEWHERE = ["王我"], ["王同事", "王本店"], ["王分店", "王分店同事"], ["王别店", "王无人"]
EVERYBODY = [*OWN, *STORE, *BELOW, *ELSEWHERE]
SEES = {
    Scope.SELF: OWN,
    Scope.DEPARTMENT: [*OWN, *STORE],
    Scope.BELOW: [*OWN, *STORE, *BELOW],
    Scope.ALL: EVERYBODY,
}
# An agency sees nobody without a campaign, whatever was set; exports are not for consultants.
EXPORTS = {Role.OWNER, Role.OPERATOR, Role.MANAGER}
WORKS_HERE = {*EXPORTS, Role.EMPLOYEE}


@pytest.fixture
def people(shop: Shop, settings: Any, tmp_path: Path) -> Callable[[Employee], None]:
    settings.PRIVATE_DIR = tmp_path / "private"
    annex = make_department("滨江店二楼", shop.binjiang)
    source, label = make_channel("老带新"), make_tag("老客")

    def fill(me: Employee) -> None:
        mate, below, far = (make_employee(department=place) for place in (shop.binjiang, annex, shop.xihu))
        places: list[dict[str, Any]] = [
            {"owner": me}, {"owner": mate}, {"store": shop.binjiang}, {"store": annex}, {"owner": below},
            {"owner": far, "store": shop.xihu}, {},
        ]  # fmt: skip
        for name, place in zip(EVERYBODY, places, strict=True):
            person = make_customer(name, source=source, **place)
            tag(person, label)
            path, file = files.create("proofs", ".jpg")
            with file:
                file.write(b"picture")
            make_order(person, proof=path)

    return fill


def names(rows: Any) -> list[str]:
    found = {row.name for row in rows}
    return [name for name in EVERYBODY if name in found]


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{LIST}{query}")
    return [] if response.status_code == 403 else names(response.context["cl"].result_list)


def filtered(client: Client) -> list[str]:
    return listed(client, f"?tag={CustomerTag.objects.values_list('tag', flat=True)[0]}")


def searched(client: Client) -> list[str]:
    return listed(client, "?q=王")


def autocompleted(client: Client) -> list[str]:
    asked = {"app_label": "customers", "model_name": "order", "field_name": "customer", "term": "王"}
    response = client.get(reverse("admin:autocomplete"), asked)
    if response.status_code == 403:
        return []
    found = {int(row["id"]) for row in response.json()["results"]}
    return names(Customer.everyone.filter(pk__in=found))


def acted_on(client: Client) -> list[str]:
    """Every id is posted; who got the tag?"""
    label = make_tag("新标签")
    everybody = list(Customer.everyone.values_list("pk", flat=True))
    posted = {"action": "add_tags", "_selected_action": everybody, "confirmed": "1", "tags": [label.pk]}
    client.post(LIST, posted)
    return names(Customer.everyone.filter(tag_links__tag=label))


def exported(client: Client) -> list[str]:
    """Every id is posted; who stands in the file?"""
    everybody = list(Customer.everyone.values_list("pk", flat=True))
    posted = {"action": "export", "_selected_action": everybody, "confirmed": "1", "format": "csv"}
    client.post(LIST, posted)
    jobs.drain()
    export = Export.objects.first()
    if export is None:
        return []
    found = {row[0] for row in rows_of(files.full_path(export.path))[1:]}
    return [name for name in EVERYBODY if name in found]


def downloaded(client: Client) -> list[str]:
    """The proof picture of each one's order."""
    answers = {
        order.customer.name: client.get(reverse("private_file", args=["order-proof", order.pk]))
        for order in Order.objects.select_related("customer")
    }
    assert {response.status_code for response in answers.values()} <= {200, 404}
    return [name for name in EVERYBODY if answers[name].status_code == 200]


DOORS: dict[str, tuple[Callable[[Client], list[str]], set[Role]]] = {
    "list": (listed, WORKS_HERE),
    "filter": (filtered, WORKS_HERE),
    "search": (searched, WORKS_HERE),
    "autocomplete": (autocompleted, WORKS_HERE),
    "action": (acted_on, WORKS_HERE),
    "export": (exported, EXPORTS),
    "file": (downloaded, WORKS_HERE),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("given", list(SEES))
def test_the_same_people_behind_every_door(
    client: Client, shop: Shop, people: Callable[[Employee], None], role: Role, given: Scope
) -> None:
    me = make_employee("我", role, department=shop.binjiang, scope=given)
    people(me)
    client.force_login(me)
    found = {door: enter(client) for door, (enter, _roles) in DOORS.items()}
    assert found == {door: SEES[given] if role in roles else [] for door, (_enter, roles) in DOORS.items()}
