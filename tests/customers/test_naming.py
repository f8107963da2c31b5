"""Names and birthdays as people type them."""

from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from customers import naming
from customers.birthdays import Birthday


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三", "张三"), ("\xa0金枝\u3000", "金枝"), (" 张 三\n", "张 三"), ("甲\x00乙", "甲乙"), ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("e\u0301", "e\u0301"), ("Ａｌｉｃｅ", "Ａｌｉｃｅ"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_is_kept_as_typed_but_for_white_space_around_and_nul(typed: str, kept: str) -> None:
    assert naming.clean_name(typed) == kept


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("李四", "李 四", True), ("李四", "李\u3000四", True), ("Ａｌｉｃｅ", "Alice", True), ("é", "e\u0301", True), ("Alice", "alice", False), ("李四", "李五", False),
        ("①", "1", True), ("", "", True), ("", "李四", False), ("王先生", "王", False),
    ],
)  # fmt: skip
def test_two_spellings_of_one_name(one: str, other: str, same: bool) -> None:
    assert (naming.same_name(one, other), naming.same_name(other, one)) == (same, same)


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "null", "NULL", "Null", "N/A", "n/a", "-", "--", "—", "——", "–", "－", "无", " 无 ", "\u3164", "\u115f", "\u2800", "\u200b", "\ufeff", "\u202e", "\u180e", "\xad"]
)  # fmt: skip
def test_nothing(text: str) -> None:
    assert naming.is_blank(text)


@pytest.mark.parametrize(
    "text", ["0", "无名", "没有", "/", ".", "=", "nulls", "张", "🌸", "...", "?", "N", "无\u3000无"]
)
def test_something(text: str) -> None:
    assert not naming.is_blank(text)


@given(st.text(max_size=30))
def test_folding_is_idempotent_and_hides_white_space_and_case(name: str) -> None:
    folded = naming.fold_name(name)
    assert naming.fold_name(folded) == folded
    assert not any(char.isspace() for char in folded)
    assert naming.fold_name(f" {name}\u3000") == folded
    if name.isascii():
        assert naming.fold_name(name.upper()) == naming.fold_name(name.lower())


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_same_name_folds_alike(one: str, other: str) -> None:
    if naming.same_name(one, other):
        assert naming.fold_name(one) == naming.fold_name(other)
    assert naming.same_name(one, one)


@pytest.mark.parametrize(
    ("birthday", "text"),
    [
        (Birthday(1990, 5, 1), "1990-05-01"), (Birthday(None, 5, 1), "05-01"), (Birthday(None, 8, 15, True), "农历八月十五"), (Birthday(1990, 8, 15, True), "1990年农历八月十五"),
        (Birthday(None, 1, 1, True), "农历正月初一"), (Birthday(None, 12, 23, True), "农历腊月廿三"), (Birthday(None, 11, 30, True), "农历冬月三十"),
    ],
)  # fmt: skip
def test_a_birthday_reads(birthday: Birthday, text: str) -> None:
    assert str(birthday) == text


@pytest.mark.parametrize(
    ("birthday", "possible"),
    [
        (Birthday(2000, 2, 29), True), (Birthday(2001, 2, 29), False), (Birthday(None, 2, 29), True), (Birthday(None, 2, 30), False), (Birthday(None, 2, 30, True), True),
        (Birthday(None, 13, 1), False), (Birthday(None, 1, 31, True), False), (Birthday(1899, 12, 31), False), (Birthday(1900, 1, 1), True),
        (Birthday(2026, 11, 21), True), (Birthday(2026, 11, 22), False), (Birthday(2026, 12, 30, True), True), (Birthday(2027, 1, 1, True), False), (Birthday(0, 1, 1), False),
    ],
)  # fmt: skip
@time_machine.travel(date(2026, 11, 21))
def test_a_birthday_that_can_be(birthday: Birthday, possible: bool) -> None:
    assert birthday.is_possible() is possible
