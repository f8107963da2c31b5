"""An agency sees the people of the campaigns that are assigned to it, and nobody else's."""

import pytest

from campaigns.choices import AssignmentState
from campaigns.models import Assignment, Campaign, Conversion, Credit, Participation
from campaigns.queries import agency as provider
from customers.models import Customer, Order
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.conversions import convert
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(agency, employee):
    """A campaign of its own with a lead and a buyer by another one's link; one that is none of its business."""
    own, other = make_campaign(), make_campaign()
    make_assignment(own, agency)
    make_assignment(own, employee)
    make_assignment(other, employee)
    lead, buyer, foreign = make_customer("王小娟"), make_customer("陈佳怡"), make_customer("李小明")
    join(own, lead)
    convert(make_link(own, employee=employee), buyer)
    join(other, foreign)
    convert(make_link(other, employee=employee), foreign)
    return own, lead, buyer


def test_its_campaigns_people_and_rows(story, agency):
    own, lead, buyer = story
    assert set(Customer.objects.visible_to(agency)) == {lead, buyer}
    assert {row.customer for row in Participation.objects.visible_to(agency)} == {lead}
    assert {row.customer for row in Conversion.objects.visible_to(agency)} == {buyer}
    assert {row.campaign for row in Credit.objects.visible_to(agency)} == {own}
    assert set(Campaign.objects.visible_to(agency)) == {own}
    assert [row.employee for row in Assignment.objects.visible_to(agency)] == [agency]
    assert list(Order.objects.visible_to(agency)) == []


def test_taken_off_it_sees_nothing(story, agency):
    Assignment.objects.filter(employee=agency).update(state=AssignmentState.WITHDRAWN)
    for model in (Customer, Participation, Conversion, Credit, Campaign):
        assert list(model.objects.visible_to(agency)) == []


def test_nobody_else_gets_more_by_it(story, owner, manager, employee):
    assert [provider.rows_of(who, Customer) for who in (owner, manager, employee)] == [None] * 3
    assert list(Customer.objects.visible_to(employee)) == []


def test_having_left_it_sees_nothing(story, agency):
    agency.is_active = False
    assert list(Participation.objects.visible_to(agency)) == []
