"""A preview of a large sheet of orders comes in slices, keeps no row's answer, and says what it would have said in one."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.choices import BatchState, ImportKind
from customers.models import Customer, ImportBatch, Order
from customers.services.importing import drafts as wizard
from customers.services.ordering import drafts, running
from scrm.kit import files as private
from scrm.kit import jobs
from scrm.staff.models import Employee

pytestmark = pytest.mark.django_db
HEAD = "订单号,下单时间,手机号,商品名称,数量,单价,顾问,原订单号"


@pytest.fixture(autouse=True)
def small_slices(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"
    monkeypatch.setattr(running, "SLICE", 10)


def sheet() -> bytes:
    """24 orders of 12 people; the last line of the first stands far below; returns of orders in every slice, one of them
    twice, so that the second is too much; rows that make no order."""
    lines = [HEAD, "D0,2026-05-01,13700000000,面膜,1,99,阿花,"]
    for n in range(1, 24):
        lines.append(f"D{n},2026-05-01,137{n % 12:08d},面膜,1,{100 + n},{'阿花' if n % 2 else '老王'},")
        if n % 6 == 0:
            lines.append(f"X{n},2026-05-01,,面膜,1,5,,")
            lines.append(f"Z{n},2026-05-01,13700000001,面膜,许多,5,,")
    lines.append("D0,2026-05-01,13700000000,精华,1,1,阿花,")
    lines += [f"T{n},2026-05-02,137{n % 12:08d},面膜,-1,{100 + n},,D{n}" for n in range(1, 13)]
    lines += ["T0,2026-05-02,13700000001,面膜,-1,1,,D1", "T99,2026-05-02,13700000001,面膜,-1,1,,没有"]
    return "\n".join(lines).encode()


@pytest.fixture
def batch(operator: Employee) -> ImportBatch:
    made = wizard.upload(SimpleUploadedFile("订单.csv", sheet()), by=operator, kind=ImportKind.ORDERS)
    settle(made)
    return made


def settle(batch: ImportBatch, returns: str = "record") -> None:
    drafts.settle(batch, batch.mapping["targets"], running.rules_of(source="店", returns=returns))


def in_slices(batch: ImportBatch) -> list[int]:
    """Goes on until it is done; where each slice ended."""
    stops = []
    while not drafts.preview(batch, seconds=0):
        batch.refresh_from_db()
        stops.append(batch.preview["cursor"])
    batch.refresh_from_db()
    return stops


@pytest.mark.parametrize(("returns", "stops"), [("record", [11, 21, 31, 41, 45, 55, 59]), ("skip", [11, 21, 31, 41])])
def test_slices_say_what_one_go_says(batch: ImportBatch, returns: str, stops: list[int]) -> None:
    settle(batch, returns)
    assert drafts.preview(batch) is True
    batch.refresh_from_db()
    whole = batch.preview
    assert (batch.state, batch.total, whole["rows"]) == (BatchState.PREVIEWED, 45, 45)
    settle(batch, returns)
    assert in_slices(batch) == stops
    assert batch.preview.pop("at") > whole.pop("at")
    assert (batch.state, batch.preview) == (BatchState.PREVIEWED, whole)
    assert list(private.full_path(batch.path).parent.iterdir()) == [private.full_path(batch.path)]
    assert (Order.objects.count(), Customer.objects.count()) == (0, 0)


def test_what_it_says(batch: ImportBatch) -> None:
    jobs.drain()
    batch.refresh_from_db()
    counters = batch.preview["counters"]
    assert {key: counters[key] for key in ("lines", "no_customer", "returns", "rejected", "orders_created")} == {
        "lines": 25, "no_customer": 3, "returns": 12, "rejected": 5, "orders_created": 24,
    }  # fmt: skip
    assert (counters["customers_created"], batch.preview["unknown"]) == (12, {"owner": {"阿花": 13, "老王": 11}})
    said = [(one["row"], one["code"]) for one in batch.preview["problems"]]
    assert said[:5] == [(10, "order.quantity"), (18, "order.quantity"), (26, "order.quantity"), (45, "refund.exceeds"), (46, "refund.unknown_order")]


def test_the_first_problems_are_kept_and_no_other_row(batch: ImportBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.services.ordering.trials.MOST", 3)
    with running.reopen(batch, private.full_path(batch.path)) as opened:
        trial = running.try_out(opened, running.rules_of(source="店", returns="record"), keep_told=False)
        every = running.try_out(opened, running.rules_of(source="店", returns="record"))
    assert (trial.told, [one.row for one in trial.problems]) == ([], [10, 18, 26])
    assert [one.row for one in every.told] == sorted(one.row for one in every.told) != []


def test_between_slices_the_page_knows_how_far_it_is(batch: ImportBatch) -> None:
    assert drafts.preview(batch, seconds=0) is False
    batch.refresh_from_db()
    here = wizard.progress(batch)
    assert (batch.state, here["done"], here["total"]) == (BatchState.PREVIEWING, 11, 45)


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
        ImportBatch.objects.filter(pk=batch.pk).update(preview={"cursor": 21})
        batch.refresh_from_db()
    assert in_slices(batch)[0] == 11
    assert batch.preview["counters"]["orders_created"] == 24


def test_a_slice_that_died_is_tried_again_from_where_it_stood(batch: ImportBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts.preview(batch, seconds=0) is False
    batch.refresh_from_db()

    def die(*_figures: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(running.trial_files, "put", die)
        drafts.preview(batch, seconds=0)
    batch.refresh_from_db()
    assert (batch.preview["cursor"], batch.preview["progress"]) == (11, [21, 45])
    assert in_slices(batch)[0] == 21
    assert batch.preview["counters"]["orders_created"] == 24
