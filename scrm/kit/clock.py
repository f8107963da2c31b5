"""The shop's time: stored in UTC, thought in TIME_ZONE."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_staged: ContextVar[datetime | None] = ContextVar("staged", default=None)


def now() -> datetime:
    """The server's time, aware, in UTC."""
    return _staged.get() or timezone.now()


def today() -> date:
    """The shop's calendar day."""
    return timezone.localdate(now())


@contextmanager
def staged(moment: datetime) -> Iterator[None]:
    """Within it every `now()` of this thread is `moment`: how the demo's story goes through the services, each act on
    its day. For the demo alone."""
    token = _staged.set(moment)
    try:
        yield
    finally:
        _staged.reset(token)


def start_of(day: date) -> datetime:
    """The shop's midnight at which `day` begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The shop's midnight at which `day` ends: the first moment that is no longer in it."""
    return start_of(day + timedelta(days=1))


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)
