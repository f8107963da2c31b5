"""A worker killed (-9) in a long job: the next one goes on, nothing is lost, nothing is twice.

Imports of customers and orders, hand-overs and exports have such tests beside their services.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from customers.choices import BatchState, ImportKind
from customers.models import (
    Appointment,
    Customer,
    CustomerTag,
    FollowUp,
    Identity,
    ImportBatch,
    ImportRow,
    Order,
    OwnerChange,
    Refund,
)
from customers.services import mass_tagging
from customers.services.contact_sheets import kinds
from customers.services.contact_sheets import running as contacts
from customers.services.contact_sheets.rows import Rules
from customers.services.importing import undoing
from customers.services.owning import acts, mass
from scrm.kit import files, jobs
from scrm.kit.models import AuditEntry, Claim, JobRun
from scrm.staff.choices import Role
from tests.customers import sheets
from tests.customers.services.contact_sheets import runs as contact_runs
from tests.customers.services.importing import runs as people_runs
from tests.customers.services.ordering import runs as order_runs
from tests.factories.customers import make_customer, make_tag
from tests.factories.staff import make_employee
from tests.kit import processes

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 25
HERE = "customers.services."


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def killed(tmp_path: Path) -> Callable[..., None]:
    return partial(processes.die_at, folder=tmp_path)


def go_on() -> None:
    """The next worker: it finds that the other one is gone, and does the rest."""
    [job] = JobRun.objects.exclude(state=JobRun.State.DONE)
    assert (job.state, jobs.sweep()) == (JobRun.State.RUNNING, 1)
    jobs.drain()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobRun.State.DONE, "")
    assert not Claim.objects.exclude(holder="").exists()


def phone(n: int) -> str:
    return f"137{n:08d}"


SHEETS = {
    ImportKind.APPOINTMENTS: [
        ["预约编号", "手机号", "预约时间", "状态"],
        *([f"Y{n}", phone(n % 20), "2025-11-03 10:00", "已到店"] for n in range(PEOPLE)),
    ],
    ImportKind.FOLLOW_UPS: [
        ["手机号", "跟进时间", "跟进人", "跟进内容"],
        *([phone(n % 20), "2025-11-03 10:00", "阿花", f"第{n}次"] for n in range(PEOPLE)),
    ],
}


@pytest.mark.parametrize(("kind", "nth", "moment"), [(ImportKind.APPOINTMENTS, 3, "before"), (ImportKind.FOLLOW_UPS, 3, "after")])
def test_import_of_appointments_and_follow_ups(
    killed: Callable[..., None], tmp_path: Path, kind: ImportKind, nth: int, moment: str
) -> None:
    (tmp_path / "private").mkdir()
    path = sheets.csv_file(tmp_path / "private" / "a.csv", SHEETS[kind])
    with contacts.open_file(path, kind=kind) as opened:
        batch = contacts.new_batch(opened, kinds.of(kind), Rules(), file_name="a.csv", sha256="0" * 64, path="a.csv")
    jobs.enqueue("customers.tasks.run_import", batch.pk)
    model: Any = Appointment if kind == ImportKind.APPOINTMENTS else FollowUp
    killed(nth, moment, f"{HERE}contact_sheets.running.SLICE=5")
    batch.refresh_from_db()
    assert (batch.state, batch.cursor in (5, 10, 15), model.objects.count()) == (BatchState.RUNNING, True, batch.cursor)
    assert (batch.counters["created"], Customer.objects.count()) == (batch.cursor, min(batch.cursor, 20))
    go_on()
    batch.refresh_from_db()
    assert (batch.state, batch.counters["created"], batch.counters["customers_created"]) == (BatchState.DONE, PEOPLE, 20)
    found = contact_runs.booked() if kind == ImportKind.APPOINTMENTS else contact_runs.contacts()
    column = 1 if kind == ImportKind.APPOINTMENTS else 0
    assert [row[column] for row in found] == [phone(n % 20) for n in range(PEOPLE)]
    assert (Customer.objects.count(), Identity.objects.count()) == (20, 20)
    assert AuditEntry.objects.filter(action="import.run").count() == 1


def test_undo_of_an_import_of_customers(killed: Callable[..., None], tmp_path: Path) -> None:
    boss, head = make_employee("老板", Role.OWNER), ["姓名", "手机号", "备注", "标签"]
    here = [make_customer(f"人{n}", phone(n)) for n in range(5)]
    before = people_runs.names_and_phones()
    rows = [head, *([f"人{n}", phone(n), f"第{n}位", "VIP"] for n in range(PEOPLE))]
    people_runs.run(sheets.csv_file(tmp_path / "会员.csv", rows))
    batch = people_runs.last_batch()
    assert (Customer.objects.count(), CustomerTag.objects.count()) == (PEOPLE, PEOPLE)
    undoing.ask(batch, by=boss)
    killed(3, "after", f"{HERE}importing.undoing.SLICE=4")
    batch.refresh_from_db()
    undone = ImportRow.objects.filter(undone=True).count()
    assert (batch.state, 0 < undone < PEOPLE) == (BatchState.UNDOING, True)
    go_on()
    batch.refresh_from_db()
    counts = {key: batch.counters["undo"][key] for key in ("removed", "restored", "archived", "kept")}
    assert (batch.state, counts) == (BatchState.UNDONE, {"removed": PEOPLE - 5, "restored": 5, "archived": 0, "kept": 0})
    assert (people_runs.names_and_phones(), list(Customer.everyone.order_by("pk"))) == (before, here)
    assert (CustomerTag.objects.count(), Identity.objects.count()) == (0, 5)
    assert {one.note for one in Customer.objects.all()} == {""}
    assert AuditEntry.objects.filter(action="import.undone").count() == 1


def test_undo_of_an_import_of_orders(killed: Callable[..., None], tmp_path: Path) -> None:
    boss, head = make_employee("老板", Role.OWNER), ["订单号", "下单时间", "手机号", "商品名称", "数量", "单价", "原订单号"]
    order_runs.run(sheets.csv_file(tmp_path / "早.csv", [head, *([f"D{n}", "2026-05-01", phone(n), "面膜", 1, 50, None] for n in range(3))]))
    before = order_runs.everything()
    rows = [head, *([f"D{n}", "2026-05-01", phone(n), "面膜", 1, 99, None] for n in range(PEOPLE))]
    rows += [[f"T{n}", "2026-05-02", phone(n), "面膜", -1, 9, f"D{n}"] for n in range(3, 8)]
    order_runs.run(sheets.csv_file(tmp_path / "订单.csv", rows), "--returns", "record")
    batch = ImportBatch.objects.latest("pk")
    assert (Order.objects.count(), Refund.objects.count()) == (PEOPLE, 5)
    undoing.ask(batch, by=boss)
    killed(3, "before", f"{HERE}ordering.undoing.SLICE=4")
    batch.refresh_from_db()
    left = Refund.objects.count() + Order.objects.filter(batch=batch).count()
    assert (batch.state, 0 < left < PEOPLE + 2) == (BatchState.UNDOING, True)
    go_on()
    batch.refresh_from_db()
    counts = {key: batch.counters["undo"][key] for key in ("removed", "orders_removed", "orders_restored")}
    assert (batch.state, counts) == (
        BatchState.UNDONE,
        {"removed": PEOPLE - 3, "orders_removed": PEOPLE - 3, "orders_restored": 3},
    )
    assert (order_runs.everything(), Customer.everyone.count(), Refund.objects.count()) == (before, 3, 0)
    assert AuditEntry.objects.filter(action="import.undone").count() == 1


def test_undo_of_an_import_of_appointments(killed: Callable[..., None], tmp_path: Path) -> None:
    boss = make_employee("老板", Role.OWNER)
    contact_runs.appointments(sheets.csv_file(tmp_path / "预约.csv", SHEETS[ImportKind.APPOINTMENTS]))
    batch = ImportBatch.objects.latest("pk")
    assert (Appointment.objects.count(), Customer.objects.count()) == (PEOPLE, 20)
    undoing.ask(batch, by=boss)
    killed(3, "after", f"{HERE}contact_sheets.undoing.SLICE=4")
    batch.refresh_from_db()
    assert (batch.state, 0 < Appointment.objects.count() < PEOPLE) == (BatchState.UNDOING, True)
    go_on()
    batch.refresh_from_db()
    counts = {key: batch.counters["undo"][key] for key in ("entries_removed", "entries_kept", "removed")}
    assert (batch.state, counts) == (BatchState.UNDONE, {"entries_removed": PEOPLE, "entries_kept": 0, "removed": 20})
    assert (Appointment.objects.count(), Customer.everyone.count(), Identity.objects.count()) == (0, 0, 0)
    assert AuditEntry.objects.filter(action="import.undone").count() == 1


def left(folder: str) -> list[Path]:
    return [path for path in files.full_path(folder).rglob("*") if path.is_file()]


# Five slices, then the line in the log: the sixth commit is that of the end.
@pytest.mark.parametrize(
    ("act", "nth", "moment"),
    [(acts.SHARED, 3, "before"), (acts.RELEASED, 3, "after"), (acts.ASSIGNED, 3, "after"), (acts.SHARED, 6, "after")],
)
def test_share_out_release_and_assign(killed: Callable[..., None], act: str, nth: int, moment: str) -> None:
    boss = make_employee("老板", Role.OWNER)
    first, second = make_employee("小许", Role.EMPLOYEE), make_employee("王蕾", Role.EMPLOYEE)
    Customer.objects.bulk_create(
        [Customer(name=f"客{n}", owner=first if act == acts.RELEASED else None) for n in range(PEOPLE)]
    )
    to = {acts.SHARED: [first, second], acts.RELEASED: [], acts.ASSIGNED: [second]}[act]
    mass.order(Customer.objects.all(), to, act=act, by=boss)
    killed(nth, moment, f"{HERE}owning.moving.SLICE=5")
    moved = {(3, "before"): 10, (3, "after"): 15, (6, "after"): PEOPLE}[nth, moment]
    assert (OwnerChange.objects.count(), Customer.objects.filter(owner=None).count()) == (
        moved, moved if act == acts.RELEASED else PEOPLE - moved,
    )  # fmt: skip
    go_on()
    got = [Customer.objects.filter(owner=who).count() for who in (first, second, None)]
    assert got == {acts.SHARED: [13, 12, 0], acts.RELEASED: [0, 0, PEOPLE], acts.ASSIGNED: [0, PEOPLE, 0]}[act]
    assert OwnerChange.objects.count() == OwnerChange.objects.values("customer").distinct().count() == PEOPLE
    entry = AuditEntry.objects.get(action=act)
    told = {acts.SHARED: ["小许 13", "王蕾 12"], acts.RELEASED: None, acts.ASSIGNED: ["王蕾 25"]}[act]
    assert (entry.count, entry.detail.get("to")) == (PEOPLE, told)
    assert left("owning") == []


@pytest.mark.parametrize(("act", "nth", "moment"), [("add", 3, "before"), ("remove", 3, "after"), ("add", 6, "after")])
def test_tags_for_many(killed: Callable[..., None], act: str, nth: int, moment: str) -> None:
    boss, label = make_employee("老板", Role.OWNER), make_tag("VIP")
    people = Customer.objects.bulk_create([Customer(name=f"客{n}") for n in range(PEOPLE)])
    if act == mass_tagging.REMOVE:
        CustomerTag.objects.bulk_create([CustomerTag(customer=one, tag=label) for one in people])
    mass_tagging.order(Customer.objects.all(), [label], act=act, by=boss)
    killed(nth, moment, f"{HERE}mass_tagging.CHUNK=5")
    done = {(3, "before"): 10, (3, "after"): 15, (6, "after"): PEOPLE}[nth, moment]
    assert CustomerTag.objects.count() == (done if act == mass_tagging.ADD else PEOPLE - done)
    go_on()
    assert CustomerTag.objects.count() == (PEOPLE if act == mass_tagging.ADD else 0)
    [entry] = AuditEntry.objects.filter(action__in=("tag.added", "tag.removed"))
    assert (entry.count, entry.object_id) == (PEOPLE, str(label.pk))
    assert left("tagging") == []
