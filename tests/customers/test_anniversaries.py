"""When a birthday comes round: leap days, lunar months, leap months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import anniversaries
from customers.birthdays import Birthday
from customers.models import Customer
from tests.factories.customers import make_customer


@pytest.mark.parametrize(
    ("birthday", "today", "falls"),
    [
        (Birthday(1990, 5, 1), date(2026, 5, 1), date(2026, 5, 1)),
        (Birthday(1990, 5, 1), date(2026, 5, 2), date(2027, 5, 1)),
        (Birthday(None, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
        (Birthday(1992, 2, 29), date(2026, 2, 1), date(2026, 2, 28)),
        (Birthday(1992, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Birthday(1992, 2, 29), date(2026, 3, 1), date(2027, 2, 28)),
        # 中秋 of 2026 and 2027, 除夕 as the 30th of a month that had 30 days, and of one that had 29.
        (Birthday(None, 8, 15, True), date(2026, 9, 1), date(2026, 9, 25)),
        (Birthday(1960, 8, 15, True), date(2026, 11, 22), date(2027, 9, 15)),
        (Birthday(None, 12, 30, True), date(2024, 1, 1), date(2024, 2, 9)),
        (Birthday(None, 12, 30, True), date(2025, 1, 1), date(2025, 1, 28)),
        # 闰六月 of 2025: the birthday is the first sixth month's.
        (Birthday(None, 6, 1, True), date(2025, 6, 1), date(2025, 6, 25)),
        (Birthday(None, 6, 1, True), date(2025, 7, 1), date(2026, 7, 14)),
    ],
)
def test_when_it_falls(birthday, today, falls):
    assert anniversaries.next_on(birthday, today) == falls


def test_beyond_the_calendar_there_is_none():
    assert anniversaries.solar(2200, 1, 1) is None
    assert anniversaries.next_on(Birthday(None, 1, 1, True), date(2099, 12, 31)) is None


@given(
    st.dates(date(2000, 1, 1), date(2098, 1, 1)),
    st.integers(1, 12),
    st.integers(1, 30),
    st.booleans(),
)
def test_the_filter_finds_whom_the_rule_names(today, month, day, lunar):
    """The set-based filter and the rule for one person agree, day by day."""
    birthday = Birthday(None, month, day, lunar)
    if not birthday.is_possible():
        return
    falls = anniversaries.next_on(birthday, today)
    assert falls is not None
    within = anniversaries.falling_on([falls])
    part = within.children[1 if lunar else 0]
    values = dict(part.children)
    assert values["birth_lunar"] is lunar
    assert month * 100 + day in values["birth_md__in"]
    if falls > today:
        before = anniversaries.falling_on([today])
        assert month * 100 + day not in dict(before.children[1 if lunar else 0].children)["birth_md__in"]


@pytest.mark.django_db
def test_found_in_the_base():
    solar = make_customer("阳历", birth_md=1125)
    lunar = make_customer("农历", birth_md=1015, birth_lunar=True)  # 2026-11-23
    make_customer("同日阳历", birth_md=1015)
    make_customer("没有生日")
    days = [date(2026, 11, 22) + timedelta(days=n) for n in range(4)]
    found = Customer.objects.filter(anniversaries.falling_on(days)).order_by("pk")
    assert list(found) == [solar, lunar]
