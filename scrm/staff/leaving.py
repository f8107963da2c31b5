"""What somebody still holds when she leaves. The apps above know and register it; this one shows it on her page and
before she is deactivated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrm.kit.registry import Registry


@dataclass(frozen=True)
class Held:
    """A sentence, and where it is handed on."""

    text: str
    link: str
    link_text: str


holdings: Registry[Callable[[Any, Any], Held | None]] = Registry("holding of an employee")


def held(viewer: Any, employee: Any) -> list[Held]:
    found = [ask(viewer, employee) for ask in holdings]
    return [one for one in found if one is not None]
