"""The questions of a page: a label, perhaps choices. What stands in the JSON is always this."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from scrm.kit.errors import Refused

MOST, MOST_CHOICES = 10, 12
LABEL, CHOICE = 80, 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}\Z")
_BETWEEN = re.compile(r"[\n,，、;；/|]+")


def choices_of(text: str) -> list[str]:
    """Choices as people write them in one line: "干, 油、混合"."""
    return list(dict.fromkeys(part for one in _BETWEEN.split(text) if (part := " ".join(one.split()))))


def cleaned(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows without a label are left out; one without a key gets one that no other has, so that answers given to a question
    stay its own when others come and go. Raises Refused("questions.…")."""
    asked = [row for row in rows if str(row.get("label") or "").strip()]
    if len(asked) > MOST:
        raise Refused("questions.too_many", _("At most %(most)d questions: nobody answers more.") % {"most": MOST})
    keys = {row["key"] for row in asked if KEY.match(str(row.get("key") or ""))}
    taken: set[str] = set()
    made = []
    for row in asked:
        key = str(row.get("key") or "")
        if not KEY.match(key) or key in taken:
            key = next(name for n in range(1, 1_000) if (name := f"q{n}") not in keys | taken)
        taken.add(key)
        made.append(_one(key, row))
    return made


def _one(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    label = " ".join(str(row["label"]).replace("\x00", "").split())
    choices = [choice.replace("\x00", "") for choice in row.get("choices") or []]
    if len(label) > LABEL:
        raise Refused("questions.long", _("A question has at most %(most)d characters.") % {"most": LABEL})
    if len(choices) > MOST_CHOICES or any(len(choice) > CHOICE for choice in choices):
        sentence = _("A question has at most %(most)d choices of %(long)d characters each.")
        raise Refused("questions.choices", sentence % {"most": MOST_CHOICES, "long": CHOICE})
    if len(choices) == 1:
        raise Refused("questions.choices", _("One choice is none: write two or more, or leave them out."))
    return {"key": key, "label": label, "choices": choices, "required": bool(row.get("required"))}
