"""A preview of a large sheet of appointments or follow-ups comes in slices, and says what it would have said in one."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.choices import BatchState, ImportKind
from customers.models import Appointment, Customer, FollowUp, ImportBatch
from customers.services.contact_sheets import drafts, running
from customers.services.importing import drafts as wizard
from scrm.kit import files as private
from scrm.kit import jobs
from scrm.staff.models import Employee

pytestmark = pytest.mark.django_db
BOOKED = [
    "预约编号,手机号,预约时间,状态,门店",
    *(f"Y{n % 20},{'021-1' if n % 9 == 5 else f'137{n % 7:08d}'},2025-11-03 10:00,{'乱' if n % 8 == 3 else '已到店'},店{n % 2}" for n in range(25)),
]  # fmt: skip
TOLD = [
    "手机号,跟进时间,跟进人,跟进方式,跟进内容",
    *(f"{'' if n % 9 == 5 else f'137{n % 7:08d}'},2025-11-03,小{n % 3},{'信鸽' if n % 8 == 3 else '电话'},第{n % 21}次" for n in range(25)),
]  # fmt: skip
SHEETS = {ImportKind.APPOINTMENTS: BOOKED, ImportKind.FOLLOW_UPS: TOLD}


@pytest.fixture(autouse=True)
def small_slices(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"
    monkeypatch.setattr(running, "SLICE", 10)


@pytest.fixture(params=SHEETS)
def batch(request: Any, operator: Employee) -> ImportBatch:
    content = "\n".join(SHEETS[request.param]).encode()
    made = wizard.upload(SimpleUploadedFile("旧.csv", content), by=operator, kind=request.param)
    settle(made)
    return made


def settle(batch: ImportBatch) -> None:
    drafts.settle(batch, batch.mapping["targets"], running.rules_of(source="店"))


def in_slices(batch: ImportBatch) -> list[int]:
    """Goes on until it is done; where each slice ended."""
    stops = []
    while not drafts.preview(batch, seconds=0):
        batch.refresh_from_db()
        stops.append(batch.preview["cursor"])
    batch.refresh_from_db()
    return stops


def test_slices_say_what_one_go_says(batch: ImportBatch) -> None:
    assert drafts.preview(batch) is True
    batch.refresh_from_db()
    whole = batch.preview
    assert (batch.state, batch.total, sum(whole["counters"][key] for key in ("created", "unchanged", "rejected"))) == (BatchState.PREVIEWED, 25, 25)
    # The second of two equal things stands in another slice than the first.
    assert (whole["counters"]["unchanged"] > 0, whole["counters"]["customers_created"], whole["remarked"] > 0) == (True, 7, True)
    settle(batch)
    assert in_slices(batch) == [10, 20]
    assert batch.preview.pop("at") > whole.pop("at")
    assert (batch.state, batch.preview) == (BatchState.PREVIEWED, whole)
    assert list(private.full_path(batch.path).parent.iterdir()) == [private.full_path(batch.path)]
    assert (Appointment.objects.count(), FollowUp.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_between_slices_the_page_knows_how_far_it_is(batch: ImportBatch) -> None:
    assert drafts.preview(batch, seconds=0) is False
    batch.refresh_from_db()
    here = wizard.progress(batch)
    assert (batch.state, here["done"], here["total"]) == (BatchState.PREVIEWING, 10, 25)


@pytest.mark.parametrize("damage", ["gone", "half", "other"])
def test_without_what_was_set_aside_it_starts_anew(batch: ImportBatch, damage: str) -> None:
    assert drafts.preview(batch, seconds=0) is False
    batch.refresh_from_db()
    aside = private.full_path(f"{batch.path}.trial")
    if damage == "gone":
        aside.unlink()
    elif damage == "half":
        aside.write_bytes(aside.read_bytes()[:500])
    else:
        ImportBatch.objects.filter(pk=batch.pk).update(preview={"cursor": 20})
        batch.refresh_from_db()
    assert in_slices(batch) == [10, 20]
    assert (batch.preview["rows"], batch.preview["counters"]["customers_created"]) == (25, 7)


def test_a_preview_without_a_row_is_refused(batch: ImportBatch) -> None:
    path = private.full_path(batch.path)
    path.write_text(SHEETS[ImportKind(batch.kind)][0])
    assert drafts.preview(batch, seconds=0) is True
    batch.refresh_from_db()
    assert (batch.state, "cursor" in batch.preview) == (BatchState.REFUSED, False)


def test_the_worker_walks_through_all_slices(batch: ImportBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.tasks.SECONDS", 0)
    assert jobs.drain() == 3
    batch.refresh_from_db()
    assert (batch.state, batch.preview["rows"]) == (BatchState.PREVIEWED, 25)
