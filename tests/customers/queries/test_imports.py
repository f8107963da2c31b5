"""Figures of an import and the rows behind them, and whether a worker is there."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from customers.models import ImportBatch, MergeCandidate
from customers.queries import imports
from scrm.kit import clock
from scrm.kit.jobs import places
from scrm.kit.models import JobRun
from tests.factories.customers import make_batch, make_customer, make_opening, make_row

pytestmark = pytest.mark.django_db
State = JobRun.State


@pytest.fixture
def batch() -> ImportBatch:
    made = make_batch(
        counters={
            "rows": 5,
            "created": 1,
            "updated": 1,
            "unchanged": 1,
            "merged": 1,
            "rejected": 1,
            "conflicts": 1,
        }
    )
    person = make_customer("甲")
    make_row(made, person, 2)
    make_row(made, person, 3, outcome="updated", warnings=[{"code": "row.sample"}])
    make_row(made, person, 4, outcome="merged", conflict=True, detail={"name": "乙", "kept": "甲"})
    make_row(made, None, 5, outcome="rejected", code="phone.missing")
    make_row(made, person, 6, outcome="unchanged", unknown={"owner": "小何", "store": "一店"})
    make_row(make_batch(), person, 2, outcome="created", conflict=True)
    return made


def test_figures_are_what_the_rows_are(batch: ImportBatch, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        figures = {figure.key: figure.count for figure in imports.figures(batch)}
    assert figures == {
        "all": 5, "created": 1, "updated": 1, "unchanged": 1, "merged": 1, "rejected": 1,
        "conflicts": 1, "warnings": 1, "unknown": 1,
    }  # fmt: skip
    for key, count in figures.items():
        assert imports.rows(batch, key).count() == count, key


def test_an_import_without_rows_has_only_noughts() -> None:
    assert {figure.count for figure in imports.figures(make_batch())} == {0}


def test_rows_stand_in_the_order_of_the_sheet(batch: ImportBatch) -> None:
    assert list(imports.rows(batch).values_list("number", flat=True)) == [2, 3, 4, 5, 6]


def test_rows_that_name_somebody(batch: ImportBatch) -> None:
    unknown = imports.rows(batch, "unknown")
    assert [row.number for row in imports.naming(unknown, "owner", "小何")] == [6]
    assert imports.naming(unknown, "store", "小何").count() == 0


def test_a_name_is_found_however_the_sheet_spaces_it() -> None:
    made, person = make_batch(), make_customer("甲")
    for number, owner in ((2, "小何"), (3, "小 何"), (4, "小　何"), (5, "小贺")):
        make_row(made, person, number, unknown={"owner": owner})
    make_row(made, person, 6, unknown={"store": "小何"})
    found = imports.naming(imports.rows(made, "unknown"), "owner", "小 何")
    assert list(found.values_list("number", flat=True)) == [2, 3, 4]


@pytest.mark.parametrize(
    ("counters", "sentence"),
    [
        ({}, ""),
        ({"undo": {}}, ""),
        (
            {"rows": 12345, "created": 12000, "rejected": 345, "skipped": 2},
            "12,345 rows: 12,000 new, 0 updated, 0 unchanged, 0 joined within the sheet, 345 failed; "
            "2 rows such as the header are not counted",
        ),
    ],
)
def test_the_sentence(counters: dict[str, int], sentence: str) -> None:
    with translation.override("en"):
        assert imports.sentence(counters) == sentence


def test_opening_figures_of_this_import_only(batch: ImportBatch) -> None:
    assert imports.opening_figures(batch) is None
    make_opening(make_customer("乙"), spend_fen=12345, orders=None, batch=batch)
    make_opening(make_customer("丙"), spend_fen=None, orders=2, batch=batch)
    make_opening(make_customer("丁"), spend_fen=999, batch=make_batch())
    assert imports.opening_figures(batch) == imports.OpeningFigures(people=2, spend_fen=12345, orders=2)


def test_columns_of_a_target() -> None:
    batch = make_batch(
        layout={"headers": ["姓名", "积分", "可用积分"]}, mapping={"targets": ["name", "points", "points"]}
    )
    assert imports.columns_of(batch, "points") == ["积分", "可用积分"]
    assert imports.columns_of(make_batch(), "points") == []


def test_conflicts_wait_until_they_are_settled(batch: ImportBatch) -> None:
    row = imports.open_conflicts(batch).get()
    assert row.number == 4
    row.detail["settled"] = "kept"
    row.save(update_fields=["detail"])
    assert imports.open_conflicts(batch).count() == 0
    make_row(batch, None, 7, conflict=True, detail={"name": "乙", "kept": "甲"})
    make_row(batch, make_customer("戊"), 8, conflict=True)  # its detail was forgotten after its time
    assert imports.open_conflicts(batch).count() == 0


def test_duplicates_count_while_open(batch: ImportBatch) -> None:
    a, b, c = (make_customer(name) for name in "甲乙丙")
    MergeCandidate.objects.create(first=a, second=b, batch=batch)
    MergeCandidate.objects.create(first=a, second=c, batch=batch, state="rejected")
    MergeCandidate.objects.create(first=b, second=c, batch=make_batch())
    assert imports.open_duplicates(batch) == 1


def test_new_people_are_the_living_ones(batch: ImportBatch) -> None:
    kept = make_customer("新", imported_in=batch)
    make_customer("归档", imported_in=batch, archived_at=clock.now())
    make_customer("别的", imported_in=make_batch())
    assert list(imports.new_people(batch)) == [kept]


# --- is a worker there ----------------------------------------------------------------------------------------


def job(state: str, *, waited: int = 0, beat: int | None = None, pid: int | None = None) -> JobRun:
    now = clock.now()
    return JobRun.objects.create(
        name="x", state=state, host=places.HOST, pid=pid, queued_at=now - timedelta(seconds=waited),
        heartbeat_at=None if beat is None else now - timedelta(seconds=beat),
    )  # fmt: skip


def test_nothing_to_do_needs_no_worker() -> None:
    assert imports.worker_missing() is False
    job(State.DONE, waited=600)
    job(State.FAILED, waited=600)
    assert imports.worker_missing() is False


def test_a_fresh_job_may_wait_a_moment() -> None:
    job(State.QUEUED, waited=2)
    assert imports.worker_missing() is False
    job(State.QUEUED, waited=20)
    assert imports.worker_missing() is True


def test_a_living_job_is_a_worker() -> None:
    job(State.QUEUED, waited=20)
    job(State.RUNNING, beat=5, pid=os.getpid())
    assert imports.worker_missing() is False


def test_a_job_whose_process_is_gone_is_none() -> None:
    job(State.RUNNING, beat=5, pid=2**22 + 1)
    assert imports.worker_missing() is True
    job(State.RUNNING, beat=5, pid=os.getpid())
    assert imports.worker_missing() is False


def test_a_silent_job_is_none() -> None:
    job(State.RUNNING, beat=600, pid=os.getpid())
    assert imports.worker_missing() is True
