"""The ledger S14 row by row, in every format it can arrive in. The key beside it says what must come out."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from customers.birthdays import Birthday
from customers.models import Customer, CustomerTag, Identity, ImportRow, Opening
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    CASES,
    by_phone,
    figures,
    last_batch,
    needs_cases,
    outcomes,
    phones_of,
    rejected,
    run,
    tags_of,
    warnings,
)

pytestmark = [needs_cases, pytest.mark.django_db]
SHEETS = CASES / "sheets"
XLSX, GB = SHEETS / "S14_会员台账.xlsx", SHEETS / "S14_会员台账_gb18030.csv"


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SHEETS / "key_S14.json").read_text(encoding="utf-8"))
    return loaded


def as_xlsx(_folder: Path) -> Path:
    return XLSX


def as_gb18030(_folder: Path) -> Path:
    return GB


def as_utf8_bom(folder: Path) -> Path:
    return sheets.csv_file(folder / "S14.csv", sheets.rows_of_csv(GB, "gb18030"), encoding="utf-8-sig")


def as_unicode_text(folder: Path) -> Path:
    return sheets.unicode_text(folder / "S14.txt", sheets.rows_of_csv(GB, "gb18030"))


def as_packed(folder: Path) -> Path:
    path = folder / "S14.csv.gz"
    path.write_bytes(gzip.compress(GB.read_bytes()))
    return path


def as_xls(folder: Path) -> Path:
    return sheets.xls(
        folder / "S14.xls", sheets.rows_of_xlsx(XLSX), sheet="会员台账", merge=sheets.merges_of_xlsx(XLSX)
    )


def as_semicolons(folder: Path) -> Path:
    return sheets.csv_file(folder / "S14.csv", sheets.rows_of_csv(GB, "gb18030"), delimiter=";")


FORMATS = [as_xlsx, as_gb18030, as_utf8_bom, as_unicode_text, as_packed, as_xls, as_semicolons]
MAKERS = pytest.mark.parametrize("make", FORMATS, ids=lambda make: make.__name__.removeprefix("as_"))


@MAKERS
def test_the_figures_of_the_key_in_every_format(
    make: Callable[[Path], Path], tmp_path: Path, key: dict[str, Any]
) -> None:
    path = make(tmp_path)
    answer = run(path, "--require", "phone")
    first = key["outcomes_first_run"]
    assert {name: answer[name] for name in first} == first
    assert answer["rows"] == key["data_rows"] and answer["customers_total"] == key["customers_strict"]
    assert [row for row, _code in rejected(answer)] == [row for row, *_rest in key["rejected_strict"]]
    assert [number for number, outcome in sorted(outcomes().items()) if outcome == "merged"] == [
        row for row, *_rest in key["merged"]
    ]
    assert list(last_batch().rows.filter(conflict=True).values_list("number", flat=True)) == [29]
    assert sum(p.legacy.get("可用积分", 0) for p in Customer.objects.all()) == 5028
    assert not Identity.objects.filter(value="13800009999").exists()
    skipped = key["skipped_not_rejected"]
    assert not set(outcomes()) & {row for group in skipped.values() for row in group}
    assert answer["skipped"] == sum(len(group) for group in skipped.values())

    again = run(path, "--require", "phone")
    second = key["outcomes_second_run"]
    assert {name: again[name] for name in second} == second
    assert again["conflicts"] == 1 and again["customers_total"] == key["customers_strict"]


@pytest.mark.parametrize(
    ("require", "people"), [("identity", "customers_identity"), ("name", "customers_name")]
)
def test_weaker_rules_keep_more_people(key: dict[str, Any], require: str, people: str) -> None:
    answer = run(XLSX, "--require", require)
    assert (answer["created"], answer["merged"], answer["rejected"]) == (key[people], 3, 32 - key[people])
    assert [row["row"] for row in answer["rejections"]][-1] == key["rejected_always"][0]
    again = run(XLSX, "--require", require)
    assert figures(again) == (0, 0, key[people], 3, 32 - key[people])


def test_each_row_says_what_became_of_it(key: dict[str, Any]) -> None:
    run(XLSX, "--require", "phone")
    rows = dict(ImportRow.objects.filter(batch=last_batch()).values_list("number", "customer__name"))
    strange = {24: "", 35: "金枝", 26: "张三", 28: "李四", 29: "王五"}
    for number, name, meaning in key["per_row"]:
        if "new" in meaning.split(";")[0]:
            assert (outcomes()[number], rows[number]) == ("created", strange.get(number, name)), meaning
    assert {number: rows[number] for number in (26, 28, 29)} == {26: "张三", 28: "李四", 29: "王五"}
    assert {phone: by_phone(phone).name for phone in ("13800001016", "13800001017", "13800001018")} == {
        "13800001016": "𠮷野家", "13800001017": "王𬭎", "13800001018": "䶮",
    }  # fmt: skip
    assert by_phone("13800001021").name == "=cmd|' /C calc'!A0"


def test_why_each_rejected_row_was_rejected() -> None:
    answer = run(XLSX, "--require", "phone")
    assert rejected(answer) == [
        (18, "phone.landline"),
        (19, "phone.too_short"),
        (20, "phone.too_long"),
        (21, "phone.precision_lost"),
        (22, "phone.missing"),
        (23, "phone.missing"),
        (25, "phone.missing"),
    ]
    assert all("E" in row["reason"] and str(row["row"]) in row["reason"] for row in answer["rejections"])


def test_the_values_of_the_first_twenty_rows() -> None:
    run(XLSX, "--require", "phone")

    def facts(tail: int) -> tuple[Any, ...]:
        person = by_phone(f"1380000{tail}")
        opening = person.openings.first()
        return (
            person.gender,
            person.birthday,
            person.known_since,
            opening.spend_fen if opening else None,
            opening.level if opening else "",
            tags_of(person),
            person.legacy.get("可用积分"),
        )

    may_day, unknown = Birthday(1990, 5, 1), None
    assert facts(1001) == ("male", may_day, date(2023, 1, 5), 345_670, "金卡", {"VIP", "复购"}, 1200)
    assert facts(1002) == (
        "female",
        Birthday(1992, 8, 15),
        date(2023, 2, 1),
        80_000,
        "银卡",
        {"敏感肌", "老客"},
        300,
    )
    assert facts(1003) == ("male", may_day, date(2023, 3, 1), 0, "普通", set(), 0)
    assert facts(1004) == ("female", may_day, date(2023, 3, 2), None, "普通会员", {"新客"}, None)
    assert facts(1005) == ("male", may_day, date(2023, 3, 3), 345_670, "钻石", {"VIP", "宝妈"}, 1234)
    assert facts(1006) == (
        "female",
        may_day,
        date(2023, 3, 15),
        3_400_000,
        "钻石会员",
        {"油皮", "复购", "VIP"},
        1234,
    )
    assert facts(1007) == ("female", may_day, date(2023, 3, 4), 9_900, "金卡会员", {"油皮", "冬季"}, 50)
    assert facts(1008) == ("", Birthday(None, 5, 1), None, 2_000, "", {"VIP", "宝妈", "冬季"}, 10)
    assert facts(1009)[:6] == ("female", unknown, None, None, "", {"a", "b"})
    assert facts(1010)[:2] == ("female", Birthday(None, 8, 15, True))
    assert facts(1011)[:2] == ("female", unknown) and facts(1013)[:2] == ("female", unknown)
    assert phones_of(by_phone("13800001011")) == ["13800001011", "13800001012"]
    assert by_phone("13800001002").identities.get(kind="wechat_id").value == "lisi_wx"
    assert tags_of(by_phone("13800001019")) == {"✨VIP"}
    assert by_phone("13800001019").identities.get(kind="wechat_id").value == "xm👩\u200d👧"
    assert len(by_phone("13800001022").note) == 2000
    assert (by_phone("13800001023").note, tags_of(by_phone("13800001023"))) == (
        '第一行\n第二行,"引号"', {"冬季", "促销"},
    )  # fmt: skip
    assert "可用积分" not in by_phone("13800001024").legacy
    assert by_phone("13800001025").openings.get().spend_fen == 12_345_679
    assert (
        not by_phone("13800001026").openings.exists()
        if Identity.objects.filter(value="13800001026")
        else True
    )


def test_the_warnings_by_row() -> None:
    run(XLSX, "--require", "phone")
    assert [item for item in warnings() if outcomes()[item[0]] != "rejected"] == [
        (14, "date.impossible"),
        (14, "date.impossible"),
        (17, "date.impossible"),
        (39, "number.negative"),
        (39, "number.negative"),
        (41, "number.unreadable"),
    ]


def test_nothing_is_doubled_by_a_second_run() -> None:
    def counts() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Customer, Identity, CustomerTag, Opening))

    run(XLSX, "--require", "phone")
    before = counts()
    run(GB, "--require", "phone")
    assert counts() == before


def test_a_converter_lost_the_rare_characters(tmp_path: Path) -> None:
    """GBK has no 𠮷, no emoji, no bidi marks: "?" stands there already. Two numbers have one around them."""
    path = tmp_path / "S14.csv"
    path.write_bytes(GB.read_bytes().decode("gb18030").encode("gbk", "replace"))
    answer = run(path, "--require", "phone")
    assert figures(answer) == (25, 0, 0, 3, 7)
    assert [number for number, code in warnings() if code == "phone.stray"] == [14, 35]
    assert by_phone("13800001016").name == "?野家"
    assert figures(run(path, "--require", "phone")) == (0, 0, 25, 3, 7)
