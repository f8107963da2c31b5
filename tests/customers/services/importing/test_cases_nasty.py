"""Broken, hostile and odd files, against their key."""

import json
from pathlib import Path
from typing import Any

import pytest

from customers.birthdays import Birthday
from customers.models import Customer, Identity, ImportRow, Opening
from customers.naming import is_blank
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    CASES,
    by_phone,
    everything_counted,
    figures,
    last_batch,
    needs_cases,
    outcomes,
    phones_of,
    rejected,
    run,
    warnings,
)

pytestmark = [needs_cases, pytest.mark.django_db]
NASTY = CASES / "nasty"


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((NASTY / "key_nasty.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize(
    "name", ["N01_truncated.xlsx", "N04_zero_bytes.csv", "N04_bom_only.csv", "N18d_header_only.csv"]
)
@pytest.mark.parametrize("flags", [(), ("--dry-run",), ("--require", "name")])
def test_refused_in_a_sentence_and_nothing_written(name: str, flags: tuple[str, ...]) -> None:
    before = everything_counted()
    answer = run(NASTY / name, *flags)
    assert answer["refused"] and len(answer["refused"]) < 200 and "Traceback" not in answer["refused"]
    assert (figures(answer), answer["rows"], answer["sheet"]) == ((0, 0, 0, 0, 0), 0, None)
    assert everything_counted() == before


def test_a_web_page_called_xls(key: dict[str, Any]) -> None:
    answer = run(NASTY / "N05_html_as_xls.xls", "--require", "phone")
    assert (figures(answer), answer["refused"]) == ((10, 0, 0, 0, 0), None)


def test_formulas_count_by_their_stored_value(key: dict[str, Any]) -> None:
    answer = run(NASTY / "N10_formulas_cached.xlsx", "--require", "phone")
    assert answer["created"] == key["N10_formulas_cached.xlsx"]["customers_strict"]
    assert sorted(Customer.objects.values_list("phone", "name")) == [
        ("13800000021", "客户A"), ("13800000022", "客户B"), ("13800000024", "客户D"), ("13800000025", ""),
    ]  # fmt: skip
    assert rejected(answer) == [(4, "phone.missing"), (7, "phone.unreadable")]
    assert "B4" in answer["rejections"][0]["reason"] and "45000.5" in answer["rejections"][1]["reason"]


@pytest.mark.parametrize("name", ["N13_injection.xlsx", "N13_injection.csv"])
def test_formulas_as_names_are_names(key: dict[str, Any], name: str) -> None:
    answer = run(NASTY / name, "--require", "phone")
    assert figures(answer) == (key[name]["customers_strict"], 0, 0, 0, 0)
    found = dict(Customer.objects.values_list("phone", "name"))
    assert found["13800000100"] == "=cmd|' /C calc'!A0"
    assert found["13800000103"] == "+cmd|' /C calc'!A0"
    assert found["13800000104"] == "-2+3+cmd|' /C calc'!A0"
    assert found["13800000105"] == "=1+1"  # the tab is white space around
    assert found["13800000107"] == "＝1+1"
    assert found["13800000114"] == "'; DROP TABLE customer;--"
    assert found["13800000118"] == "\u202egnp.exe"


def test_nul_bytes_go_before_the_database_sees_them() -> None:
    answer = run(NASTY / "N15_nul_bytes.csv", "--require", "phone")
    assert figures(answer) == (2, 0, 0, 0, 0)
    assert not any("\x00" in text for person in Customer.objects.all() for text in (person.name, person.note))
    assert (by_phone("13800000205").name[0], by_phone("13800000206").name) == ("甲", "丙")


def test_rare_letters_and_invisible_ones(key: dict[str, Any]) -> None:
    answer = run(NASTY / "N16_unicode.csv", "--require", "phone")
    assert figures(answer) == (key["N16_unicode.csv"]["customers_strict"], 0, 0, 0, 1)
    assert rejected(answer) == [(4, "phone.unreadable")]
    assert (by_phone("13800000218").name, by_phone("13800000219").name) == ("é", "e\u0301")
    assert by_phone("13800000220").name == "𠮷田𪛖𫠝𰻞"
    assert by_phone("13800000221").name == "👨\u200d👩\u200d👧\u200d👦🇨🇳"
    assert (by_phone("13800000223").name, by_phone("13800000216").name) == ("", "Ａｌｉｃｅ")
    assert {"13800000211", "13800000212", "13800000214", "13800000215", "13800000217"} <= set(
        Customer.objects.values_list("phone", flat=True)
    )


def test_semicolons_and_two_columns_of_one_name(key: dict[str, Any]) -> None:
    assert run(NASTY / "N18a_semicolon.csv")["created"] == key["N18a_semicolon.csv"]["customers_strict"]
    assert figures(run(NASTY / "N18c_dup_headers.csv")) == (2, 0, 0, 0, 0)
    assert phones_of(by_phone("13800000237")) == ["13800000237", "13800000238"]
    assert by_phone("13800000239").name == "乙"


def test_dates(key: dict[str, Any]) -> None:
    answer = run(NASTY / "N25_dates.xlsx", "--require", "phone")
    assert answer["created"] == key["N25_dates.xlsx"]["customers_strict"]
    rows = {
        row.number: row.customer
        for row in ImportRow.objects.filter(batch=last_batch()).select_related("customer")
    }
    known = {number: str(person.birthday) for number, person in rows.items() if person and person.birthday}
    assert known == {
        3: "1900-01-01", 4: "1900-02-28", 5: "1900-02-28", 6: "1900-03-01", 7: "1990-05-01", 8: "1990-05-01", 12: "1990-05-01",
        14: "2024-02-29", 18: "1990-12-31", 19: "1990-12-31", 20: "1990-05-01", 21: "1990-05-01",
    }  # fmt: skip
    warned = {number for number, _code in warnings()}
    assert {9, 11, 13, 16, 17, 22, 23} <= warned and not warned & set(known)
    assert {key["N25_dates.xlsx"]["birthday"][str(number)][:10] for number in known} >= {"1990-05-01"}


def test_numbers(key: dict[str, Any]) -> None:
    answer = run(NASTY / "N30_numbers.xlsx", "--require", "phone")
    assert answer["created"] == key["N30_numbers.xlsx"]["customers_strict"]
    spend = dict(Opening.objects.filter(spend_fen__isnull=False).values_list("customer__phone", "spend_fen"))
    points = {
        p.phone: p.legacy["积分"] for p in Customer.objects.all() if isinstance(p.legacy.get("积分"), int)
    }
    assert {phone[-2:]: fen for phone, fen in spend.items()} == {
        "08": 123_400,
        "10": 1235,
        "11": 1200,
        "19": 12_345_600,
    }
    assert {phone[-2:]: value for phone, value in points.items()} == {
        "04": 0,
        "08": 1234,
        "10": 12,
        "11": 12,
        "19": 123_456,
    }
    unreadable = {number for number, code in warnings() if code == "number.unreadable"}
    assert unreadable == {2, 3, 4, 6, 7, 8, 10, 14, 15, 21}
    assert {number for number, code in warnings() if code == "number.negative"} == {13}
    assert not {16, 17, 18, 19} & {number for number, _code in warnings()}


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    loaded: list[str] = json.loads((NASTY / "blns.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("ending", ["csv", "xlsx", "txt"])
def test_naughty_strings_as_names_come_back_as_they_are(
    naughty: list[str], tmp_path: Path, ending: str
) -> None:
    """Byte for byte after trimming, or the row says what happened to it."""
    rows: list[list[Any]] = [["姓名", "手机号", "备注"]]
    rows += [[text, f"138{n:08d}", text] for n, text in enumerate(naughty, 1)]
    make = {"csv": sheets.csv_file, "xlsx": sheets.xlsx_text, "txt": sheets.unicode_text}[ending]
    path = make(tmp_path / f"a.{ending}", rows)
    answer = run(path, "--require", "phone")
    assert answer["created"] == answer["rows"] == len(naughty)
    found = dict(Customer.objects.values_list("phone", "name"))
    notes = dict(Customer.objects.values_list("phone", "note"))
    told = {number for number, _code in warnings()}
    for n, text in enumerate(naughty, 1):
        want = text.replace("\x00", "").strip()
        if ending == "xlsx":
            want = want.replace("\ufffe", "_xFFFE_")  # XML has no way to hold it, and no reader turns it back
        if is_blank(want):
            want = ""
        name = found[f"138{n:08d}"]
        assert name == want or (n + 1 in told and want.startswith(name)), (n, text)
        assert notes[f"138{n:08d}"] == want, (n, text)
    assert figures(run(path, "--require", "phone")) == (0, 0, len(naughty), 0, 0)
    assert Identity.objects.count() == len(naughty)
    assert set(outcomes().values()) == {"unchanged"}


def test_naughty_strings_in_every_other_column(naughty: list[str], tmp_path: Path) -> None:
    """No column brings the import down, and whoever has a number comes in."""
    fields = [
        "微信号", "会员卡号", "性别", "生日", "城市", "公司", "来源", "门店", "归属顾问", "标签", "积分", "累计消费", "消费次数", "最近消费时间", "会员等级", "随便",
        "openid", "unionid",
    ]  # fmt: skip
    rows: list[list[Any]] = [["姓名", "手机号", *fields]]
    rows += [["人", f"138{n:08d}", *[text] * len(fields)] for n, text in enumerate(naughty, 1)]
    path = sheets.csv_file(tmp_path / "a.csv", rows)
    answer = run(path, "--require", "phone")
    assert (answer["created"] + answer["merged"], answer["rejected"]) == (len(naughty), 0)
    again = run(path, "--require", "phone")
    assert (again["created"], again["updated"], again["merged"]) == (0, 0, answer["merged"])


def test_naughty_strings_as_numbers_make_nobody(naughty: list[str], tmp_path: Path) -> None:
    path = sheets.csv_file(tmp_path / "a.csv", [["姓名", "手机号"], *(["人", text] for text in naughty)])
    answer = run(path, "--require", "phone")
    assert (answer["created"], answer["rejected"] + answer["skipped"]) == (0, len(naughty) + 1)


def test_naughty_strings_as_birthdays_are_none_or_warned(naughty: list[str], tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "生日"], *(["人", f"138{n:08d}", text] for n, text in enumerate(naughty, 1))]
    run(sheets.csv_file(tmp_path / "a.csv", rows), "--require", "phone")
    born = {p.phone: p.birthday for p in Customer.objects.all() if p.birthday}
    assert all(isinstance(birthday, Birthday) for birthday in born.values()) and len(born) <= 3
