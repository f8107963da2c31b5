"""/healthz: what an orchestrator and the demo ask."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation

from scrm.kit import beats, clock, jobs
from scrm.kit.models import Beat, JobRun
from scrm.site import health

BLOCKED = "the database is away"


def body(client: Client, **extra: str) -> tuple[int, dict[str, object]]:
    response = client.get("/healthz", **extra)
    return response.status_code, response.json()


@pytest.mark.django_db
def test_a_fresh_install_without_a_worker_is_healthy(client: Client) -> None:
    assert body(client) == (
        200,
        {"ok": True, "database": True, "worker": "unknown", "queue_age_seconds": None, "last_beat_seconds": None},
    )


@pytest.mark.django_db
def test_a_beating_worker_and_a_short_queue(client: Client) -> None:
    beats.scheduler_beat()
    jobs.enqueue("tests.kit.sample_jobs.note")
    JobRun.objects.update(queued_at=clock.now() - timedelta(seconds=70))
    status, said = body(client)
    assert (status, said["ok"], said["worker"]) == (200, True, "ok")
    assert said["queue_age_seconds"] in {70, 71}
    assert said["last_beat_seconds"] in {0, 1}


@pytest.mark.django_db
def test_a_silent_worker_is_a_503(client: Client) -> None:
    Beat.objects.create(name="scheduler", at=clock.now() - health.BEAT_MAY_FAIL)
    status, said = body(client)
    assert (status, said["ok"], said["worker"]) == (503, False, "silent")


@pytest.mark.django_db
def test_a_worker_that_has_just_started_is_a_sign_of_life(client: Client) -> None:
    Beat.objects.create(name="scheduler", at=clock.now() - timedelta(days=2))
    beats.mark(beats.WORKER)
    assert body(client)[0] == 200


@pytest.mark.django_db
def test_a_job_that_nobody_takes_is_a_503(client: Client) -> None:
    jobs.enqueue("tests.kit.sample_jobs.note")
    JobRun.objects.update(queued_at=clock.now() - health.QUEUE_MAY_WAIT)
    status, said = body(client)
    assert (status, said["ok"], said["worker"]) == (503, False, "unknown")


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_a_503(client: Client) -> None:
    def refuse(*args: object) -> None:
        from django.db import OperationalError

        raise OperationalError(BLOCKED)

    with connection.execute_wrapper(refuse):
        status, said = body(client)
    assert (status, said) == (
        503,
        {
            "ok": False,
            "database": False,
            "worker": "unknown",
            "queue_age_seconds": None,
            "last_beat_seconds": None,
        },
    )


@pytest.mark.django_db
def test_it_is_cheap_and_starts_no_session(client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(3):
        response = client.get("/healthz", headers={"host": "127.0.0.1:8000"})
    assert response.cookies == {}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["crm.example.com", "127.0.0.1", "localhost"])
def test_it_is_never_redirected_to_https(client: Client) -> None:
    assert client.get("/admin/", headers={"host": "127.0.0.1"}).status_code == 301
    assert client.get("/healthz", headers={"host": "127.0.0.1"}).status_code == 200


@pytest.mark.django_db
def test_it_is_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_the_owners_page_gets_one_check_for_each_part() -> None:
    assert [(check.name, check.ok) for check in health.checks()] == [
        ("database", True),
        ("queue", True),
        ("worker", True),
    ]
    Beat.objects.create(name="scheduler", at=clock.now() - timedelta(days=2))
    assert [check.name for check in health.checks() if not check.ok] == ["worker"]


class TestCommand:
    @pytest.mark.django_db
    def test_it_says_each_part_and_ends_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("health")
        lines = capsys.readouterr().out.splitlines()
        assert [line[:3] + line[4:].split(":")[0] for line in lines] == ["ok database", "ok queue", "ok worker"]

    @pytest.mark.django_db
    def test_a_worker_that_was_asked_for_has_to_be_there(self) -> None:
        with pytest.raises(SystemExit) as ended:
            call_command("health", "--worker")
        assert ended.value.code == 1
        beats.mark(beats.WORKER)
        call_command("health", "--worker")

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("signs", "ends", "said"),
        [
            ({"worker": 33}, 0, "ok  worker: last sign of life 33 seconds ago"),
            ({"worker": 33, "stopped": 12}, 1, "BAD worker: none is running: it was stopped 12 seconds ago"),
            ({"worker": 12, "stopped": 33}, 0, "ok  worker: last sign of life 12 seconds ago"),
            (
                {"worker": 9999, "scheduler": 150},
                1,
                "BAD worker: none seems to be running: it gives a sign of life each minute, the last was 150 seconds ago",
            ),
        ],
    )
    def test_whether_a_worker_runs(
        self, capsys: pytest.CaptureFixture[str], signs: dict[str, int], ends: int, said: str
    ) -> None:
        with time_machine.travel("2026-11-22T02:00:00Z", tick=False), translation.override("en"):
            for name, seconds in signs.items():
                Beat.objects.create(name=name, at=clock.now() - timedelta(seconds=seconds))
            try:
                call_command("health")
                ended = 0
            except SystemExit as end:
                ended = int(end.code or 0)
            assert health.measure().ok is True
        assert (ended, capsys.readouterr().out.splitlines()[-1]) == (ends, said)

    @pytest.mark.django_db
    def test_what_is_bad_is_marked(self, capsys: pytest.CaptureFixture[str]) -> None:
        Beat.objects.create(name="scheduler", at=clock.now() - timedelta(days=2))
        with pytest.raises(SystemExit):
            call_command("health")
        assert [line[:3] for line in capsys.readouterr().out.splitlines()] == ["ok ", "ok ", "BAD"]
