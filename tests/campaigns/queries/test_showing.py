"""Whose links one may show: a role × link matrix, and which posters a link is drawn on."""

import pytest

from campaigns.choices import AssignmentState
from campaigns.models import Link
from campaigns.queries import showing
from scrm.staff.choices import Role
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_poster
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


def test_who_sees_which(everyone, shop):
    campaign, other = make_campaign(), make_campaign()
    agency, employee = everyone[Role.AGENCY], everyone[Role.EMPLOYEE]
    make_assignment(campaign, agency)
    make_assignment(other, agency, state=AssignmentState.WITHDRAWN)
    stranger = make_employee("小何", department=shop.xihu)
    links = {
        "hers": make_link(campaign, employee=employee),
        "stranger": make_link(campaign, employee=stranger),
        "nobody": make_link(campaign),
        "agency": make_link(campaign, employee=agency),
        "agency, taken off": make_link(other, employee=agency),
        "her customer": make_link(campaign, customer=make_customer("王小娟", owner=employee, store=shop.binjiang)),
        "their customer": make_link(campaign, customer=make_customer("李小明", owner=stranger, store=shop.xihu)),
    }
    seen = {
        role: {name for name, link in links.items() if showing.links(person).filter(pk=link.pk).exists()}
        for role, person in everyone.items()
    }
    assert seen == {
        Role.OWNER: set(links),
        Role.OPERATOR: set(links),
        Role.MANAGER: {"hers", "her customer"},
        Role.EMPLOYEE: {"hers", "her customer"},
        Role.AGENCY: {"agency"},
    }


def test_nobody_who_left(employee):
    link = make_link(employee=employee)
    employee.is_active = False
    assert list(showing.links(employee)) == list(showing.links(None)) == []
    assert Link.objects.get() == link


def test_on_which_templates():
    campaign = make_campaign()
    common, own = make_poster("通用"), make_poster("自己的", campaign)
    make_poster("停用", campaign, is_active=False)
    make_poster("别的", make_campaign())
    assert list(showing.posters(campaign)) == [own, common]
