"""How far a material went, of the links that the viewer sees."""

from datetime import timedelta

import pytest

from campaigns.choices import PassedOn
from campaigns.models import PassOn
from campaigns.queries import passed
from campaigns.queries.passed import Totals
from scrm.kit import clock
from tests.factories.campaigns import make_campaign, make_link, make_material, make_reading, make_visitor
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def material():
    return make_material("文案", make_campaign())


def sent(link, days=0, outcome=PassedOn.SENT):
    PassOn.objects.create(link=link, day=clock.today() - timedelta(days=days), outcome=outcome)


def test_days_on_which_it_was_sent_and_visits(owner, manager, employee, shop, material):
    hers = make_link(material.campaign, employee=employee, material=material)
    far = make_link(material.campaign, employee=make_employee("小何", department=shop.xihu), material=material)
    sent(hers)
    sent(hers, days=1)
    sent(hers, days=2, outcome=PassedOn.UNFITTING)
    sent(far)
    for link in (hers, far, far):
        make_reading(link, make_visitor())
    make_reading(hers, make_visitor(), unique=False)
    other = make_material()
    assert passed.totals([material.pk, other.pk], owner) == {material.pk: Totals(3, 3), other.pk: Totals()}
    assert passed.totals([material.pk], manager) == {material.pk: Totals(2, 1)}
    assert [(one.link, one.sent, one.visits) for one in passed.of_material(material, owner)] == [(far, 1, 2), (hers, 2, 1)]
    assert [one.link for one in passed.of_material(material, employee)] == [hers]


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries(django_assert_num_queries, owner, number):
    materials = [make_material(campaign=make_campaign()) for _number in range(number)]
    for material in materials:
        sent(make_link(material.campaign, employee=make_employee(), material=material))
    with django_assert_num_queries(2):
        passed.totals([material.pk for material in materials], owner)
    with django_assert_num_queries(3):
        passed.of_material(materials[0], owner)
