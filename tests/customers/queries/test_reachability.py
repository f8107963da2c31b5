"""What may be sent, by which medium, and why not."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.choices import Medium, Purpose
from customers.models import Feedback, Relation
from customers.queries import reachability
from customers.queries.reachability import MEDIA
from scrm.kit import clock
from tests.factories.customers import consent, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
SERVICE, CARE, PROMOTION = Purpose


@pytest.fixture
def juan():
    return make_customer("王小娟", "13800000021")


def whys(customer, purpose):
    reach = reachability.of_one(customer)
    told = {medium.value: reach.answer(purpose, medium).reasons for medium in MEDIA}
    return {medium: " + ".join(reason.why for reason in reasons) for medium, reasons in told.items()}


def days_ago(days):
    return clock.now() - timedelta(days=days)


def same(why, **others):
    return {medium.value: why for medium in MEDIA} | others


def test_without_a_word_service_and_care_only(juan):
    assert (whys(juan, SERVICE), whys(juan, CARE)) == (same("no_objection"), same("no_objection"))
    assert whys(juan, PROMOTION) == same("no_consent")
    reach = reachability.of_one(juan)
    assert [reach.may(purpose, Medium.WECOM) for purpose in Purpose] == [True, True, False]


def test_agreed_to_marketing_by_every_medium(juan):
    consent(juan, ground="到店签字")
    assert whys(juan, PROMOTION) == same("agreed")
    assert reachability.of_one(juan).answer(PROMOTION, Medium.SMS).ground == "到店签字"


@pytest.mark.parametrize(
    ("older", "newer", "sms", "wecom"),
    [
        ((Medium.ANY, True), (Medium.SMS, False), "withdrawn", "agreed"),
        ((Medium.SMS, False), (Medium.ANY, True), "agreed", "agreed"),
        ((Medium.SMS, True), (Medium.ANY, False), "withdrawn", "withdrawn"),
        ((Medium.ANY, False), (Medium.SMS, True), "agreed", "withdrawn"),
    ],
)
def test_the_newest_of_the_pair_and_of_every_medium_counts(juan, older, newer, sms, wecom):
    consent(juan, older[1], medium=older[0], at=days_ago(2))
    consent(juan, newer[1], medium=newer[0], at=days_ago(1))
    said = whys(juan, PROMOTION)
    assert (said["sms"], said["wecom"]) == (sms, wecom)


def test_the_newest_counts_by_its_time_not_by_its_number(juan):
    """A merge brings rows of another record, whose numbers say nothing."""
    consent(juan, False, at=days_ago(1))
    consent(juan, True, at=days_ago(5))
    assert whys(juan, PROMOTION) == same("withdrawn")


def test_one_purpose_says_nothing_of_the_others(juan):
    consent(juan, False, purpose=CARE)
    assert (whys(juan, CARE), whys(juan, SERVICE)) == (same("withdrawn"), same("no_objection"))


def test_marketing_waits_while_somebody_is_unhappy(juan):
    consent(juan)
    voice = Feedback.objects.create(customer=juan, score=-1, at=days_ago(3))
    Feedback.objects.create(customer=juan, score=0)
    assert (whys(juan, PROMOTION), whys(juan, SERVICE)) == (same("complaint"), same("no_objection"))
    Feedback.objects.filter(pk=voice.pk).update(closed_at=clock.now())
    assert whys(juan, PROMOTION) == same("agreed")


@pytest.mark.parametrize(("said", "why"), [(None, "no_consent"), (False, "withdrawn"), (True, "")])
def test_every_reason_is_named_and_the_complaint_first(juan, said, why):
    if said is not None:
        consent(juan, said)
    voice = Feedback.objects.create(customer=juan, score=-2, at=days_ago(3))
    assert whys(juan, PROMOTION) == same(f"complaint + {why}" if why else "complaint")
    [complaint, *_others] = reachability.of_one(juan).answer(PROMOTION, Medium.WECOM).reasons
    assert complaint.since == voice.at


def test_whoever_cannot_be_reached_either_is_told_so_too():
    nobody = make_customer("小鱼")
    Feedback.objects.create(customer=nobody, score=-2)
    Relation.objects.create(customer=nobody, employee=make_employee(), deleted_by="customer", deleted_at=clock.now())
    both = "complaint + no_consent"
    assert whys(nobody, PROMOTION) == same(
        both, phone=f"{both} + no_phone", sms=f"{both} + no_phone", wecom=f"{both} + no_contact"
    )


def test_that_she_never_agreed_is_no_refusal(juan):
    assert not reachability.of_one(juan).refuses(PROMOTION, Medium.WECOM)
    consent(juan, False, medium=Medium.SMS)
    reach = reachability.of_one(juan)
    assert (reach.refuses(PROMOTION, Medium.SMS), reach.refuses(PROMOTION, Medium.WECOM)) == (True, False)


def test_no_number_and_nobody_in_wechat(juan):
    nameless = make_customer("小鱼")
    assert whys(nameless, SERVICE) == same("no_objection", phone="no_phone", sms="no_phone")
    first, second = make_employee(), make_employee()
    Relation.objects.create(customer=juan, employee=first, deleted_by="customer", deleted_at=clock.now())
    assert whys(juan, SERVICE) == same("no_objection", wecom="no_contact")
    Relation.objects.create(customer=juan, employee=second)
    assert whys(juan, SERVICE) == same("no_objection")


def test_which_media_she_refuses(juan):
    assert reachability.of_one(juan).refused_media() == []
    consent(juan, False, medium=Medium.SMS)
    assert reachability.of_one(juan).refused_media() == [Medium.SMS]
    consent(juan, False)
    assert reachability.of_one(juan).refused_media() == MEDIA


def test_the_sentences_name_the_day(juan):
    consent(juan, False, at=clock.start_of(clock.today().replace(month=3, day=8)))
    reach = reachability.of_one(juan)
    with translation.override("en"):
        assert reach.answer(SERVICE, Medium.SMS).sentence == "never objected"
        assert reach.answer(PROMOTION, Medium.SMS).sentence.startswith("withdrawn on ")
    with translation.override("zh-hans"):
        said = [reach.answer(purpose, Medium.SMS).sentence for purpose in (SERVICE, PROMOTION)]
        assert said == ["没有反对过", f"{clock.today().year}年3月8日撤回"]
        Feedback.objects.create(customer=juan, score=-2, at=clock.start_of(clock.today().replace(month=3, day=9)))
        said = reachability.of_one(juan).answer(PROMOTION, Medium.SMS).sentence
        assert said.endswith(f"{clock.today().year}年3月8日撤回") and f"{clock.today().year}年3月9日" in said


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_costs_as_much_as_one(people, django_assert_num_queries):
    found = [make_customer(f"客{n}", f"1380000003{n}") for n in range(people)]
    for person in found:
        consent(person)
        Feedback.objects.create(customer=person, score=-2)
    with django_assert_num_queries(3):
        reached = reachability.of(found)
    assert {pk: reach.may(PROMOTION, Medium.SMS) for pk, reach in reached.items()} == {
        person.pk: False for person in found
    }
