"""What the house does by the clock, all of it. Mirrored into django-q2 after each migrate."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from axes.models import AccessFailureLog, AccessLog
from django.conf import settings
from django.db import connection

from scrm.kit import clock, jobs
from scrm.kit.jobs import Schedule

KEEP_LOGIN_LOGS_DAYS = 90

SCHEDULES = [
    Schedule("scrm.kit.beats.scheduler_beat", "* * * * *", quick=True),
    Schedule("scrm.kit.jobs.sweep", "* * * * *", quick=True),
    Schedule("campaigns.tasks.read_when_needed", "* * * * *", quick=True),
    Schedule("customers.tasks.ask_who_came", "*/5 * * * *", quick=True),
    Schedule("campaigns.tasks.credit_when_needed", "* * * * *", quick=True),
    Schedule("campaigns.tasks.move_campaigns", "*/5 * * * *", quick=True),
    Schedule("campaigns.tasks.count_when_needed", "* * * * *", quick=True),
    Schedule("customers.tasks.remember_birthdays", "15 0 * * *"),
    Schedule("customers.tasks.propose_pairs", "50 3 * * *"),
    Schedule("customers.tasks.forget_uploads", "10 3 * * *"),
    Schedule("campaigns.tasks.forget_posters", "15 3 * * *"),
    Schedule("scrm.site.schedules.forget_logins", "20 3 * * *"),
    Schedule("scrm.kit.jobs.forget_old", "30 3 * * *"),
    Schedule("scrm.kit.throttle.forget", "35 * * * *", quick=True),
    Schedule("customers.tasks.index_own_fields", "40 3 * * *"),
    Schedule("scrm.site.verifying.nightly", "20 4 * * *"),
    Schedule("campaigns.tasks.audit_commission", "5 4 * * *"),
]


def forget_logins() -> None:
    """Expired sessions, and who logged in from where once that is old."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    since = clock.now() - timedelta(days=KEEP_LOGIN_LOGS_DAYS)
    for log in (AccessLog, AccessFailureLog):
        log.objects.filter(attempt_time__lt=since).delete()


def synchronise(sender: Any = None, **kwargs: Any) -> None:
    """Receiver of post_migrate, of the last app alone; the table may be missing in a partial migrate."""
    if "django_q_schedule" in connection.introspection.table_names():
        jobs.synchronise(SCHEDULES)
