"""While something runs: progress, waiting for another import, no worker, cancel, death and going on."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers import tasks
from customers.choices import BatchState
from customers.models import Customer, ImportBatch, ImportRow
from customers.services.importing import running
from scrm.kit import clock, files, jobs
from scrm.kit.jobs import places
from scrm.kit.models import JobRun
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.customers.admin import imports_flow as flow

pytestmark = pytest.mark.django_db
ROWS = [f"客{n},1381111{n:04d}" for n in range(5)]
SHEET = flow.csv("姓名,手机号", *ROWS)
GONE_PID = 2**22 + 1  # above the highest process id there can be


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a slice, one slice a job: a sheet of five is then as long as one of five thousand."""
    monkeypatch.setattr(running, "SLICE", 2)
    monkeypatch.setattr(tasks, "SECONDS", -1)


@pytest.fixture
def queued(desk: Client) -> ImportBatch:
    batch = flow.preview(desk, flow.uploaded(desk, SHEET))
    desk.post(flow.url(batch, "start"), {"consent": "unknown"})
    batch.refresh_from_db()
    return batch


def one_job() -> None:
    jobs.run(JobRun.objects.filter(state=JobRun.State.QUEUED).order_by("pk").values_list("pk", flat=True)[0])


def progress(client: Client, batch: ImportBatch) -> dict[str, Any]:
    answer = client.get(flow.url(batch, "progress"))
    assert "no-store" in answer.headers["Cache-Control"]
    told: dict[str, Any] = answer.json()
    return told


def numbers(batch: ImportBatch) -> list[int]:
    return list(ImportRow.objects.filter(batch=batch).order_by("pk").values_list("number", flat=True))


# --- progress -------------------------------------------------------------------------------------------------


def test_the_page_asks_by_script_and_reloads_without(desk: Client, queued: ImportBatch) -> None:
    page = desk.get(flow.url(queued)).content.decode()
    assert f'data-progress="{flow.url(queued, "progress")}"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page


@pytest.mark.usefixtures("small_slices")
def test_progress_from_start_to_end(desk: Client, queued: ImportBatch) -> None:
    seen = []
    for _slice in range(4):
        told = progress(desk, queued)
        seen.append((told["state"], told["done"], told["percent"], told["busy"], told["figures"]))
        if told["busy"]:
            one_job()
    assert seen == [
        ("queued", 0, 0, True, "0 of 5 rows"),
        ("running", 2, 40, True, "2 of 5 rows"),
        ("running", 4, 80, True, "4 of 5 rows"),
        ("done", 5, 100, False, "5 of 5 rows"),
    ]
    assert 'id="result"' in desk.get(flow.url(queued)).content.decode()


def test_time_that_is_left_is_said_in_words(desk: Client, queued: ImportBatch) -> None:
    started = clock.now() - timedelta(seconds=60)
    ImportBatch.objects.filter(pk=queued.pk).update(
        state=BatchState.RUNNING, started_at=started, cursor=1000, total=1500
    )
    assert progress(desk, queued)["left"] == "about 30 seconds left"
    ImportBatch.objects.filter(pk=queued.pk).update(total=6000)
    assert progress(desk, queued)["left"] == "about 5 minutes left"


def test_a_preview_that_runs_shows_itself(desk: Client) -> None:
    batch = flow.uploaded(desk, SHEET)
    desk.post(flow.url(batch, "columns"), flow.form_of(batch))
    told = progress(desk, batch)
    assert (told["state"], told["busy"], told["percent"], told["figures"]) == ("previewing", True, None, "")
    page = desk.get(flow.url(batch))
    assert page.context["may_cancel"] is False
    assert "Trying out: nothing is written yet" in page.content.decode()


# --- one after the other --------------------------------------------------------------------------------------


def test_the_second_import_waits_and_says_for_which(desk: Client, queued: ImportBatch) -> None:
    second = flow.preview(desk, flow.uploaded(desk, SHEET))
    ImportBatch.objects.filter(pk=queued.pk).update(state=BatchState.RUNNING, file_name="先来的.xlsx")
    desk.post(flow.url(second, "start"), {"consent": "unknown"})
    assert progress(desk, second)["waiting_for"] == "先来的.xlsx"
    page = desk.get(flow.url(second)).content.decode()
    assert "<b data-waiting-name>先来的.xlsx</b>" in page


def test_the_same_file_twice_at_once_creates_nobody_twice(desk: Client, queued: ImportBatch) -> None:
    # A second window took the same file to its preview before the first was run.
    second = flow.uploaded(desk, SHEET)
    JobRun.objects.filter(state=JobRun.State.QUEUED).update(state=JobRun.State.DONE)
    flow.preview(desk, second)
    JobRun.objects.filter(name=tasks.__name__ + ".run_import").update(state=JobRun.State.QUEUED)
    desk.post(flow.url(second, "start"), {"consent": "unknown"})
    jobs.drain()
    queued.refresh_from_db()
    second.refresh_from_db()
    assert (queued.state, second.state) == (BatchState.DONE, BatchState.DONE)
    assert (queued.counters["created"], queued.counters["updated"]) == (5, 0)
    assert (second.counters["created"], second.counters["updated"], second.counters["unchanged"]) == (0, 0, 5)
    assert Customer.objects.count() == 5


# --- no worker ------------------------------------------------------------------------------------------------


def wait(seconds: int) -> None:
    JobRun.objects.update(queued_at=clock.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "missing"), [(0, False), (5, False), (15, True)])
def test_a_job_nobody_takes_means_no_worker(
    desk: Client, queued: ImportBatch, seconds: int, missing: bool
) -> None:
    wait(seconds)
    assert progress(desk, queued)["worker_missing"] is missing


@pytest.mark.parametrize(
    ("pid", "silent", "missing"),
    [(os.getpid(), 1, False), (os.getpid(), 300, True), (GONE_PID, 1, True)],
    # A process id in a test's name would differ between the workers that run the suite.
    ids=["beating", "silent", "gone"],
)
def test_a_worker_at_another_job_is_one(
    desk: Client, queued: ImportBatch, pid: int, silent: int, missing: bool
) -> None:
    wait(60)
    JobRun.objects.create(
        name="other", state=JobRun.State.RUNNING, host=places.HOST, pid=pid,
        heartbeat_at=clock.now() - timedelta(seconds=silent),
    )  # fmt: skip
    assert progress(desk, queued)["worker_missing"] is missing


def test_only_the_owner_reads_how_to_start_one(
    client: Client, desk: Client, owner: Employee, queued: ImportBatch
) -> None:
    wait(60)
    as_operator = desk.get(flow.url(queued)).content.decode()
    assert 'id="worker-missing"' in as_operator and "qcluster" not in as_operator
    client.force_login(owner)
    assert owner.role == Role.OWNER
    assert "manage.py qcluster" in client.get(flow.url(queued)).content.decode()


# --- cancel and go on -----------------------------------------------------------------------------------------


def test_a_waiting_import_is_cancelled_at_once_and_may_start_after_all(
    desk: Client, queued: ImportBatch
) -> None:
    desk.post(flow.url(queued, "cancel"))
    page = desk.get(flow.url(queued)).content.decode()
    assert "Cancelled before anything was written" in page
    jobs.drain()
    assert Customer.objects.count() == 0
    desk.post(flow.url(queued, "resume"))
    jobs.drain()
    assert Customer.objects.count() == 5


@pytest.mark.usefixtures("small_slices")
def test_a_running_import_stops_behind_its_slice_and_goes_on(desk: Client, queued: ImportBatch) -> None:
    one_job()
    desk.post(flow.url(queued, "cancel"))
    page = desk.get(flow.url(queued))
    assert 'id="cancelling"' in page.content.decode() and page.context["may_cancel"] is False
    jobs.drain()
    queued.refresh_from_db()
    assert (queued.state, queued.cursor) == (BatchState.CANCELLED, 4)
    page = desk.get(flow.url(queued))
    assert "4 of 5 rows are in." in page.content.decode()
    assert flow.values(page, "tile")["created"] == 4 == len(flow.behind(desk, queued, "created"))
    assert 'data-show="all"' not in page.content.decode()

    assert desk.post(flow.url(queued, "resume")).url == flow.url(queued)
    jobs.drain()
    queued.refresh_from_db()
    assert queued.state == BatchState.DONE
    assert numbers(queued) == [2, 3, 4, 5, 6]
    assert Customer.objects.count() == 5


@pytest.mark.usefixtures("small_slices")
def test_an_import_that_died_goes_on_without_doubling(desk: Client, queued: ImportBatch) -> None:
    one_job()
    path = files.full_path(queued.path)
    kept = path.read_bytes()
    path.unlink()
    jobs.drain()
    queued.refresh_from_db()
    assert (queued.state, queued.cursor) == (BatchState.FAILED, 2)
    page = desk.get(flow.url(queued)).content.decode()
    assert "2 of 5 rows are in." in page and 'id="resume"' in page

    refused = desk.post(flow.url(queued, "resume"), follow=True)
    assert flow.told(refused) == ["The uploaded file is gone. Upload it again."]
    path.write_bytes(kept)
    desk.post(flow.url(queued, "resume"))
    jobs.drain()
    queued.refresh_from_db()
    assert (queued.state, queued.counters["created"]) == (BatchState.DONE, 5)
    assert numbers(queued) == [2, 3, 4, 5, 6]
    assert Customer.objects.count() == 5


def test_an_undo_that_died_is_asked_for_again(desk: Client, queued: ImportBatch) -> None:
    """Going on with the import would bring back what is gone already: that button is not there."""
    jobs.drain()
    desk.post(flow.url(queued, "undo"))
    tasks.undo_failed(queued.pk)
    page = desk.get(flow.url(queued)).content.decode()
    assert 'id="undo-stopped"' in page and 'id="resume"' not in page
    JobRun.objects.update(state=JobRun.State.DONE)
    desk.post(flow.url(queued, "undo"))
    jobs.drain()
    queued.refresh_from_db()
    assert (queued.state, Customer.everyone.count()) == (BatchState.UNDONE, 0)


@pytest.mark.parametrize("door", ["cancel", "resume"])
def test_an_import_that_has_ended_is_neither_cancelled_nor_resumed(
    desk: Client, queued: ImportBatch, door: str
) -> None:
    jobs.drain()
    answer = desk.post(flow.url(queued, door), follow=True)
    assert flow.told(answer) == ["The import has moved on meanwhile. Look at its page again."]
    queued.refresh_from_db()
    assert queued.state == BatchState.DONE


def test_asking_for_progress_costs_little(
    desk: Client, queued: ImportBatch, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        progress(desk, queued)
