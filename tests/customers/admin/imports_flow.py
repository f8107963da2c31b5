"""The import wizard as its users walk it: small sheets, the shared cases, and the steps as HTTP requests."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from customers.models import ImportBatch
from customers.services.importing import drafts
from scrm.kit import jobs

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
LIST = "admin:customers_importbatch_changelist"
UPLOAD = "admin:customers_importbatch_upload"


def case(name: str) -> bytes:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand: ../shared/cases is missing")
    return path.read_bytes()


def book(*rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None) -> bytes:
    """An xlsx of one sheet, or of several by name; the same bytes for the same rows, whenever it is made."""
    made = Workbook()
    if made.active is not None:
        made.remove(made.active)
    for name, content in (sheets or {"Sheet1": list(rows)}).items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    out, same = BytesIO(), BytesIO()
    made.save(out)
    with ZipFile(out) as parts, ZipFile(same, "w", ZIP_DEFLATED) as told:
        for name in parts.namelist():
            if name != "docProps/core.xml":  # when it was made
                told.writestr(ZipInfo(name, (2026, 1, 1, 0, 0, 0)), parts.read(name))
    return same.getvalue()


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode() + b"\n"


def url(batch: ImportBatch, name: str = "change") -> str:
    return reverse(f"admin:customers_importbatch_{name}", args=[batch.pk])


def upload(client: Client, content: bytes, name: str = "会员.csv") -> Any:
    return client.post(reverse(UPLOAD), {"file": SimpleUploadedFile(name, content)})


def uploaded(client: Client, content: bytes, name: str = "会员.csv") -> ImportBatch:
    """The batch of an upload that was taken."""
    answer = upload(client, content, name)
    batch = ImportBatch.objects.latest("pk")
    assert answer.url == url(batch)
    return batch


def form_of(batch: ImportBatch, **changes: Any) -> dict[str, Any]:
    """What the columns page sends when nothing is touched, and what was."""
    data: dict[str, Any] = {f"target_{column.index}": column.target or "" for column in drafts.columns(batch)}
    return {**data, "require": "identity", "on_conflict": "fill", "remember_as": "", **changes}


def preview(client: Client, batch: ImportBatch, **changes: Any) -> ImportBatch:
    """Maps and lets the worker try it out."""
    answer = client.post(url(batch, "columns"), form_of(batch, **changes))
    assert (answer.status_code, answer.url) == (302, url(batch))
    jobs.drain()
    batch.refresh_from_db()
    return batch


def run(client: Client, batch: ImportBatch, **answer: Any) -> ImportBatch:
    response = client.post(url(batch, "start"), answer or {"consent": "unknown"})
    assert (response.status_code, response.url) == (302, url(batch))
    jobs.drain()
    batch.refresh_from_db()
    return batch


def imported(client: Client, content: bytes, name: str = "会员.csv", **changes: Any) -> ImportBatch:
    return run(client, preview(client, uploaded(client, content, name), **changes))


def values(response: Any, mark: str) -> dict[str, int]:
    """{name: number} of every `data-<mark>="name" data-value="number"` on a page."""
    found = re.findall(rf'data-{mark}="([^"]+)" data-value="(\d+)"', response.content.decode())
    return {key: int(value) for key, value in found}


def value(response: Any, element: str) -> int | None:
    """The number that the element with this id carries; None where there is no such element."""
    found = re.search(rf'id="{element}"[^>]*?data-value="(\d+)"', response.content.decode())
    return int(found[1]) if found else None


def behind(client: Client, batch: ImportBatch, show: str, **narrow: str) -> list[int]:
    """Row numbers of every page behind a figure; the count in the head has to agree."""
    numbers: list[int] = []
    page = 1
    while True:
        answer = client.get(url(batch, "rows"), {"show": show, "p": page, **narrow})
        assert answer.status_code == 200
        numbers += [told["row"].number for told in answer.context["rows"]]
        if not answer.context["page"].has_next():
            assert answer.context["count"] == len(numbers)
            return numbers
        page += 1


def told(response: Any) -> list[str]:
    """The messages on the page that a redirect leads to, or on this one."""
    return [str(message) for message in response.context["messages"]]
