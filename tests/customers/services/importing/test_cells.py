"""From a cell to a value."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.choices import Gender
from customers.services.importing import cells

A, B = "13777000001", "13777000002"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", ""), (None, ""), (" 张三\u3000\xa0", "张三"), ("a\x00b", "ab"), ("a\nb", "a\nb"), (17850.0, "17850"), (13777000001.0, A), (0.1, "0.1"),
        (1e16, "10000000000000000"), (1e17, "1e+17"), (float("inf"), "inf"), (123, "123"), (True, "TRUE"), (False, "FALSE"),
        (datetime(1990, 5, 1), "1990-05-01"), (datetime(1990, 5, 1, 8, 30), "1990-05-01 08:30:00"), (date(1990, 5, 1), "1990-05-01"),
        (time(8, 30), "08:30:00"), (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)  # fmt: skip
def test_a_cell_as_a_person_reads_it(cell: Any, text: str) -> None:
    assert cells.to_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (A, [A]), (int(A), [A]), (float(A), [A]), (f" {A}\t", [A]), ("137 7700 0001", [A]), ("137-7700-0001", [A]), ("137·7700·0001", [A]),
        ("(137)77000001", [A]), (f"+86{A}", [A]), (f"+86-{A}", [A]), (f"0086{A}", [A]), (f"0086 {A}", [A]), (f"86{A}", [A]), (f"（+86）{A}", [A]),
        ("１３７７７００００００１".replace("００００００", "０００００"), [A]), (f"\u202d{A}\u202c", [A]), (f"\u200b{A}", [A]), (f"?{A}", [A]), (f"{A}(老公)", [A]), (f"电话{A}微信同号", [A]),
        (f"{A}/{B}", [A, B]), (f"{A}\\{B}", [A, B]), (f"{A},{B}", [A, B]), (f"{A} {B}", [A, B]), (f"{A}{B}", [A, B]), (f"{B}/{A}", [B, A]),
        (f"137 7700 0001 / {B}", [A, B]), (f"{A}\n137-7700-0002", [A, B]), (f"{A}/{A}", [A]), (f"0571-88886666/{A}", [A]), (f"{A}转801", [A]),
        (f"{A}、{B}", [A, B]),
    ],
)  # fmt: skip
def test_numbers_in_a_cell(cell: Any, numbers: list[str]) -> None:
    assert cells.phones_in(cell) == (numbers, "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing"), (None, "missing"), ("—", "missing"), ("无", "missing"), ("\u200b", "missing"), ("1377700000", "too_short"), ("8888666", "landline"),
        ("137770000011", "too_long"), ("1377700000112", "too_long"), ("12777000001", "unreadable"), ("1.38E+10", "precision_lost"),
        ("1.3777000001E+10", "precision_lost"), ("1.38e10", "precision_lost"), ("0571-88886666", "landline"), ("057188886666", "landline"),
        ("(0571)88886666", "landline"), ("021 61234567", "landline"), ("+86-571-88886666", "landline"), ("4008208820", "landline"), ("123456", "unreadable"),
        ("张三", "unreadable"), ("137****0001", "unreadable"), ("138xxxx0001", "unreadable"), (45000.5, "unreadable"), (True, "unreadable"),
        (datetime(1990, 5, 1), "unreadable"), (float("nan"), "unreadable"), (1.38e10 + 0.5, "unreadable"), ("١٣٨٠٠٠٠٠٢١٣", "unreadable"),
    ],
)  # fmt: skip
def test_why_there_is_no_number(cell: Any, code: str) -> None:
    assert cells.phones_in(cell) == ([], f"phone.{code}")


@given(st.text(max_size=40))
def test_any_text_gives_numbers_or_a_reason(text: str) -> None:
    found, why = cells.phones_in(text)
    assert bool(found) != bool(why)
    assert all(len(phone) == 11 and phone[0] == "1" and phone[1] in "3456789" for phone in found)


@given(
    st.integers(min_value=13_000_000_000, max_value=19_999_999_999),
    st.sampled_from([" ", "-", "\u3000", ".", "\u200b", "  "]),
)
def test_gaps_do_not_matter(number: int, gap: str) -> None:
    text = str(number)
    for spelling in (f"{text[:3]}{gap}{text[3:7]}{gap}{text[7:]}", f"+86{gap}{text}", f"{gap}{text}{gap}"):
        assert cells.phones_in(spelling) == ([text], "")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (f"张三 {A}", "张三"), (f"{A}张三", "张三"), (f"张三：{A}", "张三"), (f"{A}（老公）", ""), (f"张三{A}（老客）", "张三"), (A, ""), ("", ""), (int(A), ""),
        (f"张三/{A}/{B}", "张三"), (f"张三 电话:{A}", "张三"), ("张三 137-7700-0001", "张三"), (f"Li Lei +86 {A}", "Li Lei"), ("x" * 40 + A, ""),
    ],
)  # fmt: skip
def test_the_name_beside_a_number(cell: Any, name: str) -> None:
    assert cells.name_beside_phone(cell) == name


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("K001", "K001"), (" k 001 ", "k001"), ("Ｋ００１", "K001"), (17850.0, "17850"), ("17850.0", "17850"), ("17850.00", "17850"), ("17850.5", "17850.5"),
        ("000123", "000123"), ("6222020213800001001", "6222020213800001001"), ("\u202dK1\u202c", "K1"), ("a\u200bb", "ab"), ("xm👩\u200d👧", "xm👩\u200d👧"),
        ("a\u200db", "ab"), ("0", ""), (0, ""), ("", ""), ("无", ""), ("NULL", ""), ("null", ""), ("-", ""), ("N/A", ""), ("x" * 191, ""), ("x" * 190, "x" * 190),
    ],
)  # fmt: skip
def test_ids(cell: Any, text: str) -> None:
    assert cells.identity_text(cell) == text


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans()))
def test_an_id_is_stable(cell: Any) -> None:
    once = cells.identity_text(cell)
    assert cells.identity_text(once) == once and "\x00" not in once and once.split() in ([], [once])


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("zs_001", True),
        ("wxid_abc", True),
        (A, True),
        ("同手机号", False),
        ("微信wx1", False),
        ("a", False),
        ("x" * 65, False),
    ],
)
def test_what_can_be_a_wechat_id(value: str, is_one: bool) -> None:
    assert cells.is_wechat_id(value) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("330106199005011234", True), ("33010619900501123X", True), ("33010619900501123x", True), ("330106199013011234", False),
        ("330106210005011234", False), ("030106199005011234", False), ("33010619900501123", False), ("6222020213800001001", False),
    ],
)  # fmt: skip
def test_id_cards(text: str, is_one: bool) -> None:
    assert cells.is_id_card(text) is is_one


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("男", Gender.MALE), ("女", Gender.FEMALE), ("M", Gender.MALE), ("f", Gender.FEMALE), ("Female", Gender.FEMALE), ("先生", Gender.MALE), ("女士", Gender.FEMALE),
        ("1", Gender.MALE), ("2", Gender.FEMALE), ("１", Gender.MALE), (" 男 ", Gender.MALE), ("未知", Gender.UNKNOWN), ("0", Gender.UNKNOWN), ("保密", Gender.UNKNOWN),
        ("", Gender.UNKNOWN), ("—", Gender.UNKNOWN), ("是", None), ("3", None), ("男女", None),
    ],
)  # fmt: skip
def test_gender(text: str, gender: Gender | None) -> None:
    assert cells.parse_gender(text) == gender


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("VIP", ["VIP"]), ("VIP、复购", ["VIP", "复购"]), ("VIP；宝妈", ["VIP", "宝妈"]), ("油皮;复购;VIP", ["油皮", "复购", "VIP"]), ("VIP/宝妈|冬季", ["VIP", "宝妈", "冬季"]),
        ("a，b", ["a", "b"]), ("a,b,,a, ", ["a", "b"]), ("冬季\n促销", ["冬季", "促销"]), ("✨VIP", ["✨VIP"]), ("❤️老客 / 💎💎", ["❤️老客", "💎💎"]), ("7/8折", ["7/8折"]),
        ("老 客", ["老 客"]), ("", []), ("无", []), ("-、VIP", ["VIP"]), ("｜高｜低", ["高", "低"]), ("a／b", ["a", "b"]), ("2024/12/31", ["2024/12/31"]),
    ],
)  # fmt: skip
def test_tags(text: str, tags: list[str]) -> None:
    assert cells.split_tags(text) == (tags, False)


@pytest.mark.parametrize(
    "text", ["这位客人每次来都要坐靠窗的位置，很喜欢聊天。", "x" * 31, "短，" + "长" * 31]
)
def test_prose_is_no_list(text: str) -> None:
    assert cells.split_tags(text) == ([], True)


@given(st.text(max_size=60))
def test_tags_are_short_visible_and_different(text: str) -> None:
    tags, prose = cells.split_tags(text)
    assert len(set(tags)) == len(tags) and all(0 < len(tag) <= 30 and tag == tag.strip() for tag in tags)
    assert not (tags and prose)
