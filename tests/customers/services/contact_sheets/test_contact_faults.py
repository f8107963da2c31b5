"""Refusals in one sentence, a run that dies half-way, a cancelled one, undo, the report."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from customers.choices import AppointmentState, BatchState, ImportKind
from customers.models import Appointment, Customer, FollowUp, ImportBatch
from customers.services.contact_sheets import files, running, undoing
from customers.services.contact_sheets.rows import Rules
from customers.services.importing import undoing as base
from customers.services.importing.running import CLAIM
from scrm.kit import claims, clock, jobs
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.contact_sheets.runs import appointments, at, booked, figures, follow_ups
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
BOOK = ["预约编号", "手机号", "预约时间", "状态"]
TOLD = ["手机号", "跟进时间", "跟进人", "跟进内容"]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def sheet(tmp_path: Path, rows: Any, name: str = "a.xlsx") -> Path:
    return sheets.xlsx(tmp_path / name, rows)


@pytest.mark.parametrize(
    ("command", "rows", "flags", "said"),
    [
        (appointments, [["姓名", "状态", "预约时间"], ["张三", "已预约", "2025-01-01"]], (), "没有哪一列说明是哪位客户（手机号、会员卡号）。请指定是哪一列。例如：--map customer=B"),
        (appointments, [["手机号", "状态"], [A, "已预约"]], (), "没有哪一列说明预约在什么时候。请指定是哪一列。例如：--map at=C"),
        (follow_ups, [["手机号", "跟进时间"], [A, "2025-01-01"]], (), "没有哪一列是跟进内容。请指定是哪一列。例如：--map content=F"),
        (follow_ups, [TOLD], (), "表头下面没有数据行"),
        (follow_ups, [TOLD, [A, "2025-01-01", "小许", "好"]], ("--map", "state=A"), "没有名为“state”的字段。"),
        (follow_ups, [TOLD, [A, "2025-01-01", "小许", "好"]], ("--map", "at"), "“at”不是列对应。请写成 字段=列，例如 customer=手机号 或 customer=A。"),
        (follow_ups, [TOLD, [A, "2025-01-01", "小许", "好"]], ("--customer-key", "name"), "“name”不能认出客户"),
    ],
)  # fmt: skip
def test_refused_in_one_sentence(tmp_path: Path, command: Any, rows: Any, flags: Any, said: str) -> None:
    with translation.override("zh-hans"):
        answer = command(sheet(tmp_path, rows), *flags)
    assert said in answer["refused"]
    assert (answer["rows"], answer["rejections"], ImportBatch.objects.count(), Customer.objects.count()) == (0, [], 0, 0)


def test_columns_by_letter(tmp_path: Path) -> None:
    path = sheets.csv_file(tmp_path / "a.csv", [[A, "2025-11-03 10:00", "好"], [B, "2025-11-04", "再说"]])
    assert figures(follow_ups(path, "--map", "customer=A", "--map", "at=B", "--map", "content=C")) == (2, 0, 0, 0)


def test_the_report_is_the_own_sheet_with_reasons(tmp_path: Path) -> None:
    out = tmp_path / "回.xlsx"
    rows = [BOOK, ["Y1", A, "2025-11-03 9:00", "已预约"], ["Y2", None, "2025-11-03", "已预约"], ["Y1", A, "2025-11-03 9:00", "已到店"]]
    with translation.override("zh-hans"):
        appointments(sheet(tmp_path, rows), "--report", str(out))
    assert [row[4:] for row in sheets.rows_of_xlsx(out)] == [
        ["导入结果", "错误原因"],
        ["无变化", "同一个预约在下面还有一行，以最后一行为准"],
        ["失败", "手机号（B3）为空：不知道是哪位客户（请填手机号或会员卡号）"],
        [None, None],
    ]
    assert figures(appointments(out)) == (0, 0, 2, 1)


def test_a_run_that_died_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SLICE", 2)
    rows = [TOLD, *([f"1377700{n:04}", "2025-11-03", "阿花", f"第{n}次"] for n in range(7))]
    path = sheet(tmp_path, rows)
    rules = Rules()

    class Killed(BaseException):
        pass

    def die(_stage: str, done: int, _total: int) -> None:
        if done >= 4:
            raise Killed

    with pytest.raises(Killed):
        files.run_file(path, kind=ImportKind.FOLLOW_UPS, rules=rules, progress=die)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.cursor, FollowUp.objects.count()) == (BatchState.RUNNING, 4, 4)
    assert figures(follow_ups(path)) == (7, 0, 0, 0)
    assert (ImportBatch.objects.count(), FollowUp.objects.count(), Customer.objects.count()) == (1, 7, 7)


def test_a_cancelled_run_stops_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Employee) -> None:
    monkeypatch.setattr(running, "SLICE", 2)
    path = sheet(tmp_path, [BOOK, *([f"Y{n}", f"1377700{n:04}", "2025-11-03", "已预约"] for n in range(5))])

    def cancel(*_figures: Any) -> None:
        ImportBatch.objects.update(cancel_asked=True)

    batch = files.run_file(path, kind=ImportKind.APPOINTMENTS, progress=cancel)
    assert (batch.state, batch.cursor, Appointment.objects.count()) == (BatchState.CANCELLED, 2, 2)
    ImportBatch.objects.update(state=BatchState.QUEUED, cancel_asked=False)
    jobs.run_now("customers.tasks.run_import", batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.counters["created"], Appointment.objects.count()) == (BatchState.DONE, 5, 5)


def test_whoever_lost_the_claim_writes_nothing(tmp_path: Path) -> None:
    path = sheet(tmp_path, [BOOK, ["Y1", A, "2025-11-03", "已预约"]])
    with running.open_file(path, kind=ImportKind.APPOINTMENTS) as opened:
        from customers.services.contact_sheets import kinds

        batch = running.new_batch(opened, kinds.of(ImportKind.APPOINTMENTS), Rules(), file_name="a.xlsx", sha256="0" * 64)
        token = claims.take(CLAIM)
        claims.release(CLAIM, token)
        with pytest.raises(claims.Held):
            running.execute(batch, opened, token)
    assert (Appointment.objects.count(), Customer.objects.count()) == (0, 0)


def undo(batch: ImportBatch, by: Employee) -> ImportBatch:
    base.ask(batch, by=by)
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    return batch


def test_undo_takes_appointments_and_their_people_back(tmp_path: Path, owner: Employee) -> None:
    here = make_customer("张三", A)
    appointments(sheet(tmp_path, [BOOK, ["Y0", A, "2025-11-03", "已预约"]]))
    before = booked()
    rows = [BOOK, ["Y0", A, "2025-11-09 10:00", "已取消"], ["Y1", A, "2025-11-04", "已预约"], ["Y2", B, "2025-11-04", "已预约"]]
    appointments(sheet(tmp_path, rows, "b.xlsx"))
    batch = ImportBatch.objects.latest("pk")
    planned = undoing.plan(batch)
    assert (planned.entries_removed, planned.entries_restored, planned.entries_kept, planned.people_removed) == (2, 1, 0, 1)
    counts = undo(batch, owner).counters["undo"]
    assert (counts["entries_removed"], counts["entries_restored"], counts["removed"]) == (2, 1, 1)
    assert booked() == before
    assert list(Customer.objects.all()) == [here]


def test_undo_leaves_what_somebody_worked_with(tmp_path: Path, owner: Employee) -> None:
    appointments(sheet(tmp_path, [BOOK, ["Y1", A, "2025-11-04", "已预约"], ["Y2", B, "2025-11-04", "已预约"]]))
    Appointment.objects.filter(number="Y1").update(state=AppointmentState.ARRIVED, state_at=clock.now())
    counts = undo(ImportBatch.objects.get(), owner).counters["undo"]
    assert (counts["entries_removed"], counts["entries_kept"], counts["removed"], counts["kept"]) == (1, 1, 1, 1)
    assert [row[:2] for row in booked()] == [("Y1", A)]


def test_undo_of_follow_ups_finds_the_last_contact_again(tmp_path: Path, owner: Employee) -> None:
    follow_ups(sheet(tmp_path, [TOLD, [A, "2025-11-03", "小许", "一"]]))
    follow_ups(sheet(tmp_path, [TOLD, [A, "2025-11-08", "小许", "二"], [B, "2025-11-08", "小许", "三"]], "b.xlsx"))
    batch = ImportBatch.objects.latest("pk")
    assert undoing.plan(batch).entries_removed == 2
    undo(batch, owner)
    assert (FollowUp.objects.count(), at(Customer.objects.get().last_contact_at)) == (1, "2025-11-03 00:00")
    undo(ImportBatch.objects.earliest("pk"), owner)
    assert (FollowUp.objects.count(), Customer.everyone.count()) == (0, 0)
