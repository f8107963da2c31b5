"""The rows behind the figures: each employee's, channel's and model's, nobody's too."""

from datetime import timedelta

import pytest

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, Participation, Referral
from campaigns.queries import facts
from campaigns.queries.facts import Asked
from scrm.kit import clock
from tests.factories.campaigns import join, make_campaign, make_link
from tests.factories.conversions import bring, convert, share
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


def test_leads(campaign, employee):
    channel = make_channel()
    hers, nobodys = make_link(campaign, employee=employee, channel=channel), make_link(campaign)
    one = join(campaign, make_customer(), link=hers, is_new=True)
    two = join(campaign, make_customer(), link=nobodys)
    three = join(campaign, make_customer(), at=clock.now() - timedelta(days=3))
    join(make_campaign(), make_customer(), link=hers)

    def found(new=False, **asked):
        return set(facts.leads(Participation.objects.all(), Asked(campaign=campaign.pk, **asked), new=new))

    assert found() == {one, two, three}
    assert found(employee=employee.pk) == {one}
    assert found(employee=0) == {two, three}
    assert found(channel=channel.pk) == {one}
    assert found(channel=0) == {two, three}
    assert found(new=True) == {one}
    assert found(first=clock.today()) == {one, two}
    assert found(last=clock.days_ago(1)) == {three}


def test_who_came_counts_on_the_day_she_came(campaign):
    one = join(campaign, make_customer(), at=clock.now() - timedelta(days=5), arrived_on=clock.days_ago(2))
    join(campaign, make_customer())
    rows = Participation.objects.all()
    assert set(facts.leads(rows, Asked(first=clock.days_ago(2), last=clock.days_ago(2)), arrived=True)) == {one}
    assert set(facts.leads(rows, Asked(last=clock.days_ago(3)), arrived=True)) == set()


def test_orders_are_each_once(campaign, employee, manager):
    channel = make_channel()
    hers = make_link(campaign, employee=employee, channel=channel)
    his = make_link(campaign, employee=manager)
    buyer = make_customer()
    one, two = convert(hers, buyer, 10_000), convert(hers, buyer, 5_000, number=2)
    share(one, his, 4_000, model="linear").model = Model.LINEAR
    back = convert(his, make_customer(), 0)

    def found(number=None, **asked):
        return set(facts.orders(Conversion.objects.all(), Asked(campaign=campaign.pk, **asked), number=number))

    assert found() == {one, two, back}
    assert found(model=Model.LAST) == {one, two}
    assert found(employee=employee.pk) == {one, two}
    assert found(employee=manager.pk, model=Model.LAST) == set()
    assert found(employee=manager.pk, model=Model.LINEAR) == {one}
    assert found(employee=manager.pk, channel=channel.pk, model=Model.LINEAR) == set()
    assert found(employee=0) == set()
    assert found(number=1) == {one, back}
    assert found(number=2) == {two}


def test_shares_are_of_one_model(campaign, employee):
    made = convert(make_link(campaign, employee=employee), make_customer())
    assert Credit.objects.count() == len(Model)
    [last] = facts.shares(Credit.objects.all(), Asked())
    [first] = facts.shares(Credit.objects.all(), Asked(model=Model.FIRST, employee=employee.pk))
    assert (last.model, first.model, last.conversion) == (Model.LAST, Model.FIRST, made)
    assert list(facts.shares(Credit.objects.all(), Asked(employee=0))) == []


def test_recommendations(campaign, employee, manager):
    mother, friend = make_customer(owner=employee), make_customer()
    by_mother = bring(make_link(campaign, customer=mother), mother, friend)
    by_link = bring(make_link(campaign, employee=manager), make_customer(owner=employee), make_customer())
    loose = bring(make_link(campaign, customer=friend), friend, make_customer())

    def found(**asked):
        return set(facts.recommendations(Referral.objects.all(), Asked(campaign=campaign.pk, **asked)))

    assert found() == {by_mother, by_link, loose}
    assert (found(employee=employee.pk), found(employee=manager.pk), found(employee=0)) == ({by_mother}, {by_link}, {loose})


def test_who_sees_which_rows(shop, campaign, owner, manager, employee, agency):
    """Her own customers', and what came by links of hers and her people."""
    far = make_employee(department=shop.xihu)
    near_by_far = convert(make_link(campaign, employee=far), make_customer(owner=employee, store=shop.binjiang))
    far_by_near = convert(make_link(campaign, employee=employee), make_customer(owner=far, store=shop.xihu))
    far_by_far = convert(make_link(make_campaign(), employee=far), make_customer(owner=far, store=shop.xihu))
    for one in (near_by_far, far_by_near, far_by_far):
        join(one.campaign, one.customer, link=one.credits.first().link)
    everything = {near_by_far, far_by_near, far_by_far}
    sees = {owner: everything, manager: {near_by_far, far_by_near}, employee: {near_by_far, far_by_near}, agency: set()}
    for who, rows in sees.items():
        assert set(Conversion.objects.visible_to(who)) == rows
        assert {row.customer for row in Participation.objects.visible_to(who)} == {row.customer for row in rows}
    credited = {who: {one.conversion for one in Credit.objects.visible_to(who)} for who in sees}
    assert credited == {owner: everything, manager: {far_by_near}, employee: {far_by_near}, agency: set()}
    seen = {who: set(facts.orders(Conversion.objects.all(), Asked(), viewer=who)) for who in (owner, manager, employee)}
    assert seen == {owner: everything, manager: {far_by_near}, employee: {far_by_near}}
