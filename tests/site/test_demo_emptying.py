"""Emptying leaves the owner and nothing else, and never touches a base with somebody's own work in it."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.choices import BatchState
from customers.models import Customer, ImportBatch
from customers.services import people
from scrm.kit import files
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.site.demo import addresses, building, cast, emptying, page
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from scrm.staff.services import employees
from tests.factories.customers import make_batch
from tests.site import demo_shop

# Real commits: the foreign keys are checked there.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss() -> Employee:
    demo_shop.build()
    return Employee.objects.get(role=Role.OWNER)


def rows_left() -> dict[str, int]:
    tables = {
        model._meta.label_lower: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in emptying.OUR_APPS
    }
    return {label: count for label, count in tables.items() if count}


def private_files() -> list[Path]:
    return [path for path in (settings.PRIVATE_DIR / "imports").rglob("*") if path.is_file()]


def test_only_the_owner_stays(boss: Employee) -> None:
    paths = [files.full_path(path) for path in ImportBatch.objects.values_list("path", flat=True)]
    assert all(path.exists() for path in paths)
    emptying.empty(by=boss)
    left = rows_left()
    assert {key: left[key] for key in ("staff.employee", "kit.auditentry")} == {
        "staff.employee": 1,
        "kit.auditentry": 1,
    }
    assert set(left) <= {"staff.employee", "kit.auditentry", *emptying.KEPT}
    assert [path for path in paths if path.exists()] == []
    assert Employee.objects.get() == boss
    assert AuditEntry.objects.get().action == "demo.emptied"


def test_the_guards_are_back_and_the_base_can_be_used(boss: Employee) -> None:
    emptying.empty(by=boss)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    store = Department.objects.create(name="一号店")
    boss.refresh_from_db()
    employees.add_employee(name="新人", phone="13900000001", role=Role.EMPLOYEE, department=store, by=boss)
    people.create(phone="13900000002", name="第一位", by=boss)
    assert Customer.objects.count() == 1
    connection.check_constraints()
    with pytest.raises(Refused) as refusal:
        building.build()
    assert refusal.value.code == "demo.emptied"
    assert Customer.objects.count() == 1


def test_the_demo_command_starts_what_was_emptied_and_builds_nothing(
    boss: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PUBLIC_URL", "PUBLIC_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    addresses.remember("http://127.0.0.1:8005")
    emptying.empty(by=boss)
    before = rows_left()
    for options in ([], ["--force"]):
        out = StringIO()
        call_command("demo", "--no-serve", *options, stdout=out)
        assert rows_left() == before
        said = out.getvalue().splitlines()
        assert said[0] == _("The demo data were emptied here: your own shop is served, and nothing is built.")
        # The one account that is left, and no word of the demo's other people.
        people = [line for line in said if "1380000" in line]
        assert people == [f"  {boss.phone}  {boss.get_role_display()}  {boss.name}"]
    # A link leads to where the shop was served last, as it did before.
    assert addresses.current() == "http://127.0.0.1:8005"


def test_ones_own_customer_forbids_it(boss: Employee) -> None:
    people.create(phone="13900000002", name="自己的客人", by=boss)
    assert emptying.own_work() == ["customers.customer"]
    with pytest.raises(Refused) as refusal:
        emptying.empty(by=boss)
    assert refusal.value.code == "demo.own_work"
    assert Customer.objects.count() == cast.LIVING + 1


def test_without_a_demo_there_is_nothing_to_empty(owner: Employee) -> None:
    with pytest.raises(Refused) as refusal:
        emptying.empty(by=owner)
    assert refusal.value.code == "demo.none"
    assert Employee.objects.count() == 1


class TestPage:
    def test_the_name_has_to_be_typed(self, boss: Employee, client: Client) -> None:
        client.force_login(boss)
        url = reverse("admin:site_empty_demo")
        assert url in client.get(reverse("admin:index")).content.decode()
        assert cast.COMPANY in client.get(url).content.decode()
        wrong = client.post(url, {"typed": "禾光"})
        assert (wrong.status_code, Customer.objects.count()) == (200, cast.LIVING)
        right = client.post(url, {"typed": f" {cast.COMPANY} "})
        assert (right.status_code, right.headers["Location"]) == (302, reverse("admin:index"))
        assert Customer.objects.count() == 0
        # Still logged in, told how to come back, and the page is gone with the demo.
        boss.refresh_from_db()
        boss.set_unusable_password()
        boss.save()
        client.force_login(boss)
        home = client.get(reverse("admin:index"))
        assert home.context["own_shop"] == {"no_password": True}
        assert "uv run manage.py demo" in home.content.decode()
        assert f'href="{reverse("admin:choose_password")}"' in home.content.decode()
        assert client.get(url).status_code == 404

    def test_own_work_shows_why_not(self, boss: Employee, client: Client) -> None:
        people.create(phone="13900000002", by=boss)
        client.force_login(boss)
        url = reverse("admin:site_empty_demo")
        assert 'name="typed"' not in client.get(url).content.decode()
        assert client.get(url).context["why"] == page.why_not(["customers.customer"])
        assert client.post(url, {"typed": cast.COMPANY}).status_code == 200
        assert Customer.objects.count() == cast.LIVING + 1

    def test_home_says_why_and_where_to_mend_it(self, boss: Employee, client: Client) -> None:
        client.force_login(boss)
        home = reverse("admin:index")
        assert client.get(home).context["demo"] == {"why": "", "link": ""}
        batch = ImportBatch.objects.create(file_name="我的.xlsx", sha256="0" * 64, state=BatchState.DONE)
        told = client.get(home)
        assert told.context["demo"] == {
            "why": page.why_not(["customers.importbatch"]),
            "link": reverse("admin:customers_importbatch_changelist"),
        }
        shown = told.content.decode()
        assert ('id="demo-why"' in shown, 'id="demo"' in shown) == (True, False)
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)
        assert 'id="demo"' in client.get(home).content.decode()

    def test_each_kind_of_own_work_has_its_sentence(self) -> None:
        labels = ("customers.customer", "customers.importbatch", "staff.employee")
        assert len({page.why_not([label]) for label in labels} | {page.why_not([])}) == 4
        assert page.why_not(list(labels)) == page.why_not(["staff.employee"])

    def test_nobody_but_the_owner(self, boss: Employee, client: Client) -> None:
        for role in (Role.OPERATOR, Role.MANAGER, Role.EMPLOYEE, Role.AGENCY):
            client.force_login(Employee.objects.filter(role=role, is_active=True).earliest("pk"))
            assert client.post(reverse("admin:site_empty_demo"), {"typed": cast.COMPANY}).status_code == 403
            assert 'id="demo"' not in client.get(reverse("admin:index")).content.decode()
        assert Customer.objects.count() == cast.LIVING


def test_an_upload_that_was_given_up_is_no_work(boss: Employee) -> None:
    given_up = make_batch("别的表.xlsx", state=BatchState.CANCELLED, started_at=None)
    assert emptying.own_work() == []
    ImportBatch.objects.filter(pk=given_up.pk).update(started_at="2026-11-22T00:00:00Z")
    assert emptying.own_work() == ["customers.importbatch"]
