"""The sheet that ships: what its script writes, and what an import makes of it."""

from collections import Counter
from pathlib import Path

import pytest

from customers.models import Customer, ImportRow
from customers.services.importing import run_file
from scrm.kit import clock
from scrm.kit.tabular import open_source
from scrm.site.demo import building, cast, sheets


def rows_of(path: Path) -> list[tuple[int, list[object]]]:
    source = open_source(path)
    try:
        return list(source.rows(source.sheets[0]))
    finally:
        source.close()


def test_the_shipped_file_is_what_the_script_writes(tmp_path: Path) -> None:
    sheets.write_xihu(tmp_path / "again.xlsx")
    assert rows_of(tmp_path / "again.xlsx") == rows_of(sheets.XIHU_SHEET)


def test_its_frame() -> None:
    rows = dict(rows_of(sheets.XIHU_SHEET))
    assert rows[1][0] == sheets.TITLE
    assert [rows[2][1], rows[2][6], rows[3][1], rows[3][2]] == ["基本资料", "会员信息", "姓名", "手机号"]
    assert rows[27][1:3] == ["王丽娟", "138 0000 0021"]
    assert rows[435][0] == "合计"
    assert rows[436][0] == sheets.NOTE
    assert max(rows) == 436


def test_numbers_are_invented_and_nobody_shares_one() -> None:
    phones = [guest.phone for guest in cast.guests()] + [colleague.phone for colleague in cast.STAFF]
    assert [phone for phone in phones if not phone.startswith("1380000") or len(phone) != 11] == []
    assert [phone for phone, count in Counter(phones).items() if count > 1] == []
    assert len(list(cast.guests())) == cast.LIVING - cast.FROM_THE_SHEET - cast.CAME_BY_LINKS == 2_515


def test_the_story_is_the_same_every_time() -> None:
    assert list(cast.guests()) == list(cast.guests())
    assert sheets.xihu_rows() == sheets.xihu_rows()


@pytest.mark.django_db
def test_what_an_import_makes_of_it_alone() -> None:
    """Without the people it would find again, those nine are new as well."""
    batch = run_file(sheets.XIHU_SHEET)
    figures = {
        key: batch.counters[key]
        for key in ("rows", "created", "updated", "unchanged", "merged", "rejected", "skipped", "conflicts")
    }
    assert figures == {
        "rows": 431, "created": 409, "updated": 0, "unchanged": 0, "merged": 14, "rejected": 8, "skipped": 5,
        "conflicts": 0,
    }  # fmt: skip


@pytest.mark.django_db
def test_the_old_systems_export_comes_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    assert sheets.write_old_system(path, clock.today()) == 2_515
    batch = run_file(path, system=building.OLD_SYSTEM)
    assert (batch.counters["created"], batch.counters["rows"], batch.counters["warnings"]) == (2_515, 2_515, 0)
    lisa = Customer.objects.get(phone="13800000021")
    assert (lisa.name, lisa.source.name if lisa.source else None) == ("Lisa🌙", "小程序")
    assert ImportRow.objects.filter(batch=batch).exclude(outcome="created").count() == 0
