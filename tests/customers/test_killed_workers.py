"""A worker killed outright (−9) in the middle of a long job: the next one goes on, nothing is lost and nothing doubled.
Imports of customers and orders, hand-over and export have such tests of their own."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customers.choices import BatchState
from customers.models import Appointment, Customer, CustomerTag, FollowUp, ImportBatch, Order, OwnerChange
from customers.services import mass_tagging, tagging
from customers.services.contact_sheets import files as contact_files
from customers.services.contact_sheets import running as contact_running
from customers.services.importing import files as customer_files
from customers.services.importing import undoing
from customers.services.ordering import files as order_files
from customers.services.ordering import running as order_running
from customers.services.owning import acts, mass
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.factories.customers import make_tag
from tests.factories.staff import make_department, make_employee
from tests.kit import processes

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8_000
ROWS = 3_000


@pytest.fixture
def boss() -> Employee:
    return make_employee("老板", Role.OWNER)


def killed_and_gone_on(job: JobRun, begun: Callable[[], bool]) -> None:
    """One worker is killed as soon as some of the work can be seen, another one ends it."""
    assert job.state == JobRun.State.QUEUED
    with processes.manage("qcluster") as worker:
        processes.until(begun)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
    processes.until(processes.server_is_quiet)
    job.refresh_from_db()
    assert job.state != JobRun.State.DONE
    with processes.manage("qcluster"):
        processes.until(lambda: JobRun.objects.get(pk=job.pk).state in (JobRun.State.DONE, JobRun.State.FAILED), 120)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobRun.State.DONE, "")


def crowd(**fields: Any) -> None:
    Customer.objects.bulk_create([Customer(name=f"客{number}", **fields) for number in range(PEOPLE)])


def test_tags_put_on_many(boss: Employee) -> None:
    crowd()
    label = make_tag("VIP")
    job, people = mass_tagging.order(Customer.objects.all(), [label], act=mass_tagging.ADD, by=boss)
    killed_and_gone_on(job, CustomerTag.objects.exists)
    assert (people, CustomerTag.objects.filter(tag=label).values("customer").distinct().count()) == (PEOPLE, PEOPLE)
    # What a slice had done before the kill is not counted again: the line says how many were still to do, or all.
    assert 0 < AuditEntry.objects.get(action=tagging.ADDED).count <= PEOPLE


@pytest.mark.parametrize("act", [acts.ASSIGNED, acts.SHARED])
def test_owners_given_to_many(boss: Employee, act: str) -> None:
    store = make_department("滨江店")
    crowd(store=store)
    chosen = [make_employee(name, Role.EMPLOYEE, department=store) for name in ("小许", "王蕾")]
    to = chosen[:1] if act == acts.ASSIGNED else chosen
    job, _people = mass.order(Customer.objects.all(), to, act=act, by=boss)
    killed_and_gone_on(job, OwnerChange.objects.exists)
    held = [Customer.objects.filter(owner=who).count() for who in chosen]
    assert held == ([PEOPLE, 0] if act == acts.ASSIGNED else [PEOPLE // 2] * 2)
    assert OwnerChange.objects.count() == OwnerChange.objects.values("customer").distinct().count() == PEOPLE
    assert AuditEntry.objects.get(action=act).count == PEOPLE


def undone(batch: ImportBatch, boss: Employee, model: Any) -> ImportBatch:
    undoing.ask(batch, by=boss)
    before = model.objects.count()
    killed_and_gone_on(JobRun.objects.get(name=undoing.JOB), lambda: model.objects.count() < before)
    batch.refresh_from_db()
    assert (batch.state, AuditEntry.objects.filter(action="import.undone").count()) == (BatchState.UNDONE, 1)
    return batch


def test_an_import_of_customers_taken_back(boss: Employee, tmp_path: Path) -> None:
    rows = [[f"客{n}", f"1370000{n:04d}"] for n in range(ROWS)]
    batch = customer_files.run_file(sheets.csv_file(tmp_path / "a.csv", [["姓名", "手机号"], *rows]), by=boss)
    assert Customer.objects.count() == ROWS
    batch = undone(batch, boss, Customer)
    assert (Customer.everyone.count(), batch.counters["undo"]["removed"]) == (0, ROWS)


def test_an_import_of_orders_taken_back(boss: Employee, tmp_path: Path) -> None:
    rows = [[f"D{n}", "2026-05-01", f"1370000{n:04d}", "面膜", 1, 99] for n in range(ROWS)]
    path = sheets.csv_file(tmp_path / "a.csv", [["订单号", "下单时间", "手机号", "商品名称", "数量", "单价"], *rows])
    batch = order_files.run_file(path, rules=order_running.rules_of(source="till"), by=boss)
    assert Order.objects.count() == ROWS
    batch = undone(batch, boss, Order)
    counts = batch.counters["undo"]
    assert (Order.objects.count(), Customer.everyone.count()) == (0, 0)
    assert (counts["orders_removed"], counts["removed"]) == (ROWS, ROWS)


@pytest.mark.parametrize("kind", ["appointments", "follow_ups"])
def test_contacts_from_a_sheet(boss: Employee, tmp_path: Path, kind: str) -> None:
    """By the command, killed and given the same file again: every row is there once."""
    if kind == "appointments":
        command, model = "import_appointments", Appointment
        head, row = ["手机号", "预约时间", "服务项目"], ["2026-05-01 14:00", "护理"]
    else:
        command, model = "import_followups", FollowUp
        head, row = ["手机号", "跟进时间", "跟进内容"], ["2026-05-01 14:00", "问候"]
    path = sheets.csv_file(tmp_path / "a.csv", [head, *[[f"1370000{n:04d}", *row] for n in range(ROWS)]])
    with processes.manage(command, str(path), "--json") as process:
        processes.until(model.objects.exists)
        processes.kill_group(process.pid)
        process.wait(10)
    processes.until(processes.server_is_quiet)
    assert model.objects.count() < ROWS
    rules = contact_running.rules_of(source="sheet", key="phone")
    batch = contact_files.run_file(path, kind=kind, rules=rules)
    assert (batch.state, model.objects.count()) == (BatchState.DONE, ROWS)
    assert model.objects.values("customer").distinct().count() == ROWS == Customer.objects.count()
    assert ImportBatch.objects.filter(state=BatchState.DONE).count() == 1
