"""One import of appointments or follow-ups, as the commands run it, and what stands in the base afterwards."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from customers.models import Appointment, FollowUp, ImportBatch, ImportRow

KEYS = [
    "file", "sheet", "source", "rows", "created", "updated", "unchanged", "rejected", "skipped", "customers_created", "warnings",
    "rejections", "refused",
]  # fmt: skip
FIGURES = ("created", "updated", "unchanged", "rejected")


def run(command: str, path: Path, *flags: str) -> dict[str, Any]:
    """The command's JSON object, refused or not."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(command, str(path), "--json", *flags, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert code == (0 if answer["refused"] is None else 1)
    assert sorted(answer) == sorted(KEYS)
    assert answer["rows"] == sum(answer[key] for key in FIGURES)
    return answer


def appointments(path: Path, *flags: str) -> dict[str, Any]:
    return run("import_appointments", path, *flags)


def follow_ups(path: Path, *flags: str) -> dict[str, Any]:
    return run("import_followups", path, *flags)


def figures(answer: dict[str, Any]) -> tuple[int, ...]:
    """(created, updated, unchanged, rejected)"""
    return tuple(answer[key] for key in FIGURES)


def rejected(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["row"], row["code"]) for row in answer["rejections"]]


def warnings() -> list[tuple[int, str]]:
    rows = ImportRow.objects.filter(batch=ImportBatch.objects.latest("pk"), warnings__isnull=False).order_by("number")
    return [(row.number, warning["code"]) for row in rows for warning in row.warnings or ()]


def at(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def booked() -> list[tuple[Any, ...]]:
    """(number, phone, when, minutes, state) of every appointment, in the order they were made."""
    return [
        (own.number, own.customer.phone, at(own.starts_at), own.minutes, str(own.state))
        for own in Appointment.objects.select_related("customer").order_by("pk")
    ]


def contacts() -> list[tuple[Any, ...]]:
    """(phone, when, author, author as written, medium, content) of every follow-up, in the order they were made."""
    return [
        (own.customer.phone, at(own.at), own.author.name if own.author else None, own.author_name, own.medium, own.content)
        for own in FollowUp.objects.select_related("customer", "author").order_by("pk")
    ]
