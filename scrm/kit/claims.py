"""One at a time, across processes and machines: a row with a holder and a heartbeat.

A holder that died is passed over at once where that can be known (same machine, process gone), else after STALE.
"""

import secrets
from datetime import timedelta

from django.db.models import Q

from scrm.kit import clock
from scrm.kit.jobs import places
from scrm.kit.models import Claim

STALE = timedelta(seconds=60)


class Held(Exception):
    """Somebody else holds it."""


def _me() -> str:
    return f"{places.pid()}:{secrets.token_hex(4)}:{places.HOST}"


def _gone(holder: str) -> bool:
    pid, _token, host = [*holder.split(":", 2), "", ""][:3]
    return pid.isdigit() and places.is_gone(host, int(pid))


def take(name: str) -> str:
    """A token for `beat` and `release`. Raises Held while another living holder has it."""
    token = _me()
    now = clock.now()
    Claim.objects.bulk_create([Claim(name=name, holder="", beat_at=now)], ignore_conflicts=True)
    held = Claim.objects.get(pk=name)
    free = Q(holder="") | Q(beat_at__lt=now - STALE)
    if held.holder and _gone(held.holder):
        free |= Q(holder=held.holder)
    if Claim.objects.filter(free, pk=name).update(holder=token, beat_at=now) != 1:
        raise Held(name)
    return token


def beat(name: str, token: str) -> bool:
    """Says that the holder lives. False when the claim was lost to another one: stop working."""
    return Claim.objects.filter(pk=name, holder=token).update(beat_at=clock.now()) == 1


def release(name: str, token: str) -> None:
    Claim.objects.filter(pk=name, holder=token).update(holder="")
