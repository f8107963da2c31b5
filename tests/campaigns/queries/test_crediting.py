"""Whose the net amount of a period is."""

from datetime import date
from typing import Any

import pytest

from campaigns.choices import Model
from campaigns.models import Conversion, Credit, OrderWork
from campaigns.queries import crediting, recomputing
from campaigns.queries.crediting import NOBODY, credits_within, net_by, unattributed_orders
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, bought, days, run
from tests.cast import Shop
from tests.factories.campaigns import make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 10), date(2026, 3, 11)


@pytest.fixture
def sold(employee: Employee) -> dict[str, Any]:
    """Two links of one customer, three days; somebody who came by no link."""
    channel, campaign = make_channel(), make_campaign()
    mine, nobodys = make_link(campaign, employee=employee, channel=channel), make_link()
    customer = make_customer()
    visitor = make_visitor(customer)
    make_reading(mine, visitor, at=NOON - days(3))
    make_reading(nobodys, visitor, at=NOON - days(1))
    orders = [bought(customer, 101), bought(customer, 50, at=NOON + days(1)), bought(customer, 7, at=NOON + days(2))]
    alone = bought(make_customer(), 1_000)
    run()
    return {"mine": mine, "nobodys": nobodys, "orders": orders, "alone": alone}


def test_by_whom(sold: dict[str, Any], employee: Employee) -> None:
    mine, nobodys = sold["mine"], sold["nobodys"]
    days_of = {"first": FIRST, "last": LAST}
    assert net_by(Model.LINEAR, by="link", **days_of) == {mine.pk: 76, nobodys.pk: 75, None: 1_000}
    assert net_by(Model.LINEAR, by="employee", **days_of) == {employee.pk: 76, NOBODY: 75, None: 1_000}
    assert net_by(Model.LINEAR, by="channel", **days_of) == {mine.channel_id: 76, NOBODY: 75, None: 1_000}
    assert net_by(Model.FIRST, by="campaign", **days_of) == {mine.campaign_id: 151, None: 1_000}
    assert net_by(by="campaign", **days_of) == {nobodys.campaign_id: 151, None: 1_000}


def test_of_one_campaign(sold: dict[str, Any], employee: Employee) -> None:
    found = net_by(Model.LINEAR, by="employee", first=FIRST, last=LAST, campaign=sold["mine"].campaign)
    assert found == {employee.pk: 76}


def test_for_a_viewer(sold: dict[str, Any], employee: Employee, operator: Employee, shop: Shop) -> None:
    ways: dict[str, Any] = {"by": "link", "first": FIRST, "last": LAST}
    assert net_by(Model.LINEAR, viewer=employee, **ways) == {sold["mine"].pk: 76}
    assert net_by(Model.LINEAR, viewer=make_employee(department=shop.xihu), **ways) == {}
    assert net_by(Model.LINEAR, viewer=operator, **ways) == {sold["mine"].pk: 76, sold["nobodys"].pk: 75}


def test_the_rows_behind(sold: dict[str, Any]) -> None:
    rows = credits_within(Model.LINEAR, FIRST, LAST)
    assert sum(row.share_fen for row in rows) == 151
    assert list(unattributed_orders(FIRST, LAST)) == [sold["alone"]]
    assert crediting.net_of(unattributed_orders(FIRST, LAST)) == 1_000


def test_what_is_wrong_is_named(sold: dict[str, Any]) -> None:
    assert recomputing.differences() == []
    credit = Credit.objects.by(Model.LAST).order_by("pk")[0]
    Credit.objects.filter(pk=credit.pk).update(share_fen=1)
    Conversion.objects.filter(pk=credit.conversion_id).update(number=9)
    conversion, share = recomputing.differences()
    assert conversion.startswith(f"order {credit.order_id} of campaign {credit.campaign_id}: ")
    assert share.startswith(f"credit of order {credit.order_id}, link {credit.link_id}, last: ")
    OrderWork.objects.create(order_id=credit.order_id)
    assert recomputing.differences() == []
