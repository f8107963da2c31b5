"""How often something may happen in a span of time, counted in a table: all processes share it.

Windows are fixed, not sliding: at the change of two, up to twice as many come through in a short time.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F

from scrm.kit import clock
from scrm.kit.models import Tally


def admit(name: str, *, most: int, per: timedelta) -> bool:
    """Counts one more of `name` and says whether it is within `most`; what is refused is not counted. Two short
    statements at most, for whoever is the first of a window three."""
    span = int(per.total_seconds())
    window = int(clock.now().timestamp()) // span
    key = f"{name}:{window}"
    counted = Tally.objects.filter(pk=key, count__lt=most)
    if counted.update(count=F("count") + 1):
        return True
    ends = datetime.fromtimestamp((window + 1) * span, UTC)
    Tally.objects.bulk_create([Tally(name=key, ends_at=ends)], ignore_conflicts=True)
    return counted.update(count=F("count") + 1) == 1


def veiled(text: str) -> str:
    """16 characters that stand for an address or a number in a name, and tell nobody which."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"scrm.kit.throttle", "sha256")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]


def forget() -> None:
    """Windows that are over."""
    Tally.objects.filter(ends_at__lt=clock.now()).delete()
