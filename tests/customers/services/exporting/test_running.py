"""Asking, writing in slices, a killed worker, rights that were lost meanwhile, forgetting."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.choices import ExportState
from customers.models import Customer, Export, Order
from customers.services.exporting import people, purchases, running
from customers.services.importing import files as importing
from scrm.kit import clock, files, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers.services.exporting.exports import exported, file_of, rows_of, table
from tests.factories.customers import identify, make_customer, make_opening, make_tag, tag
from tests.factories.orders import credit, make_line, make_order, make_product

pytestmark = pytest.mark.django_db
A, B, C = "13777000001", "13777000002", "13777000003"


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_DIR = tmp_path / "private"
    return tmp_path / "private"


def left(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.rglob("*") if path.is_file())


def refused(**more: Any) -> str:
    with pytest.raises(Refused) as no:
        running.ask(**{"what": "customers", "rows": Customer.objects.all(), "format": "xlsx", "selection": "", **more})
    return no.value.code


def test_asked_for_and_written(owner: Employee, own_private_folder: Path, tmp_path: Path) -> None:
    make_customer("张三", A)
    make_customer("李四", B)
    export = exported(owner)
    assert (export.state, export.rows, export.done, export.ids_path, export.by) == (ExportState.DONE, 2, 2, "", owner)
    assert [row["姓名"] for row in table(file_of(export, tmp_path))] == ["张三", "李四"]
    assert left(own_private_folder) == [".xlsx"]
    entry = AuditEntry.objects.get(action="export.asked")
    assert (entry.actor, entry.count, entry.detail) == (owner, 2, {"what": "customers", "format": "xlsx"})


def test_nothing_is_refused_in_words(owner: Employee, own_private_folder: Path) -> None:
    assert refused(by=owner) == "export.nothing"
    make_customer("旧", A, archived_at=clock.now())
    assert refused(by=owner, rows=Customer.everyone.all()) == "export.nothing"
    assert (Export.objects.count(), JobRun.objects.count(), AuditEntry.objects.filter(action="export.asked").count(), left(own_private_folder)) == (0, 0, 0, [])


def test_more_than_a_sheet_holds(owner: Employee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(running, "MOST_XLSX", 1)
    make_customer("张三", A)
    make_customer("李四", B)
    assert refused(by=owner) == "export.too_many"
    assert len(rows_of(file_of(exported(owner, format="csv"), tmp_path))) == 3
    make_line(order := make_order(Customer.objects.earliest("pk")), amount_fen=1)
    make_line(order, amount_fen=1)
    assert exported(owner, "orders").state == ExportState.FAILED


def test_one_at_a_time_for_each(owner: Employee, operator: Employee) -> None:
    make_customer("张三", A)
    running.ask(what="customers", rows=Customer.objects.all(), format="csv", selection="", by=owner)
    assert refused(by=owner) == "export.busy"
    running.ask(what="customers", rows=Customer.objects.all(), format="csv", selection="", by=operator)
    assert Export.objects.count() == 2


@pytest.mark.parametrize("what", ["customers", "orders"])
def test_each_role_has_her_own_rows(everyone: dict[Role, Employee], shop: Shop, what: str) -> None:
    here = make_customer("这里", A, store=shop.binjiang, owner=everyone[Role.EMPLOYEE])
    there = make_customer("那里", B, store=shop.xihu)
    make_order(here)
    make_order(there)
    model: Any = {"customers": Customer, "orders": Order}[what]
    counts: dict[Role, Any] = {}
    for role, user in everyone.items():
        try:
            counts[role] = running.ask(what=what, rows=model.objects.all(), format="csv", selection="", by=user).rows
        except Refused as no:
            counts[role] = no.code
    no = "export.not_allowed"
    assert counts == {Role.OWNER: 2, Role.OPERATOR: 2, Role.MANAGER: 1, Role.EMPLOYEE: no, Role.AGENCY: no}


def test_no_such_noun_or_format(owner: Employee) -> None:
    make_customer("张三", A)
    assert refused(by=owner, what="secrets") == "export.not_allowed"
    assert refused(by=owner, format="pdf") == "export.not_allowed"


def test_who_moved_away_meanwhile_is_not_in_it(manager: Employee, shop: Shop, tmp_path: Path) -> None:
    make_customer("留下", A, store=shop.binjiang)
    gone = make_customer("搬走", B, store=shop.binjiang)
    export = running.ask(what="customers", rows=Customer.objects.all(), format="xlsx", selection="", by=manager)
    Customer.objects.filter(pk=gone.pk).update(store=shop.xihu)
    make_customer("后来", C, store=shop.binjiang)
    jobs.drain()
    export.refresh_from_db()
    assert [row["姓名"] for row in table(file_of(export, tmp_path))] == ["留下"]


@pytest.mark.parametrize("change", [{"role": Role.EMPLOYEE}, {"is_active": False}])
def test_who_lost_the_right_meanwhile_gets_no_file(operator: Employee, own_private_folder: Path, change: dict[str, Any]) -> None:
    make_customer("张三", A)
    export = running.ask(what="customers", rows=Customer.objects.all(), format="xlsx", selection="", by=operator)
    Employee.objects.filter(pk=operator.pk).update(**change)
    jobs.drain()
    export.refresh_from_db()
    assert (export.state, export.path, left(own_private_folder)) == (ExportState.FAILED, "", [])


def test_slices_make_one_file(owner: Employee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    for n in range(5):
        make_customer(f"客{n}", f"1377700{n:04}")
    export = running.ask(what="customers", rows=Customer.objects.all(), format="xlsx", selection="", by=owner)
    assert [running.write(Export.objects.get(), seconds=0) for _nth in range(3)] == [False, False, True]
    export.refresh_from_db()
    assert [row["姓名"] for row in table(file_of(export, tmp_path))] == [f"客{n}" for n in range(5)]


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_a_killed_worker_left_is_cut_off(owner: Employee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    for n in range(5):
        make_customer(f"客{n}", f"1377700{n:04}")
    export = running.ask(what="customers", rows=Customer.objects.all(), format=format, selection="", by=owner)
    running.write(Export.objects.get(), seconds=0)
    parts = files.full_path(export.ids_path).with_suffix(".rows")
    with parts.open("ab") as half:
        half.write(b"<row r=\"99\"><c half")
    parts.with_suffix(".aside").write_text("{half a mark")
    jobs.drain()
    export.refresh_from_db()
    assert [row["姓名"] for row in table(file_of(export, tmp_path))] == [f"客{n}" for n in range(5)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_really_killed(owner: Employee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """−9 in the middle of a slice: a child dies with it, and this process goes on."""
    monkeypatch.setattr(running, "CHUNK", 2)
    for n in range(7):
        make_customer(f"客{n}", f"1377700{n:04}")
    export = running.ask(what="customers", rows=Customer.objects.all(), format="xlsx", selection="", by=owner)
    ids = files.full_path(export.ids_path)
    child = os.fork()
    if child == 0:
        try:
            beats = iter(range(10))

            def die() -> None:
                if next(beats) == 6:
                    os.kill(os.getpid(), signal.SIGKILL)

            monkeypatch.setattr(running.jobs, "beat", die)
            connection.close()
            running.write(Export.objects.get(pk=export.pk))
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    connection.close()
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert ids.with_suffix(".mark").exists()
    jobs.drain()
    export.refresh_from_db()
    assert [row["姓名"] for row in table(file_of(export, tmp_path))] == [f"客{n}" for n in range(7)]


def test_masked_for_whoever_may_not_see_numbers(operator: Employee, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No role of ours is so; a shop's own may be one day."""
    from customers.queries import disclosure

    monkeypatch.setattr(disclosure, "FULL_PHONE", "customers.no_such_right")
    person = make_customer(f"张三 {A}", A, note=f"老公 {B}", legacy={"备用": C}, address=f"楼下 {B}")
    identify(person, "phone", C)
    make_order(person, source="sheet", number="D1", note=f"打 {B}")
    first = table(file_of(exported(operator), tmp_path))[0]
    second = table(file_of(exported(operator, "orders"), tmp_path))[0]
    told = " ".join(map(str, [*first.values(), *second.values()]))
    assert not any(number in told for number in (A, B, C))
    assert (first["手机号〔本系统〕"], second["客户手机号〔本系统〕"]) == ("137****0001", "137****0001")
    counters = importing.run_file(file_of(exported(operator), tmp_path), require="name").counters
    assert counters["updated"] == 0


def test_no_query_for_each_row(owner: Employee) -> None:
    counts = []
    for people_now in (1, 3):
        while Customer.objects.count() < people_now:
            person = make_customer("客", f"1377700{Customer.objects.count():04}")
            identify(person, "wechat_id", f"wx{person.pk}")
            tag(person, make_tag())
            make_opening(person, spend_fen=1)
            order = make_order(person)
            make_line(order, make_product())
            credit(order, owner)
        seen = []
        for noun, model in ((people.NOUN, Customer), (purchases.NOUN, Order)):
            ids: Any = list(model.objects.order_by("pk").values_list("pk", flat=True))
            made = noun.plan([ids], owner)
            with CaptureQueriesContext(connection) as queries:
                assert len(list(noun.write(ids, made, owner))) == people_now
            seen.append(len(queries))
        counts.append(seen)
    assert counts == [[7, 3], [7, 3]]


def test_files_go_after_their_time(owner: Employee, settings: Any, own_private_folder: Path) -> None:
    make_customer("张三", A)
    export = exported(owner)
    jobs.run_now("customers.tasks.forget_uploads")
    assert left(own_private_folder) == [".xlsx"]
    Export.objects.update(at=clock.now() - timedelta(days=settings.KEEP_UPLOADS_DAYS, minutes=1))
    jobs.run_now("customers.tasks.forget_uploads")
    export.refresh_from_db()
    assert (export.state, export.path, left(own_private_folder)) == (ExportState.GONE, "", [])


def test_a_job_that_failed_for_good_leaves_nothing(owner: Employee, own_private_folder: Path) -> None:
    make_customer("张三", A)
    export = running.ask(what="customers", rows=Customer.objects.all(), format="xlsx", selection="", by=owner)
    files.remove(export.ids_path)
    jobs.drain()
    export.refresh_from_db()
    assert (export.state, left(own_private_folder)) == (ExportState.FAILED, [])


def test_what_is_sensitive_stays_here_without_the_right(
    manager: Employee, shop: Shop, tmp_path: Path, role_rights: Any
) -> None:
    make_customer("张三", A, store=shop.binjiang, income_band="2–3万", budget="5000")
    assert table(file_of(exported(manager), tmp_path))[0]["收入"] == "2–3万"
    role_rights(Role.MANAGER, ["customers.view_customer", "customers.export_rows"])
    [row] = table(file_of(exported(Employee.objects.get(pk=manager.pk)), tmp_path))
    assert (row.get("收入"), row["预算"]) == (None, "5000")
