"""Each role × each door of the imports, and what a stranger, a wrong method or a made-up id gets."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.choices import BatchState
from customers.models import ImportBatch, ImportMapping, ImportRow, KnownName
from scrm.kit.models import JobRun
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.roles import declared
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import make_batch, make_customer, make_row

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role
ALLOWED = {OWNER, OPERATOR}
# (name, method, what an importer gets for an import that has ended)
DOORS = [
    ("change", "get", 200),
    ("columns", "get", 302),
    ("columns", "post", 302),
    ("sheet", "post", 302),
    ("rule", "post", 302),
    ("start", "post", 302),
    ("progress", "get", 200),
    ("cancel", "post", 302),
    ("resume", "post", 302),
    ("rows", "get", 200),
    ("match", "post", 404),
    ("name", "post", 404),
    ("discard", "get", 200),
    ("undo", "get", 200),
    ("undo", "post", 302),
]
ADMIN = "/admin/customers/importbatch/"


@pytest.fixture
def batch() -> ImportBatch:
    """Has run; its file is gone, so nothing can be started with it."""
    ended = make_batch(counters={"rows": 1, "created": 1})
    make_row(ended, make_customer("王小娟", "13800000021"))
    return ended


def call(client: Client, method: str, path: str) -> int:
    status: int = getattr(client, method)(path).status_code
    return status


@pytest.mark.parametrize(("name", "method", "answer"), DOORS)
def test_each_door_by_role(
    client: Client, everyone: dict[Role, Employee], batch: ImportBatch, name: str, method: str, answer: int
) -> None:
    found = {}
    for role, user in everyone.items():
        client.force_login(user)
        found[role] = call(client, method, flow.url(batch, name))
    assert found == {role: answer if role in ALLOWED else 403 for role in Role}


def test_list_upload_and_mappings_by_role(client: Client, everyone: dict[Role, Employee]) -> None:
    mapping = ImportMapping.objects.create(name="台账", columns={"手机号": "phone"})
    doors = {
        reverse(flow.LIST): ("get", 200),
        reverse(flow.UPLOAD): ("post", 302),
        reverse("admin:customers_importmapping_changelist"): ("get", 200),
        reverse("admin:customers_importmapping_change", args=[mapping.pk]): ("get", 200),
        reverse("admin:customers_importmapping_forget", args=[mapping.pk]): ("get", 200),
    }
    for path, (method, answer) in doors.items():
        for role, user in everyone.items():
            client.force_login(user)
            expected = answer if role in ALLOWED else 403
            assert call(client, method, path) == expected, (path, role)


def test_nobody_adds_changes_or_deletes_by_djangos_own_doors(
    client: Client, everyone: dict[Role, Employee], batch: ImportBatch
) -> None:
    mapping = ImportMapping.objects.create(name="台账")
    for user in everyone.values():
        client.force_login(user)
        assert call(client, "get", f"{ADMIN}add/") == 403
        assert call(client, "post", f"{ADMIN}{batch.pk}/delete/") == 403
        assert call(client, "post", f"/admin/customers/importmapping/{mapping.pk}/delete/") == 403
        assert call(client, "get", "/admin/customers/importmapping/add/") == 403
    assert ImportBatch.objects.count() == ImportMapping.objects.count() == 1


def test_a_stranger_is_sent_to_the_login(client: Client, batch: ImportBatch) -> None:
    paths = {flow.url(batch, name) for name, _method, _answer in DOORS} | {
        reverse(flow.LIST),
        reverse(flow.UPLOAD),
    }
    for path in paths:
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={path}")
    for kind in ("import-report", "import-original"):
        assert "/admin/login/" in client.get(reverse("private_file", args=[kind, batch.pk])).url


def test_undo_asks_for_its_own_right(
    client: Client, operator: Employee, batch: ImportBatch, role_rights: Any
) -> None:
    """Whoever may import but not undo sees no button and gets nowhere by URL."""
    role_rights(operator.role, declared(operator.role) - {"customers.undo_import"})
    client.force_login(operator)
    assert call(client, "get", flow.url(batch, "undo")) == 403
    assert call(client, "post", flow.url(batch, "undo")) == 403
    page = client.get(flow.url(batch)).content.decode()
    assert 'id="result"' in page and 'id="undo"' not in page
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


@pytest.mark.parametrize("name", ["upload", "sheet", "rule", "start", "cancel", "resume", "match", "name"])
def test_what_changes_something_is_no_link(desk: Client, batch: ImportBatch, name: str) -> None:
    path = reverse(flow.UPLOAD) if name == "upload" else flow.url(batch, name)
    assert call(desk, "get", path) == 405


@pytest.mark.parametrize("name", ["progress", "rows"])
def test_what_is_only_read_takes_no_post(desk: Client, batch: ImportBatch, name: str) -> None:
    assert call(desk, "post", flow.url(batch, name)) == 405


@pytest.mark.parametrize("made_up", ["0", "999999", "abc", "1_0", "-1", "9" * 40, "１", "1.0", "_5F"])
def test_an_import_that_is_none(desk: Client, batch: ImportBatch, made_up: str) -> None:
    for door in ("change/", "columns/", "progress/", "rows/", "undo/"):
        assert call(desk, "get", f"{ADMIN}{made_up}/{door}") == 404, door


def test_without_a_token_nothing_is_taken(operator: Employee, batch: ImportBatch) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(operator)
    assert call(careful, "post", flow.url(batch, "undo")) == 403
    assert call(careful, "post", reverse(flow.UPLOAD)) == 403


def test_refused_doors_leave_no_trace(
    client: Client, everyone: dict[Role, Employee], batch: ImportBatch
) -> None:
    """A 403 came before the act, not after it."""
    before = (batch.state, ImportRow.objects.count())
    client.force_login(everyone[MANAGER])
    for name, method, _answer in DOORS:
        call(client, method, flow.url(batch, name))
    flow.upload(client, flow.csv("姓名,手机号", "张三,13800009001"))
    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == before
    assert ImportBatch.objects.count() == 1
    assert JobRun.objects.count() == KnownName.objects.count() == 0


@pytest.mark.parametrize("kind", ["import-report", "import-original"])
def test_files_are_for_importers(
    client: Client, everyone: dict[Role, Employee], desk: Client, kind: str
) -> None:
    batch = flow.imported(desk, flow.csv("姓名,手机号", "张三,13800009001"))
    path = reverse("private_file", args=[kind, batch.pk])
    found = {}
    for role, user in everyone.items():
        client.force_login(user)
        found[role] = call(client, "get", path)
    assert found == {role: 200 if role in ALLOWED else 404 for role in Role}
