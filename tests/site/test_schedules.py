"""What is declared is what django-q2 will run."""

from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule as Row

from scrm.kit import clock, jobs
from scrm.kit.models import Beat, JobRun
from scrm.site import schedules


@pytest.mark.django_db
def test_migrate_has_written_them() -> None:
    rows = {row.name: row for row in Row.objects.all()}
    assert set(rows) == {"scrm." + item.name for item in schedules.SCHEDULES}
    quick = rows["scrm.scrm.kit.jobs.sweep"]
    assert (quick.func, quick.args, quick.cron, quick.repeats) == ("scrm.kit.jobs.sweep", None, "* * * * *", -1)
    nightly = rows["scrm.customers.tasks.forget_uploads"]
    assert (nightly.func, nightly.args) == ("scrm.kit.jobs.fire", "('customers.tasks.forget_uploads',)")
    assert timezone.localtime(nightly.next_run).strftime("%H:%M") == "03:10"


@pytest.mark.django_db
def test_again_changes_nothing_and_moves_no_next_run() -> None:
    Row.objects.update(next_run=clock.now() - timedelta(hours=1))
    before = list(Row.objects.order_by("id").values())
    schedules.synchronise()
    assert list(Row.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_a_changed_one_is_mended_a_dropped_one_goes_a_foreign_one_stays() -> None:
    Row.objects.filter(name="scrm.scrm.kit.jobs.sweep").update(cron="0 0 1 1 *")
    Row.objects.create(name="scrm.gone", func="x.y", cron="* * * * *", schedule_type=Row.CRON)
    Row.objects.create(name="by hand", func="x.y", cron="* * * * *", schedule_type=Row.CRON)
    schedules.synchronise()
    assert Row.objects.get(name="scrm.scrm.kit.jobs.sweep").cron == "* * * * *"
    assert set(Row.objects.values_list("name", flat=True)) == {"by hand"} | {
        "scrm." + item.name for item in schedules.SCHEDULES
    }


@pytest.mark.django_db
def test_a_scheduled_job_is_not_queued_twice() -> None:
    assert jobs.fire("scrm.site.schedules.forget_logins") == jobs.fire("scrm.site.schedules.forget_logins")
    assert JobRun.objects.get().key == "schedule:scrm.site.schedules.forget_logins"


@pytest.mark.django_db
def test_the_scheduler_beats() -> None:
    import_string("scrm.kit.beats.scheduler_beat")()
    import_string("scrm.kit.beats.scheduler_beat")()
    assert Beat.objects.get().name == "scheduler"


@pytest.mark.django_db
def test_old_logins_and_sessions_are_forgotten() -> None:
    Session.objects.create(session_key="old", session_data="x", expire_date=clock.now() - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="x", expire_date=clock.now() + timedelta(days=1))
    for days in (1, 91):
        row = AccessLog.objects.create(username="13800000001", ip_address="127.0.0.1", path_info="/")
        AccessLog.objects.filter(pk=row.pk).update(attempt_time=clock.now() - timedelta(days=days))
    schedules.forget_logins()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert AccessLog.objects.count() == 1
