"""Who is locked out after too many wrong passwords. django-axes counts; a lock is phone number + address."""

from datetime import datetime
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest

from scrm.kit import clock, phones
from scrm.staff.models import Employee


def spelled(username: str) -> str:
    """What failures are counted under: one key for every spelling of a phone number, so that "138 0000 0001"
    and "+86 13800000001" are the same five tries."""
    return (phones.normalise(username) or phones.squeeze(username).lower())[:255]


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """AXES_USERNAME_CALLABLE. From the credentials where there are any, else from the posted form."""
    given = (credentials or {}).get("username")
    if given is None and request is not None:
        given = request.POST.get("username", "")
    return spelled(str(given or ""))


def _recent() -> QuerySet[AccessAttempt]:
    cool_off = get_cool_off()
    assert cool_off is not None
    return AccessAttempt.objects.filter(attempt_time__gte=clock.now() - cool_off)


def ends_at(username: str, address: str | None) -> datetime | None:
    """When the lock of this number at this address ends; None when there is none.

    Each browser has its own row of failures. The lock ends when so many rows are old that fewer than the
    limit remain, which is what axes will ask."""
    rows = list(
        _recent()
        .filter(username=spelled(username), ip_address=address)
        .order_by("-attempt_time")
        .values_list("attempt_time", "failures_since_start")
    )
    failures = 0
    for at, count in rows:
        failures += count
        if failures >= settings.AXES_FAILURE_LIMIT:
            return at + get_cool_off()
    return None


def with_lock(employees: QuerySet[Employee]) -> QuerySet[Employee]:
    """Adds `locked`: whether the number is locked at any address right now."""
    locked = (
        _recent()
        .filter(username=OuterRef("phone"))
        .order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return employees.annotate(locked=Exists(locked))
