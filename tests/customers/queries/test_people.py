"""Who finds whom by what. The rights under test are the roles' own."""

import pytest

from customers.choices import IdentityKind
from customers.models import Customer, ImportRow
from customers.queries import people
from scrm.kit import clock
from tests.factories.customers import identify, make_batch, make_customer, make_row

pytestmark = pytest.mark.django_db


def names(found):
    return sorted(person.name for person in found)


@pytest.fixture
def crowd(shop, employee):
    """Four people; only 王小娟 and 李小明 belong to the consultant."""
    return {
        "juan": make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang),
        "ming": make_customer("李小明", "13800000121", owner=employee, store=shop.binjiang),
        "wang": make_customer("王大明", "13912340021", store=shop.xihu),
        "anna": make_customer("Anna Li", "15000001380", store=shop.xihu),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800000021", ["王小娟"]),
        ("138 0000-0021", ["王小娟"]),
        ("+86 138 0000 0021", ["王小娟"]),
        ("008613800000021", ["王小娟"]),
        ("１３８００００００２１", ["王小娟"]),
        ("138****0021", ["王小娟"]),
        ("138", ["李小明", "王小娟"]),
        ("+86 139", ["王大明"]),
        ("13", []),
        ("0021", ["王大明", "王小娟"]),
        ("1380", ["Anna Li", "李小明", "王小娟"]),
        ("0000", []),
        ("王", ["王大明", "王小娟"]),
        ("明", []),
        ("小明", ["李小明"]),
        ("大 明", ["王大明"]),
        ("anna", ["Anna Li"]),
        ("ＡＮＮＡ", ["Anna Li"]),
        ("nali", ["Anna Li"]),
        ("小明小", []),
        ("%", []),
        ("__", []),
        ("'; --", []),
        ("\x00", []),
        ("   ", []),
    ],
)
def test_what_the_owner_finds(crowd, owner, text, found):
    assert names(people.search(owner, text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13800000021", ["王小娟"]),
        ("138 0000-0021", ["王小娟"]),
        ("0021", ["王小娟"]),
        ("138****0021", ["王小娟"]),
        ("138", []),
        ("1380", []),
        ("13800000", []),
        ("1380000002", []),
        ("13912340021", []),
        ("王", ["王小娟"]),
        ("小明", ["李小明"]),
        ("大明", []),
    ],
)
def test_a_consultant_finds_her_own_by_a_whole_number_or_its_tail(crowd, employee, text, found):
    assert names(people.search(employee, text)) == sorted(found)


def test_an_agency_without_campaigns_finds_nobody(crowd, agency):
    assert [people.search(agency, text) for text in ("13800000021", "0021", "王")] == [[], [], []]


def test_a_tail_shows_twenty_at_most_without_the_right(owner, employee):
    for number in range(23):
        make_customer(f"客{number}", f"138{number:04d}7777", owner=employee)
    assert len(people.search(employee, "7777", limit=100)) == 20
    assert len(people.search(owner, "7777", limit=100)) == 23


def test_a_number_inside_a_name_cannot_be_spelt_out(employee, owner):
    make_customer("王姐13800000099", owner=employee)
    pieces = ["王姐1", "1380", "80", "王姐1380000009", "0099"]
    assert [people.search(employee, text) for text in pieces] == [[]] * 5
    assert names(people.search(employee, "王姐13800000099")) == ["王姐13800000099"]
    assert names(people.search(employee, "王姐")) == ["王姐13800000099"]
    assert names(people.search(owner, "王姐1380")) == ["王姐13800000099"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (IdentityKind.MEMBER_NO, "M-10086"),
        (IdentityKind.WECHAT_ID, "juan_2020"),
        ("legacy:旧系统", "VIP000123"),
        ("legacy:收银", "880012"),
    ],
)
def test_cards_and_accounts_by_their_whole_value(employee, kind, value):
    person = make_customer("王小娟", owner=employee)
    identify(person, kind, value)
    assert people.search(employee, f" {value} ") == [person]
    assert people.search(employee, value[:-1]) == []


def test_a_row_of_a_sheet_is_no_number_to_search_by(owner):
    identify(make_customer("王小娟"), IdentityKind.SHEET_ROW, "ab" * 32)
    assert people.search(owner, "ab" * 32) == []


def test_second_numbers_find_too(owner):
    person = make_customer("王小娟", "13800000021")
    identify(person, IdentityKind.PHONE, "13900000022")
    assert people.search(owner, "13900000022") == people.search(owner, "0022") == [person]


def test_only_living_people(owner):
    winner = make_customer("王小娟", "13800000021")
    make_customer("王小娟", "13800000022", merged_into=winner)
    make_customer("王小娟", "13800000023", archived_at=clock.now())
    make_customer("王小娟", "13800000024", erased_at=clock.now())
    assert people.search(owner, "王小娟") == people.search(owner, "138") == [winner]


def test_newest_first_and_no_more_than_asked(owner):
    crowd = [make_customer(f"王{number}") for number in range(5)]
    assert people.search(owner, "王", limit=2) == [crowd[4], crowd[3]]


class TestNamesInSheets:
    """She is Lisa here; a sheet calls her 王丽娟."""

    @pytest.fixture
    def row(self, crowd):
        detail = {"name": "王丽娟", "kept": "Anna Li"}
        return make_row(make_batch(), crowd["anna"], 27, conflict=True, detail=detail)

    @pytest.mark.parametrize(
        ("text", "found"), [("王丽娟", ["Anna Li"]), (" 王 丽娟 ", ["Anna Li"]), ("丽娟", []), ("王丽", [])]
    )
    def test_the_whole_name_finds_her(self, row, owner, text, found):
        assert names(people.search(owner, text)) == found

    def test_inside_the_scope_only(self, row, employee):
        assert names(people.search(employee, "王丽娟")) == []

    @pytest.mark.parametrize("gone", [{"undone": True}, {"conflict": False}, {"detail": None}, {"customer": None}])
    def test_as_long_as_the_sheet_says_so(self, row, owner, gone):
        ImportRow.objects.update(**gone)
        assert names(people.search(owner, "王丽娟")) == []


def test_blank_text_leaves_a_list_as_it_is(crowd, owner):
    rows = Customer.objects.visible_to(owner)
    assert people.matching(rows, owner, " \x00").count() == 4


@pytest.mark.parametrize(("text", "masked"), [("王", 2), ("13800000021", 3), ("0021", 3), ("138", 2)])
def test_queries_of_one_search(crowd, owner, employee, text, masked, django_assert_num_queries):
    for person in (owner, employee):
        person.get_all_permissions()
    with django_assert_num_queries(2):
        people.search(owner, text)
    with django_assert_num_queries(masked):
        people.search(employee, text)


@pytest.mark.parametrize(
    ("text", "successor"), [("13", "14"), ("王", "玌"), ("\ud7ff", "\ue000"), ("a\U0010ffff", "b")]
)
def test_the_text_behind_a_prefix(text, successor):
    assert people.after(text) == successor
