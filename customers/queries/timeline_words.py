"""What the sources of the timeline say alike."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from customers.choices import COMPLAINT
from scrm.kit.registry import Registry

# What a kind of trace is called. Apps register the kinds they write.
event_words: Registry[str | Promise] = Registry("kind of trace")
SAYS_LITTLE = 300


def name_of(employee: Any) -> str:
    return employee.name if employee is not None else ""


def short(text: str) -> str:
    return text if len(text) <= SAYS_LITTLE else text[:SAYS_LITTLE] + "…"


def moment(at: datetime | None) -> datetime:
    assert at is not None  # filtered
    return at


def tone(score: int) -> str:
    return "bad" if score <= COMPLAINT else "good" if score > 0 else ""
