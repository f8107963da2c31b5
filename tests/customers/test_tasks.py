"""The worker's doors: a draft tried out and run in slices, one import at a time, undo, forgetting."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from customers import tasks
from customers.choices import BatchState, OnConflict, Require
from customers.models import Consent, Customer, CustomerTag, Identity, ImportBatch, ImportMapping, ImportRow
from customers.services.importing import drafts, forgetting, planning, running, undoing
from scrm.kit import claims, clock, files, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import JobRun
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    CASES,
    by_phone,
    names_and_phones,
    needs_cases,
    outcomes,
    warnings,
)
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))
ROWS = [
    ["姓名", "手机号", "标签", "随便"],
    ["张三", A, "VIP", "1"],
    ["李四", B, None, "2"],
    ["王五", None, None, "3"],
    ["张 三", A, "老", None],
]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def boss(db: None) -> Employee:
    return make_employee(name="老板", role="owner")


def upload(boss: Employee, rows: sheets.Rows = ROWS, name: str = "会员.csv") -> ImportBatch:
    return drafts.upload(SimpleUploadedFile(name, sheets.text(rows).encode()), by=boss)


def mapped(boss: Employee, rows: sheets.Rows = ROWS, **options: Any) -> ImportBatch:
    batch = upload(boss, rows)
    drafts.map_columns(batch, batch.mapping["targets"], by=boss, **options)
    return batch


def queued(
    boss: Employee, rows: sheets.Rows = ROWS, *, consent: bool | None = None, **options: Any
) -> ImportBatch:
    batch = mapped(boss, rows, **options)
    jobs.drain()
    batch.refresh_from_db()
    drafts.start(batch, consent=consent, ground="签字" if consent else "", by=boss)
    return batch


def done(boss: Employee, rows: sheets.Rows = ROWS, **options: Any) -> ImportBatch:
    batch = queued(boss, rows, **options)
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    return batch


class TestDraftToDone:
    def test_each_step_stands_on_the_batch(self, boss: Employee) -> None:
        batch = upload(boss)
        assert (batch.state, batch.file_name, batch.sheet, batch.created_by) == (
            BatchState.UPLOADED,
            "会员.csv",
            "",
            boss,
        )
        assert [(c.letter, c.header, c.target, c.samples) for c in drafts.columns(batch)] == [
            ("A", "姓名", "name", ["张三", "李四", "王五"]),
            ("B", "手机号", "phone", [A, B]),
            ("C", "标签", "tags", ["VIP", "老"]),
            ("D", "随便", None, ["1", "2", "3"]),
        ]
        drafts.map_columns(batch, batch.mapping["targets"], by=boss)
        assert (batch.state, JobRun.objects.get().name) == (BatchState.PREVIEWING, drafts.PREVIEW)
        jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, Customer.objects.count(), batch.total) == (BatchState.PREVIEWED, 0, 4)
        assert batch.preview["counters"] == {
            "created": 2, "updated": 0, "unchanged": 0, "merged": 1, "rejected": 1, "conflicts": 0, "warnings": 0,
        }  # fmt: skip
        assert (batch.preview["rules"], batch.preview["by_rule"]) == (
            {"phone": 1, "identity": 0, "name_only": 1, "nobody": 0}, {"phone": 3, "identity": 3, "name": 4},
        )  # fmt: skip
        drafts.start(batch, consent=None, ground="", by=boss)
        assert batch.state == BatchState.QUEUED
        jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, batch.cursor, batch.total, names_and_phones()) == (
            BatchState.DONE, 4, 4, [("张三", A), ("李四", B)],
        )  # fmt: skip
        assert {key: batch.counters[key] for key in running.COUNTERS} == batch.preview["counters"]
        assert batch.counters["customers_total"] == 2

    def test_what_the_user_maps_is_what_runs(self, boss: Employee) -> None:
        batch = upload(boss)
        drafts.map_columns(
            batch, ["note", "phone", "ignore", None], by=boss, require=Require.PHONE, on_conflict=OnConflict.OVERWRITE,
            system="老系统", remember_as="我的表", new_fields={3: drafts.NewField("肤质")},
        )  # fmt: skip
        jobs.drain()
        batch.refresh_from_db()
        drafts.start(batch, consent=None, ground="", by=boss)
        jobs.drain()
        one = by_phone(A)
        assert (one.name, one.note, list(one.custom.values()), one.tag_links.count()) == (
            "",
            "张三",
            ["1"],
            0,
        )
        saved = ImportMapping.objects.get()
        assert (saved.name, saved.system, saved.columns["手机号"], saved.columns["标签"]) == (
            "我的表", "老系统", "phone", "ignore",
        )  # fmt: skip
        assert upload(boss).mapping_name == "我的表"

    def test_consent_is_kept_once_with_its_ground(self, boss: Employee) -> None:
        batch = done(boss, consent=True)
        assert set(Consent.objects.values_list("customer__phone", "given", "ground", "batch", "recorded_by")) == {
            (A, True, "签字", batch.pk, boss.pk), (B, True, "签字", batch.pk, boss.pk),
        }  # fmt: skip
        done(boss, consent=True)
        assert Consent.objects.count() == 2

    def test_yes_without_a_ground_is_refused(self, boss: Employee) -> None:
        batch = mapped(boss)
        jobs.drain()
        batch.refresh_from_db()
        with pytest.raises(Refused) as refusal:
            drafts.start(batch, consent=True, ground=" ", by=boss)
        assert refusal.value.code == "consent.no_ground"
        batch.refresh_from_db()
        assert batch.state == BatchState.PREVIEWED

    def test_a_refused_upload_leaves_nothing(self, boss: Employee, tmp_path: Path) -> None:
        for content in (b"", b"PK\x03\x04", "姓名,手机号\n".encode()):
            with pytest.raises(Refused):
                drafts.upload(SimpleUploadedFile("a.xlsx", content), by=boss)
        assert ImportBatch.objects.count() == 0
        assert [p for p in (tmp_path / "private").rglob("*") if p.is_file()] == []

    def test_several_sheets_wait_for_a_choice(self, boss: Employee, tmp_path: Path) -> None:
        book = {"一店": ROWS, "二店": [["姓名", "手机号"], ["孙七", C]], "字典": [["x"], ["y"]]}
        path = sheets.xlsx(tmp_path / "a.xlsx", book)
        batch = drafts.upload(SimpleUploadedFile("a.xlsx", path.read_bytes()), by=boss)
        assert (batch.state, batch.preview["sheets"], batch.layout) == (
            BatchState.UPLOADED,
            ["一店", "二店"],
            {},
        )
        drafts.choose_sheet(batch, "二店")
        drafts.map_columns(batch, batch.mapping["targets"], by=boss)
        jobs.drain()
        batch.refresh_from_db()
        drafts.start(batch, consent=None, ground="", by=boss)
        jobs.drain()
        assert names_and_phones() == [("孙七", C)]


class TestOneAtATime:
    def test_the_second_waits_visibly_and_then_finds_everybody(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = mapped(boss), mapped(boss)
        jobs.drain()
        for batch in (first, second):
            batch.refresh_from_db()
            drafts.start(batch, consent=None, ground="", by=boss)
        token = claims.take(running.CLAIM)
        ImportBatch.objects.filter(pk=first.pk).update(state=BatchState.RUNNING)
        waits: list[float] = []

        def pause(seconds: float) -> None:
            waits.append(seconds)
            told = drafts.progress(ImportBatch.objects.get(pk=second.pk))
            assert (told["state"], told["waiting_for"]) == (BatchState.QUEUED, "会员.csv")
            if len(waits) == 4:
                claims.release(running.CLAIM, token)

        monkeypatch.setattr(tasks.time, "sleep", pause)
        jobs.drain()
        first.refresh_from_db()
        second.refresh_from_db()
        assert (len(waits), first.state, second.state) == (4, BatchState.DONE, BatchState.DONE)
        assert (first.counters["created"], second.counters["created"], second.counters["unchanged"]) == (
            2,
            0,
            2,
        )
        assert Customer.objects.count() == 2

    def test_a_dead_holder_is_passed_over(self, boss: Employee) -> None:
        batch = queued(boss)
        claims.take(running.CLAIM)
        claims.Claim.objects.update(
            holder="elsewhere:1:x", beat_at=clock.now() - claims.STALE - timedelta(seconds=1)
        )
        jobs.drain()
        batch.refresh_from_db()
        assert batch.state == BatchState.DONE

    def test_the_claim_is_free_after_a_run_a_refusal_and_an_error(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done(boss)
        batch = queued(boss)
        files.full_path(batch.path).write_bytes(b"")
        jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, bool(batch.refused)) == (BatchState.REFUSED, True)
        broken = queued(boss)

        def fail(*_args: Any, **_options: Any) -> None:
            raise RuntimeError("disk on fire")

        with monkeypatch.context() as patch:
            patch.setattr(planning, "make", fail)
            jobs.drain()
        broken.refresh_from_db()
        assert broken.state == BatchState.FAILED
        claims.release(running.CLAIM, claims.take(running.CLAIM))
        drafts.resume(broken, by=boss)
        jobs.drain()
        broken.refresh_from_db()
        assert (broken.state, broken.counters["unchanged"]) == (BatchState.DONE, 2)


class TestSlices:
    ROWS = [
        ["姓名", "手机号", "微信号"],
        *([f"人{n % 50}", f"137780{n % 50:05d}", f"wx{n % 25}"] for n in range(120)),
    ]

    @pytest.fixture(autouse=True)
    def small_slices(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "SLICE", 7)

    def test_slice_after_slice_from_the_cursor_with_one_plan(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = queued(boss, self.ROWS)
        plans: list[int] = []
        make = planning.make

        def counted(*args: Any, **options: Any) -> planning.Plan:
            plans.append(1)
            return make(*args, **options)

        monkeypatch.setattr(planning, "make", counted)
        monkeypatch.setattr(tasks, "SECONDS", 0)
        slices = jobs.drain()
        batch.refresh_from_db()
        job = JobRun.objects.get(name=drafts.RUN)
        assert (slices, job.slices, len(plans)) == (18, 17, 1)
        assert (batch.state, batch.cursor, batch.counters["rows"]) == (BatchState.DONE, 120, 120)
        assert (batch.counters["created"], batch.counters["merged"]) == (25, 95)
        assert len(outcomes(batch)) == 120 and Identity.objects.count() == 50 + 25
        assert not list(files.full_path(batch.path).parent.glob("*.plan"))

    def test_stopped_in_the_middle_and_gone_on_elsewhere(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = queued(boss, self.ROWS)
        monkeypatch.setattr(jobs, "stopping", lambda: True)
        tasks.run_import(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.cursor, ImportRow.objects.filter(batch=batch).count()) == (
            BatchState.RUNNING,
            7,
            7,
        )
        for plan in files.full_path(batch.path).parent.glob("*.plan"):
            plan.write_bytes(b"torn")
        monkeypatch.setattr(jobs, "stopping", lambda: False)
        tasks.run_import(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.counters["created"], batch.counters["merged"]) == (
            BatchState.DONE,
            25,
            95,
        )

    def test_cancelled_keeps_what_came_in_and_can_go_on(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = queued(boss, self.ROWS)
        write = running._write_slice

        def cancelling(*args: Any) -> Any:
            out = write(*args)
            if batch_of(args).cursor == 14:
                drafts.cancel(ImportBatch.objects.get(pk=batch.pk), by=boss)
            return out

        def batch_of(args: tuple[Any, ...]) -> ImportBatch:
            return next(arg for arg in args if isinstance(arg, ImportBatch))

        with monkeypatch.context() as patch:
            patch.setattr(running, "_write_slice", cancelling)
            jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, batch.cursor, Customer.objects.count()) == (BatchState.CANCELLED, 14, 14)
        assert undoing.plan(batch).people_removed == 14
        drafts.resume(batch, by=boss)
        jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, batch.counters["created"], batch.counters["merged"]) == (
            BatchState.DONE,
            25,
            95,
        )
        assert (
            sum(batch.counters[key] for key in ("created", "updated", "unchanged", "merged", "rejected"))
            == 120
        )

    def test_a_waiting_import_is_cancelled_at_once(self, boss: Employee) -> None:
        batch = queued(boss, self.ROWS)
        drafts.cancel(batch, by=boss)
        jobs.drain()
        batch.refresh_from_db()
        assert (batch.state, Customer.objects.count()) == (BatchState.CANCELLED, 0)
        with pytest.raises(Refused) as refusal:
            drafts.cancel(batch, by=boss)
        assert refusal.value.code == "import.wrong_step"

    def test_a_preview_in_small_slices_says_the_same(
        self, boss: Employee, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        small = mapped(boss, self.ROWS)
        jobs.drain()
        monkeypatch.setattr(running, "SLICE", 1000)
        whole = mapped(boss, self.ROWS)
        jobs.drain()
        small.refresh_from_db()
        whole.refresh_from_db()
        assert small.preview["counters"] == whole.preview["counters"]
        assert small.preview["counters"]["created"] == 25


class TestForgetting:
    def test_files_and_cells_go_after_their_time_and_undo_with_them(
        self, boss: Employee, settings: Any, tmp_path: Path
    ) -> None:
        settings.KEEP_UPLOADS_DAYS = 30
        old, young = done(boss), done(boss)
        ImportBatch.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=31))
        path, kept = files.full_path(old.path), files.full_path(young.path)
        tasks.forget_uploads()
        old.refresh_from_db()
        young.refresh_from_db()
        assert (old.path, path.exists(), kept.exists(), young.rows.filter(cells__isnull=False).count()) == (
            "", False, True, 1,
        )  # fmt: skip
        assert set(old.rows.values_list("cells", "changes", "warnings", "detail")) == {
            (None, None, None, None)
        }
        assert all(samples == [] for samples in old.layout["samples"] or [[]])
        assert (old.counters["created"], Customer.objects.count()) == (2, 2)
        with translation.override("en"):
            plan = undoing.plan(old)
        assert (plan.possible, plan.why_not) == (
            False,
            "The uploaded sheet was deleted after its time; undo ended with it.",
        )
        for act in (lambda: undoing.ask(old, by=boss), lambda: drafts.resume(old, by=boss)):
            with pytest.raises(Refused):
                act()
        assert forgetting.forget_uploads() == 0

    def test_an_import_that_still_runs_keeps_its_file(self, boss: Employee) -> None:
        batch = queued(boss)
        ImportBatch.objects.filter(pk=batch.pk).update(created_at=clock.now() - timedelta(days=400))
        assert forgetting.forget_uploads() == 0
        jobs.drain()
        batch.refresh_from_db()
        assert batch.state == BatchState.DONE and forgetting.forget_uploads() == 1


class TestDoors:
    @pytest.mark.parametrize(
        "state", [s for s in BatchState.values if s not in ("queued", "running", "previewing", "undoing")]
    )
    def test_a_late_message_does_nothing(self, boss: Employee, state: str) -> None:
        batch = upload(boss)
        ImportBatch.objects.filter(pk=batch.pk).update(state=state)
        assert (tasks.preview_import(batch.pk), tasks.run_import(batch.pk), tasks.undo_import(batch.pk)) == (
            None,
            None,
            None,
        )
        batch.refresh_from_db()
        assert (batch.state, Customer.objects.count(), ImportRow.objects.count()) == (state, 0, 0)

    @needs_cases
    def test_s14_by_the_worker_is_s14_by_the_command(self, boss: Employee) -> None:
        path = CASES / "sheets" / "S14_会员台账.xlsx"
        batch = drafts.upload(SimpleUploadedFile(path.name, path.read_bytes()), by=boss)
        drafts.map_columns(batch, batch.mapping["targets"], by=boss, require=Require.PHONE)
        jobs.drain()
        batch.refresh_from_db()
        drafts.start(batch, consent=None, ground="", by=boss)
        jobs.drain()
        batch.refresh_from_db()
        assert [batch.counters[k] for k in ("created", "updated", "unchanged", "merged", "rejected", "conflicts")] == [
            25, 0, 0, 3, 7, 1,
        ]  # fmt: skip
        assert CustomerTag.objects.filter(customer=by_phone("13800001005")).count() == 2
        assert (39, "number.negative") in warnings(batch)
