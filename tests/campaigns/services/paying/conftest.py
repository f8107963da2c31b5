"""One campaign that pays 5 % on the last touch; one employee with a link; one buyer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.models import Campaign, Link
from campaigns.services.paying.settling import settle
from customers.models import Customer, Order
from scrm.kit import clock
from tests.campaigns.services.paying.books import on
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.commission import credit_links, make_rule
from tests.factories.customers import make_customer
from tests.factories.orders import make_order


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make_campaign("秋冬舒缓季")


@pytest.fixture
def link(campaign: Campaign, employee: Any) -> Link:
    make_rule(campaign)
    return make_link(campaign, employee=employee)


@pytest.fixture
def buyer(db: None) -> Customer:
    return make_customer("冯洁", "13800001111")


@pytest.fixture
def buy(buyer: Customer) -> Callable[..., Order]:
    """An order at the counter, yesterday."""

    def order(paid_fen: int = 128_000, **fields: Any) -> Order:
        at = fields.pop("at", clock.now() - timedelta(days=1))
        fields.setdefault("source", "hand")
        fields.setdefault("ordered_at", at)
        fields.setdefault("paid_at", at)
        fields.setdefault("fulfilled_at", at)
        return make_order(fields.pop("customer", buyer), paid_fen=paid_fen, **fields)

    return order


@pytest.fixture
def sell(buy: Callable[..., Order], link: Link) -> Callable[..., Order]:
    """Bought by the link, credited and settled."""

    def order(paid_fen: int = 128_000, **fields: Any) -> Order:
        one = buy(paid_fen, **fields)
        credit_links(one, {link: 1})
        settle([one.pk])
        return one

    return order


@pytest.fixture
def sold(buy: Callable[..., Order], link: Link) -> Callable[..., Order]:
    """¥100.00 at the counter by the link, settled at once."""
    link.campaign.pay_rules.update(valid_from=on(1, 1))

    def order(at: datetime, paid_fen: int = 10_000, **fields: Any) -> Order:
        with clock.staged(at):
            one = buy(paid_fen, at=at, **fields)
            credit_links(one, {link: 1})
            settle([one.pk])
        return one

    return order
