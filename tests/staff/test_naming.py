"""Two colleagues of one name."""

import pytest

from scrm.staff import naming
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


def test_digits_follow_where_two_names_are_equal():
    one, other = make_employee("许静", phone="13800000004"), make_employee("许静", phone="13800000005")
    third = make_employee("陈晨")
    assert naming.labels([one, third, None, other]) == {one.pk: "许静 0004", third.pk: "陈晨", other.pk: "许静 0005"}


def test_one_that_is_shown_twice_is_one():
    one = make_employee("许静")
    assert naming.labels([one, one]) == {one.pk: "许静"}


def test_letters_of_either_case_are_one_name():
    one, other = make_employee("Lisa", phone="13800000004"), make_employee("LISA", phone="13800000005")
    assert naming.labels([one, other]) == {one.pk: "Lisa 0004", other.pk: "LISA 0005"}


def test_nobody():
    assert naming.labels([]) == {}
