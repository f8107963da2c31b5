"""A job is done once, in slices, whatever happens to its worker; its record never quotes a person's data."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django_q.models import OrmQ

from scrm.kit import clock, jobs
from scrm.kit.jobs import places, running, sweeping
from scrm.kit.models import JobRun
from tests.kit import sample_jobs

State = JobRun.State
HERE = "tests.kit.sample_jobs."


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    sample_jobs.seen.clear()
    yield
    sample_jobs.seen.clear()


def messages() -> list[int]:
    """The JobRun ids that stand on the queue."""
    return [row.task["args"][0] for row in OrmQ.objects.order_by("id")]


def dead(name: str = "note", **fields: object) -> JobRun:
    """A job whose worker vanished ten minutes ago, on another machine."""
    long_ago = clock.now() - timedelta(minutes=10)
    values = {"state": State.RUNNING, "starts": 1, "host": "elsewhere", "pid": 1, "heartbeat_at": long_ago}
    return JobRun.objects.create(name=HERE + name, queued_at=long_ago, **{**values, **fields})


@pytest.mark.django_db
class TestEnqueue:
    def test_a_job_waits_with_one_message(self) -> None:
        job = jobs.enqueue(HERE + "note", 7, "x")
        assert (job.state, job.args, job.starts, messages()) == (State.QUEUED, [7, "x"], 0, [job.pk])

    def test_the_same_key_waiting_or_running_is_that_job(self) -> None:
        first = jobs.enqueue(HERE + "note", 1, key="import:7")
        assert jobs.enqueue(HERE + "note", 2, key="import:7") == first
        JobRun.objects.update(state=State.RUNNING)
        assert jobs.enqueue(HERE + "note", 3, key="import:7") == first
        assert messages() == [first.pk]

    @pytest.mark.parametrize("over", [State.DONE, State.FAILED])
    def test_a_finished_key_may_come_again(self, over: str) -> None:
        first = jobs.enqueue(HERE + "note", key="import:7")
        JobRun.objects.update(state=over)
        assert jobs.enqueue(HERE + "note", key="import:7").pk > first.pk

    def test_without_a_key_each_call_is_a_job(self) -> None:
        assert jobs.enqueue(HERE + "note").pk != jobs.enqueue(HERE + "note").pk

    @pytest.mark.parametrize("argument", [{1, 2}, clock.now(), (1, 2), {1: "a"}, b"x"])
    def test_arguments_are_plain_json(self, argument: object) -> None:
        with pytest.raises(TypeError):
            jobs.enqueue(HERE + "note", argument)
        assert (JobRun.objects.count(), messages()) == (0, [])

    def test_what_is_rolled_back_was_never_queued(self) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            jobs.enqueue(HERE + "note")
            raise RuntimeError
        assert (JobRun.objects.count(), messages()) == (0, [])


@pytest.mark.django_db
class TestRun:
    def test_done(self) -> None:
        job = jobs.enqueue(HERE + "note", 7)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.starts, job.error, sample_jobs.seen) == (State.DONE, 1, "", [(7,)])
        assert job.finished_at is not None
        assert (job.host, job.pid) == (places.HOST, places.pid())

    def test_a_message_that_comes_twice_does_nothing(self) -> None:
        job = jobs.enqueue(HERE + "note")
        jobs.run(job.pk)
        jobs.run(job.pk)
        jobs.run(job.pk + 1000)
        assert sample_jobs.seen == [()]

    def test_a_running_job_is_left_alone(self) -> None:
        job = jobs.enqueue(HERE + "note")
        JobRun.objects.update(state=State.RUNNING, heartbeat_at=clock.now())
        jobs.run(job.pk)
        assert sample_jobs.seen == []

    def test_again_queues_the_next_slice(self) -> None:
        job = jobs.enqueue(HERE + "count_down", 3)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.args, job.slices, job.starts) == (State.QUEUED, [2], 1, 0)
        assert messages() == [job.pk, job.pk]
        assert jobs.drain() == 2
        job.refresh_from_db()
        assert (job.state, job.slices, sample_jobs.seen, messages()) == (State.DONE, 2, [3, 2, 1], [])

    def test_an_error_is_kept_without_its_message(self) -> None:
        job = jobs.enqueue(HERE + "break_on", "13800000021")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == State.FAILED
        assert job.error.startswith("ValueError in break_on, line ")
        assert "13800000021" not in job.error

    def test_a_refusal_keeps_its_code(self) -> None:
        job = jobs.enqueue(HERE + "refuse")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == (State.FAILED, "Refused: sheet.empty")

    def test_a_name_that_leads_nowhere_fails(self) -> None:
        job = jobs.enqueue(HERE + "no_such_job")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error.split()[0]) == (State.FAILED, "ImportError")

    def test_a_busy_database_is_not_the_jobs_fault(self) -> None:
        job = jobs.enqueue(HERE + "database_away")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.heartbeat_at) == (State.RUNNING, None)
        assert jobs.sweep() == 1
        job.refresh_from_db()
        assert (job.state, job.starts) == (State.QUEUED, 1)

    def test_a_timeout_ends_the_worker_and_leaves_the_job_to_the_sweep(self) -> None:
        job = jobs.enqueue(HERE + "too_slow")
        with pytest.raises(SystemExit):
            jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.heartbeat_at, job.error) == (State.RUNNING, None, "timeout")

    def test_a_job_that_was_taken_over_stops_at_its_next_beat(self) -> None:
        job = jobs.enqueue(HERE + "taken_over_meanwhile")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, sample_jobs.seen) == (State.RUNNING, [])

    def test_after_a_death_it_begins_where_it_had_advanced(self) -> None:
        job = jobs.enqueue(HERE + "advance_and_break", 1)
        for starts, seen in ((1, [1]), (2, [1, 2]), (3, [1, 2, 3])):
            jobs.run(job.pk)
            job.refresh_from_db()
            assert (job.state, job.args, job.starts, sample_jobs.seen) == (State.RUNNING, [starts + 1], starts, seen)
            JobRun.objects.update(state=State.QUEUED)

    def test_an_advance_that_is_rolled_back_was_none(self) -> None:
        job = jobs.enqueue(HERE + "advance_and_break", 0)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.args, sample_jobs.seen) == ([0], [0])

    def test_a_job_that_was_taken_over_does_not_advance(self) -> None:
        job = jobs.enqueue(HERE + "advance_after_all", 1)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.args, sample_jobs.seen) == (State.RUNNING, [1], [])

    def test_a_beat_or_an_advance_outside_a_job_is_nothing(self) -> None:
        jobs.beat()
        jobs.advance(7)
        assert JobRun.objects.count() == 0

    def test_run_now_goes_through_all_slices(self) -> None:
        job = jobs.run_now(HERE + "count_down", 3)
        assert (job.state, sample_jobs.seen) == (State.DONE, [3, 2, 1])

    def test_run_now_leaves_a_live_key_to_its_worker(self) -> None:
        first = jobs.enqueue(HERE + "note", key="import:7")
        assert jobs.run_now(HERE + "note", key="import:7") == first
        assert sample_jobs.seen == []

    def test_drain_gives_up_on_an_endless_job(self) -> None:
        jobs.enqueue(HERE + "count_down", 50)
        with pytest.raises(RuntimeError):
            jobs.drain(limit=10)


@pytest.mark.django_db
class TestSweep:
    def test_a_silent_job_starts_again(self) -> None:
        job = dead()
        assert jobs.sweep() == 1
        job.refresh_from_db()
        assert (job.state, job.starts, messages()) == (State.QUEUED, 1, [job.pk])
        jobs.drain()
        job.refresh_from_db()
        assert (job.state, job.starts) == (State.DONE, 2)

    def test_a_job_that_beats_is_left(self) -> None:
        job = dead(heartbeat_at=clock.now() - sweeping.SILENT_FOR + timedelta(seconds=30))
        assert jobs.sweep() == 0
        job.refresh_from_db()
        assert job.state == State.RUNNING

    def test_a_process_that_is_gone_from_this_machine_is_seen_at_once(self, gone_pid: int) -> None:
        dead(host=places.HOST, pid=gone_pid, heartbeat_at=clock.now())
        assert jobs.sweep() == 1

    def test_this_very_process_is_not_gone(self) -> None:
        dead(host=places.HOST, pid=places.pid(), heartbeat_at=clock.now())
        assert jobs.sweep() == 0

    def test_after_five_starts_it_has_failed_with_a_sentence(self) -> None:
        job = dead(starts=5)
        told: list[object] = []
        running.failure_handlers.register(job.name, lambda *args: told.append(args))
        try:
            assert jobs.sweep() == 1
        finally:
            running.failure_handlers._entries.pop(job.name)
        job.refresh_from_db()
        assert (job.state, told, messages()) == (State.FAILED, [()], [])
        assert "5" in job.error
        assert job.finished_at is not None

    def test_a_lost_message_is_sent_again_and_only_once(self) -> None:
        job = jobs.enqueue(HERE + "note")
        OrmQ.objects.all().delete()
        assert jobs.sweep() == 0
        JobRun.objects.update(queued_at=clock.now() - sweeping.LOST_AFTER - timedelta(seconds=1))
        assert jobs.sweep() == 1
        assert jobs.sweep() == 0
        assert messages() == [job.pk]

    def test_old_records_go_and_failed_ones_stay_longer(self) -> None:
        old = clock.now() - timedelta(days=40)
        for state in State.values:
            JobRun.objects.create(name="x", state=state, finished_at=old, queued_at=old)
        jobs.forget_old()
        left = set(JobRun.objects.values_list("state", flat=True))
        assert left == {State.QUEUED, State.RUNNING, State.FAILED}


@pytest.fixture
def gone_pid() -> int:
    """The id of a process that lived and is no more."""
    import subprocess

    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid
