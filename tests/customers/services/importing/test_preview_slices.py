"""A preview of a large sheet comes in slices, and says what it would have said in one."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import drafts, previewing
from scrm.kit import files as private
from scrm.kit import jobs
from scrm.staff.models import Employee
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ROWS = 2_600


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def sheet() -> bytes:
    """Row n joins row n − 1,500 under another name now and then; channels, consultants and bad cells in every slice."""
    lines = ["姓名,手机号,归属顾问,来源,生日,标签"]
    for n in range(ROWS):
        twin = n >= 1_500 and n % 50 == 0
        phone = f"139{n - 1_500 if twin else n:08d}" if n % 70 else "12345"
        birthday = "1990-13-45" if n % 400 == 7 else ""
        lines.append(f"客{n},{phone},小{n % 3},渠道{n % 7},{birthday},标签{n % 5}")
    lines.append("合计,2600,,,,")
    return "\n".join(lines).encode()


@pytest.fixture
def batch(operator: Employee) -> ImportBatch:
    make_customer("别人", "13800000001")
    made = drafts.upload(SimpleUploadedFile("会员.csv", sheet()), by=operator)
    drafts.map_columns(made, made.mapping["targets"], by=operator)
    return made


def asides(batch: ImportBatch) -> list[str]:
    here = private.full_path(batch.path)
    return sorted(path.name.removeprefix(here.name) for path in here.parent.iterdir() if path != here)


def in_slices(batch: ImportBatch) -> list[int]:
    """Goes on until it is done; where each slice ended."""
    stops = []
    while not previewing.preview(batch, seconds=0):
        batch.refresh_from_db()
        stops.append(batch.preview["cursor"])
    batch.refresh_from_db()
    return stops


def test_slices_say_what_one_go_says(batch: ImportBatch, operator: Employee) -> None:
    assert previewing.preview(batch) is True
    batch.refresh_from_db()
    whole = batch.preview
    assert (batch.state, batch.total, whole["rows"], whole["skipped"]) == (BatchState.PREVIEWED, ROWS, ROWS, 2)
    assert whole["counters"]["merged"] > 0 < whole["counters"]["conflicts"]
    drafts.map_columns(batch, batch.mapping["targets"], by=operator)
    assert in_slices(batch) == [1_000, 2_000]
    assert batch.preview.pop("at") > whole.pop("at")
    assert (batch.state, batch.preview) == (BatchState.PREVIEWED, whole)
    assert asides(batch) == []


def test_between_slices_the_page_knows_how_far_it_is(batch: ImportBatch) -> None:
    assert previewing.preview(batch, seconds=0) is False
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWING
    assert drafts.progress(batch)["done"] == 1_000
    assert drafts.progress(batch)["total"] == ROWS
    assert asides(batch) == [".trial", ".trial-plan"]
    assert {private.full_path(f"{batch.path}{ending}").stat().st_mode & 0o777 for ending in asides(batch)} == {0o600}


@pytest.mark.parametrize("damage", ["gone", "half", "other"])
def test_without_what_was_set_aside_it_starts_anew(batch: ImportBatch, damage: str) -> None:
    assert previewing.preview(batch, seconds=0) is False
    batch.refresh_from_db()
    aside = private.full_path(f"{batch.path}.trial")
    if damage == "gone":
        aside.unlink()
    elif damage == "half":
        aside.write_bytes(aside.read_bytes()[:500])
    else:
        ImportBatch.objects.filter(pk=batch.pk).update(preview={"cursor": 2_000})
        batch.refresh_from_db()
    assert in_slices(batch) == [1_000, 2_000]
    assert batch.preview["rows"] == sum(
        batch.preview["counters"][key] for key in ("created", "updated", "unchanged", "merged", "rejected")
    )
    assert batch.preview["rows"] == ROWS


def test_another_rule_does_not_go_on_with_the_old_one(batch: ImportBatch, operator: Employee) -> None:
    assert previewing.preview(batch, seconds=0) is False
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.REFUSED)  # the worker gave it up
    batch.refresh_from_db()
    drafts.map_columns(batch, batch.mapping["targets"], require="phone", by=operator)
    assert in_slices(batch) == [1_000, 2_000]
    assert batch.preview["counters"]["rejected"] == 38  # every 70th row has no number


def test_a_discarded_upload_leaves_nothing_of_its_preview(batch: ImportBatch, operator: Employee) -> None:
    assert previewing.preview(batch, seconds=0) is False
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.REFUSED)
    folder = private.full_path(batch.path).parent
    batch.refresh_from_db()
    with TestCase.captureOnCommitCallbacks(execute=True):
        drafts.discard(batch, by=operator)
    assert list(folder.iterdir()) == []


def test_the_worker_walks_through_all_slices(batch: ImportBatch) -> None:
    jobs.drain()
    batch.refresh_from_db()
    assert (batch.state, batch.preview["rows"]) == (BatchState.PREVIEWED, ROWS)
