"""What a customer agrees to and takes back: rows are added, the same said twice is one."""

import pytest

from customers.choices import Medium, Purpose
from customers.models import Consent
from customers.services import consenting, people
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import consent, make_customer

pytestmark = pytest.mark.django_db
PROMOTION = Purpose.PROMOTION


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee)


def give(*customers, by, given=True, purposes=(PROMOTION,), ground="到店签字", **more):
    return consenting.record(
        customers=[c.pk for c in customers], purposes=purposes, given=given, by=by, ground=ground, **more
    )


def said():
    return list(Consent.objects.order_by("pk").values_list("purpose", "medium", "given", "ground"))


def test_a_row_for_each_purpose(juan, employee):
    assert give(juan, by=employee, purposes=[Purpose.CARE, PROMOTION]) == 2
    assert said() == [("care", "any", True, "到店签字"), ("promotion", "any", True, "到店签字")]
    row = Consent.objects.first()
    assert (row.recorded_by, row.source, row.batch) == (employee, "person", None)
    entry = AuditEntry.objects.get(action="consent.given")
    assert (entry.actor, entry.object_id, entry.count) == (employee, str(juan.pk), 1)
    assert entry.detail == {"purposes": ["care", "promotion"], "medium": "any"}


def test_the_same_again_adds_nothing(juan, employee):
    assert [give(juan, by=employee), give(juan, by=employee, ground=" 到店签字 ")] == [1, 0]
    assert AuditEntry.objects.filter(action="consent.given").count() == 1
    assert give(juan, by=employee, ground="微信里答应") == 1


def test_withdrawing_needs_no_ground_and_giving_again_is_new(juan, employee):
    give(juan, by=employee)
    assert give(juan, by=employee, given=False, ground="") == 1
    assert give(juan, by=employee, given=False, ground="") == 0
    assert give(juan, by=employee) == 1
    assert [given for _p, _m, given, _g in said()] == [True, False, True]


def test_a_word_for_one_medium_makes_the_word_for_every_medium_new_again(juan, employee):
    give(juan, by=employee)
    assert give(juan, by=employee, medium=Medium.SMS) == 0
    assert give(juan, by=employee, given=False, ground="", medium=Medium.SMS) == 1
    assert give(juan, by=employee) == 1


def test_many_people_at_once(juan, owner, django_assert_num_queries):
    others = [make_customer(f"客{n}") for n in range(3)]
    consent(others[0], ground="到店签字")
    with django_assert_num_queries(6):
        assert give(juan, *others, by=owner) == 3
    entry = AuditEntry.objects.get(action="consent.given")
    assert (entry.object_id, entry.count) == ("", 3)


@pytest.mark.parametrize(
    ("code", "said_so"),
    [
        ("consent.no_purpose", {"purposes": []}),
        ("consent.malformed", {"purposes": ["spam"]}),
        ("consent.malformed", {"medium": "pigeon"}),
        ("consent.no_ground", {"ground": " \x00 "}),
        ("consent.too_long", {"ground": "字" * 201}),
    ],
)
def test_what_is_refused(juan, owner, code, said_so):
    with pytest.raises(Refused) as no:
        give(juan, **{"by": owner, **said_so})
    assert (no.value.code, Consent.objects.count(), bool(str(no.value))) == (code, 0, True)


def test_an_agency_records_nothing(juan, agency):
    with pytest.raises(Refused) as no:
        give(juan, by=agency)
    assert (no.value.code, Consent.objects.count()) == ("consent.not_allowed", 0)


def test_archived_people_are_left_out(juan, owner):
    here = make_customer("李小明")
    people.archive(juan, by=owner)
    with pytest.raises(Refused) as no:
        give(juan, by=owner)
    assert (no.value.code, give(juan, here, by=owner)) == ("consent.not_living", 1)
    assert Consent.objects.get().customer == here
