"""The real `manage.py qcluster`, killed the way machines kill."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrm.kit import jobs
from scrm.kit.models import Beat, JobRun
from tests.kit import processes

State = JobRun.State
HERE = "tests.kit.sample_jobs."
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> Iterator[int]:
    """A running cluster: its process group."""
    with processes.manage("qcluster") as process:
        processes.until(lambda: Beat.objects.filter(name="worker").exists())
        yield process.pid


def state_of(job: JobRun) -> str:
    job.refresh_from_db()
    return job.state


def test_a_worker_killed_in_mid_job_is_replaced_and_each_slice_counts_once(worker: int, tmp_path: Path) -> None:
    out = tmp_path / "lines"
    job = jobs.enqueue(HERE + "write_slices", str(out), 4)
    processes.until(lambda: state_of(job) == State.DONE)
    assert (tmp_path / "lines.killed").exists()
    assert out.read_text().split() == ["4", "3", "2", "1"]
    assert (job.slices, job.starts) == (3, 1)


def test_a_worker_killed_while_it_waits_does_not_lock_out_the_next(worker: int, tmp_path: Path) -> None:
    first = jobs.enqueue(HERE + "write_slices", str(tmp_path / "first"), 1)
    processes.until(lambda: state_of(first) == State.DONE)
    time.sleep(0.5)
    os.kill(first.pid or 0, signal.SIGKILL)
    second = jobs.enqueue(HERE + "write_slices", str(tmp_path / "second"), 1)
    processes.until(lambda: state_of(second) == State.DONE)
    assert second.pid != first.pid


def test_a_job_that_kills_every_worker_fails_after_five_starts(worker: int, tmp_path: Path) -> None:
    poison = jobs.enqueue(HERE + "kill_worker")
    after = jobs.enqueue(HERE + "write_slices", str(tmp_path / "after"), 1)
    processes.until(lambda: state_of(poison) == State.FAILED)
    assert (poison.starts, "5" in poison.error) == (5, True)
    processes.until(lambda: state_of(after) == State.DONE)


@pytest.mark.parametrize("whole_group", [False, True], ids=["main process", "process group"])
def test_it_ends_when_told_to_and_leaves_nobody(worker: int, whole_group: bool) -> None:
    if whole_group:
        os.killpg(worker, signal.SIGTERM)
    else:
        os.kill(worker, signal.SIGTERM)
    processes.until(lambda: not processes.members(worker), 30)
    # Its last sign of life is not taken for a living worker's.
    signs = dict(Beat.objects.filter(name__in=["worker", "stopped"]).values_list("name", "at"))
    assert signs["stopped"] > signs["worker"]


def test_a_stop_lets_the_running_slice_finish_and_keeps_the_rest_queued(worker: int, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    running = jobs.enqueue(HERE + "sleep_beating", str(pid_file), 2.0)
    waiting = [jobs.enqueue(HERE + "write_slices", str(tmp_path / f"next{n}"), 1) for n in range(150)]
    processes.until(lambda: state_of(running) == State.RUNNING and pid_file.exists())
    os.kill(worker, signal.SIGTERM)
    processes.until(lambda: not processes.members(worker), 30)
    assert state_of(running) == State.DONE
    left = [job for job in waiting if state_of(job) == State.QUEUED]
    # More wait than any worker does between the two lines above; how many are left is the machine's affair.
    assert left
    assert jobs.drain() == len(left)


def test_a_cluster_killed_outright_is_taken_over_by_the_next(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    job = jobs.enqueue(HERE + "sleep_beating", str(pid_file), 1.0)
    with processes.manage("qcluster") as first:
        processes.until(lambda: state_of(job) == State.RUNNING and pid_file.exists())
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    assert state_of(job) == State.RUNNING
    # `until` waits a minute at most, and a silent job counts as dead only after three.
    with processes.manage("qcluster"):
        processes.until(lambda: state_of(job) == State.DONE)
    assert job.starts == 2
