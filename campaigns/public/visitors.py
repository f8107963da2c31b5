"""Who comes: recognised by a cookie of ours, which holds nothing but a random key.

A browser gets its key with its first answer and brings it back with the next request. What is no browser (a robot, a
preview, a request for the headers alone) never would: each of its requests would be somebody new, so that it gets no
cookie and one key for the day, made of its address and name. The same for what a browser fetches ahead before it has a
cookie: whether anybody looks at it is not known yet. A person whose browser refuses cookies cannot be told from one who
comes for the first time, and is one each time; she is as rare as her visits are."""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from campaigns import agents
from campaigns.choices import Hint, VisitorKind
from campaigns.models import Touch
from scrm.kit import addresses, clock

COOKIE = "scrm_v"
YEAR = 365 * 24 * 3600
LONGEST_AGENT = 300
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
# What browsers say of a request that nobody asked for yet, each in its own header.
AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
AHEAD_WORDS = re.compile("prefetch|prerender|preview", re.I)


class Seen(NamedTuple):
    key: UUID
    kind: VisitorKind
    # To be given the cookie.
    fresh: bool


def hint_of(request: HttpRequest) -> Hint:
    if request.method == "HEAD":
        return Hint.HEAD
    ahead = any(AHEAD_WORDS.search(request.META[name]) for name in AHEAD if name in request.META)
    return Hint.PREFETCH if ahead else Hint.NONE


def agent_of(request: HttpRequest) -> str:
    """As much of it as is kept, without signs that no database takes."""
    said: str = request.META.get("HTTP_USER_AGENT", "")
    return CONTROL.sub("", said[: 2 * LONGEST_AGENT])[:LONGEST_AGENT]


def held(request: HttpRequest) -> UUID | None:
    """The key that this browser was given before; None without one, or with something that was never ours."""
    return Touch.key_of(request.COOKIES.get(COOKIE, ""))


def seen(request: HttpRequest, *, hint: str = Hint.NONE, agent: str = "") -> Seen:
    key = held(request)
    if key is not None:
        return Seen(key, VisitorKind.COOKIE, False)
    if hint == Hint.NONE and agents.is_person(agent):
        return Seen(uuid4(), VisitorKind.COOKIE, True)
    who = f"{addresses.for_throttle(request) or ""}\n{agent}"
    return Seen(UUID(bytes=_digest("visitor", who)[:16]), VisitorKind.HASH, False)


def remember(request: HttpRequest, response: HttpResponseBase, who: Seen) -> None:
    if who.fresh:
        response.set_cookie(
            COOKIE, who.key.hex, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )


def origin_of(request: HttpRequest) -> str:
    """Tells the requests of one address on one day from others, and nobody's address: blank where it is not known."""
    address = addresses.for_throttle(request)
    return _digest("origin", address)[:8].hex() if address else ""


def _digest(purpose: str, text: str) -> bytes:
    return hashlib.sha256(_salt(purpose, clock.now().toordinal()) + text.encode()).digest()


@lru_cache(maxsize=8)
def _salt(purpose: str, day: int) -> bytes:
    """Secret, of one day (in UTC) and one purpose: yesterday's addresses cannot be matched with today's."""
    return salted_hmac(f"campaigns.touch.{purpose}", str(day), algorithm="sha256").digest()
