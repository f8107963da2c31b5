"""One import, as the command runs it, and what stands in the base afterwards."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from customers.models import Customer, ImportBatch, ImportRow

CASES = Path(settings.BASE_DIR).parent / "shared" / "cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the cases folder is not beside the project")
FIGURES = ("rows", "created", "updated", "unchanged", "merged", "rejected")


def run(path: Path, *flags: str) -> dict[str, Any]:
    """The command's JSON object, refused or not."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_customers", str(path), "--json", *flags, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert code == (0 if answer["refused"] is None else 1)
    assert answer["rows"] == sum(answer[key] for key in FIGURES[1:])
    return answer


def figures(answer: dict[str, Any], *keys: str) -> tuple[int, ...]:
    """(created, updated, unchanged, merged, rejected), or the keys asked for."""
    return tuple(answer[key] for key in keys or FIGURES[1:])


def rejected(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["row"], row["code"]) for row in answer["rejections"]]


def last_batch() -> ImportBatch:
    return ImportBatch.objects.latest("pk")


def outcomes(batch: ImportBatch | None = None) -> dict[int, str]:
    """Outcome by row number."""
    return dict(ImportRow.objects.filter(batch=batch or last_batch()).values_list("number", "outcome"))


def warnings(batch: ImportBatch | None = None) -> list[tuple[int, str]]:
    """(row, code) of every warning, in the order of the sheet."""
    rows = ImportRow.objects.filter(batch=batch or last_batch(), warnings__isnull=False).order_by("number")
    return [(row.number, warning["code"]) for row in rows for warning in row.warnings]


def phones_of(customer: Customer) -> list[str]:
    return list(customer.identities.filter(kind="phone").order_by("pk").values_list("value", flat=True))


def tags_of(customer: Customer) -> set[str]:
    return set(customer.tag_links.values_list("tag__name", flat=True))


def by_phone(phone: str) -> Customer:
    return Customer.everyone.get(identities__kind="phone", identities__value=phone)


def names_and_phones() -> list[tuple[str, str]]:
    return list(Customer.objects.order_by("pk").values_list("name", "phone"))


def everything_counted() -> dict[str, int]:
    """How many rows each table holds: what "writes nothing" is measured by."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }
