"""The shop's time: stored in UTC, thought in TIME_ZONE."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def now() -> datetime:
    """The server's time, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The shop's calendar day."""
    return timezone.localdate()


def start_of(day: date) -> datetime:
    """The shop's midnight at which `day` begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The shop's midnight at which `day` ends: the first moment that is no longer in it."""
    return start_of(day + timedelta(days=1))


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)
