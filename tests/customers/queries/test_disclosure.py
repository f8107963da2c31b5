"""What one may read: masks inside free text, names of strangers, ages."""

from datetime import date

import pytest

from customers.birthdays import Birthday
from customers.queries import disclosure, person
from scrm.kit import phones
from tests.factories.customers import make_customer


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("王姐 13800000021 早上打", "王姐 138****0021 早上打"),
        ("138 0000 0021", "138****0021"),
        ("138-0000-0021", "138****0021"),
        ("138\u200b00000021", "138****0021"),
        ("(138)0000.0021", "(138****0021"),
        ("１３８００００００２１", "138****0021"),
        ("+86 13800000021", "+86 138****0021"),
        ("8613800000021", "86138****0021"),
        ("0086-138-0000-0021", "0086-138****0021"),
        ("tel13800000021x", "tel138****0021x"),
        ("13800000021,13900000022/13700000023", "138****0021,139****0022/137****0023"),
        ("第一个13800000021第二个13900000022", "第一个138****0021第二个139****0022"),
        ("13800000021\n13900000022", "138****0021\n139****0022"),
        ("订单 20211380000002133", "订单 20211380000002133"),
        ("110101199003070021", "110101199003070021"),
        ("12800000021", "12800000021"),
        ("138****0021", "138****0021"),
        ("0571-88886666", "0571-88886666"),
        ("2026-11-21 10:00", "2026-11-21 10:00"),
        ("", ""),
    ],
)
def test_numbers_inside_text(text, masked):
    assert phones.mask_in_text(text) == masked
    assert phones.mask_in_text(masked) == masked
    assert disclosure.text_for(True, text) == text
    assert disclosure.text_for(False, text) == masked


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小娟", "王*娟"),
        ("欧阳娜娜", "欧*娜"),
        ("王娟", "王*"),
        ("王", "*"),
        ("  ", ""),
        ("", ""),
        ("13800000021", "1*1"),
    ],
)
def test_a_strangers_name(name, shown):
    assert disclosure.stranger_name(name) == shown


@pytest.mark.parametrize(
    ("birthday", "years"),
    [
        (None, None),
        (Birthday(None, 5, 1), None),
        (Birthday(1990, 5, 1), 36),
        (Birthday(1990, 11, 21), 36),
        (Birthday(1990, 11, 22), 35),
        (Birthday(2026, 11, 21), 0),
        (Birthday(2026, 12, 30, lunar=True), 0),
        (Birthday(1990, 8, 15, lunar=True), 36),
        (Birthday(1990, 12, 1, lunar=True), 35),
    ],
)
def test_age_in_whole_years(birthday, years):
    assert person.age(birthday, date(2026, 11, 21)) == years


@pytest.mark.django_db
def test_who_may_read_what(owner, operator, manager, employee, agency):
    own = make_customer("王小娟", "13800000021", owner=employee)
    crew = (owner, operator, manager, employee, agency)
    assert [disclosure.sees_full_phones(who) for who in crew] == [True, True, True, False, False]
    assert [disclosure.sees_sensitive(who) for who in crew] == [True, True, True, False, False]
    assert [disclosure.may_reveal(who, own) for who in crew] == [True, True, True, True, False]
    own.owner = agency
    assert [disclosure.may_reveal(who, own) for who in crew] == [True, True, True, False, False]


@pytest.mark.django_db
def test_a_person_as_text_never_holds_a_number(db):
    """str() goes into autocompletes, messages and titles."""
    assert str(make_customer("王姐13800000021")) == "王姐138****0021"
    assert str(make_customer("", "13800000022")) == "138****0022"
