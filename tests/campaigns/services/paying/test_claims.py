"""Who has a claim, and which one is paid where two have one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from campaigns.choices import Basis, Model, PrimaryMetric
from campaigns.models import Campaign, CommissionEntry, Link, Referral
from campaigns.services.paying.settling import settle
from customers.choices import CreditRole
from customers.models import Customer, Order
from customers.services.merging import joining
from scrm.kit import clock
from tests.campaigns.services.paying.books import told
from tests.factories.campaigns import join, make_assignment, make_campaign, make_link
from tests.factories.commission import credit_links, make_rule
from tests.factories.customers import make_customer
from tests.factories.orders import credit, make_line, make_product
from tests.factories.staff import make_employee

Buy = Callable[..., Order]


def paid(order: Order) -> dict[str, int]:
    """{who and for what: fen} of an order, all movements together."""
    found: dict[str, int] = {}
    for entry in order.commission.select_related("reverses").order_by("pk"):
        name = ":".join((entry.reverses or entry).key.split(":")[2:4])
        found[name] = found.get(name, 0) + entry.amount_fen
    return found


@pytest.fixture
def server(db: None) -> Any:
    return make_employee("陈露")


@pytest.mark.parametrize("wins", list(Basis))
def test_where_both_claim_one_is_paid(wins: str, buy: Buy, link: Link, campaign: Campaign, server: Any) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(pay_wins=wins)
    make_rule(rate_bp=100)
    order = buy(10_000)
    credit(order, server)
    credit_links(order, {link: 1})
    settle([order.pk])
    by_link, by_service = {f"e{link.employee_id}:k{campaign.pk}": 500}, {f"e{server.pk}:all": 100}
    assert paid(order) == (by_link if wins == Basis.CREDIT else by_service)


def test_without_a_link_who_served_is_paid_whatever_wins(buy: Buy, link: Link, server: Any) -> None:
    make_rule(rate_bp=100)
    order = buy(10_000)
    credit(order, server, 6_000)
    credit(order, make_employee(), 4_000, CreditRole.HELPER)
    credit(order, make_employee(), 0, CreditRole.PROMOTER)
    settle([order.pk])
    assert told(order) == [("accrual", 60), ("accrual", 40)]


def test_a_link_that_is_nobodys_claims_nothing(buy: Buy, campaign: Campaign, server: Any) -> None:
    make_rule(campaign)
    make_rule(rate_bp=100)
    order = buy(10_000)
    credit(order, server)
    credit_links(order, {make_link(campaign): 1})
    settle([order.pk])
    assert paid(order) == {f"e{server.pk}:all": 100}


def test_a_share_of_somebody_unknown_is_nobodys(buy: Buy, server: Any) -> None:
    make_rule(rate_bp=1_000)
    order = buy(10_000)
    credit(order, server, 7_000)
    settle([order.pk])
    assert paid(order) == {f"e{server.pk}:all": 700}


def test_a_campaign_may_pay_who_served(buy: Buy, campaign: Campaign, employee: Any, server: Any) -> None:
    make_rule(campaign, basis=Basis.SERVED, rate_bp=800)
    make_rule(rate_bp=100)
    mine, strange = buy(10_000), buy(10_000)
    for order in (mine, strange):
        credit(order, server)
    credit_links(mine, {make_link(campaign, employee=employee): 1})
    settle([mine.pk, strange.pk])
    assert paid(mine) == {f"e{server.pk}:s{campaign.pk}": 800}
    assert paid(strange) == {f"e{server.pk}:all": 100}


def test_products_pay_for_their_lines_and_the_rest_by_the_general_rule(buy: Buy, server: Any) -> None:
    """¥300 of goods for ¥270: the essence's line is a third of it."""
    essence, other = make_product("精华"), make_product("面膜")
    make_rule(product=essence, rate_bp=1_000)
    make_rule(rate_bp=100)
    order = buy(27_000, goods_fen=30_000, discount_fen=3_000)
    make_line(order, essence, amount_fen=10_000)
    make_line(order, other, amount_fen=15_000)
    make_line(order, None, amount_fen=5_000)
    credit(order, server)
    settle([order.pk])
    assert paid(order) == {f"e{server.pk}:p{essence.pk}": 900, f"e{server.pk}:all": 180}


def test_links_of_a_campaign_without_a_rule_are_paid_by_product(buy: Buy, employee: Any) -> None:
    essence = make_product("精华")
    make_rule(product=essence, basis=Basis.CREDIT, rate_bp=1_000)
    silent, unpaid = make_campaign(), make_campaign(no_pay=True)
    orders = [buy(10_000), buy(10_000)]
    for order, campaign in zip(orders, (silent, unpaid), strict=True):
        make_line(order, essence, amount_fen=10_000)
        credit_links(order, {make_link(campaign, employee=employee): 1})
    settle([order.pk for order in orders])
    assert [paid(order) for order in orders] == [{f"e{employee.pk}:q{essence.pk}": 1_000}, {}]


def test_a_campaign_pays_by_the_model_it_names(buy: Buy, campaign: Campaign, employee: Any) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(pay_model=Model.FIRST)
    make_rule(campaign)
    first, last = make_link(campaign, employee=employee), make_link(campaign, employee=make_employee())
    order = buy(10_000)
    credit_links(order, {first: 1}, Model.FIRST)
    credit_links(order, {last: 1}, Model.LAST)
    settle([order.pk])
    assert paid(order) == {f"e{employee.pk}:k{campaign.pk}": 500}


# --- steps -------------------------------------------------------------------------------------------------------


def test_from_the_order_after_the_target_on_the_higher_rate(buy: Buy, campaign: Campaign, employee: Any) -> None:
    """Target ¥200. The order that reaches it is paid as before; the next one is not."""
    make_rule(campaign, tiers=[{"from_bp": 5_000, "rate_bp": 600}, {"from_bp": 10_000, "rate_bp": 800}])
    make_assignment(campaign, employee, target_fen=20_000)
    link = make_link(campaign, employee=employee)
    at = clock.now() - timedelta(days=2)
    orders = [buy(fen, at=at + timedelta(hours=nth // 2)) for nth, fen in enumerate([9_999, 1, 10_000, 10_000])]
    for order in orders:
        credit_links(order, {link: 1})
    settle([order.pk for order in orders])
    # Before each: 0, ¥99.99, ¥100.00 (half), ¥200.00.
    assert [entry.rate_bp for entry in CommissionEntry.objects.order_by("order_id")] == [500, 600, 800]
    assert [told(order) for order in orders] == [[("accrual", 500)], [], [("accrual", 600)], [("accrual", 800)]]


def test_steps_are_the_same_when_orders_come_one_by_one(buy: Buy, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, tiers=[{"from_bp": 10_000, "rate_bp": 1_000}])
    make_assignment(campaign, employee, target_orders=2)
    Campaign.objects.filter(pk=campaign.pk).update(primary_metric=PrimaryMetric.ORDERS)
    link = make_link(campaign, employee=employee)
    at = clock.now() - timedelta(days=2)
    orders = [buy(10_000, at=at) for _nth in range(4)]
    for order in orders:
        credit_links(order, {link: 1})
        settle([order.pk])
    assert [entry.amount_fen for entry in CommissionEntry.objects.order_by("pk")] == [500, 500, 1_000, 1_000]


def test_what_was_reached_by_serving(buy: Buy, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, basis=Basis.SERVED, tiers=[{"from_bp": 10_000, "rate_bp": 1_000}])
    make_assignment(campaign, employee, target_fen=5_000)
    link = make_link(campaign)
    at = clock.now() - timedelta(days=2)
    orders = [buy(10_000, at=at + timedelta(hours=nth)) for nth in range(2)]
    for order in orders:
        credit(order, employee, 5_000)
        credit_links(order, {link: 1})
    settle([order.pk for order in orders])
    assert [entry.amount_fen for entry in CommissionEntry.objects.order_by("pk")] == [250, 500]


def test_steps_by_leads_where_a_campaign_is_judged_by_them(buy: Buy, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, tiers=[{"from_bp": 10_000, "rate_bp": 1_000}])
    make_assignment(campaign, employee, target_leads=2, target_fen=1)
    Campaign.objects.filter(pk=campaign.pk).update(primary_metric=PrimaryMetric.LEADS)
    link = make_link(campaign, employee=employee)
    at = clock.now() - timedelta(days=2)
    orders = [buy(10_000, at=at + timedelta(hours=nth)) for nth in range(3)]
    join(campaign, make_customer(), link=link, at=at - timedelta(days=1))
    join(campaign, make_customer(), link=link, at=at + timedelta(hours=1))
    join(campaign, make_customer(), link=make_link(campaign), at=at - timedelta(days=1))
    for order in orders:
        credit_links(order, {link: 1})
    settle([order.pk for order in orders])
    assert [entry.amount_fen for entry in CommissionEntry.objects.order_by("pk")] == [500, 1_000, 1_000]


def test_steps_by_recommendations(buy: Buy, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, tiers=[{"from_bp": 10_000, "rate_bp": 1_000}])
    make_assignment(campaign, employee, target_referrals=1)
    link = make_link(campaign, employee=employee)
    at = clock.now() - timedelta(days=2)
    orders = [buy(10_000, at=at + timedelta(hours=nth)) for nth in range(2)]
    near = refer(campaign, make_customer(owner=employee), make_customer())
    Referral.objects.filter(pk=near.pk).update(at=at + timedelta(minutes=1))
    for order in orders:
        credit_links(order, {link: 1})
    settle([order.pk for order in orders])
    assert [entry.amount_fen for entry in CommissionEntry.objects.order_by("pk")] == [500, 1_000]


def test_without_a_target_there_is_no_step(buy: Buy, campaign: Campaign, employee: Any) -> None:
    make_rule(campaign, tiers=[{"from_bp": 1, "rate_bp": 1_000}])
    make_assignment(campaign, employee, target_fen=0)
    orders = [buy(10_000), buy(10_000)]
    link = make_link(campaign, employee=employee)
    for order in orders:
        credit_links(order, {link: 1})
    settle([order.pk for order in orders])
    assert told() == [("accrual", 500), ("accrual", 500)]


# --- customers who recommend -------------------------------------------------------------------------------------


def refer(campaign: Campaign, inviter: Customer, invitee: Customer) -> Referral:
    return Referral.objects.create(
        campaign=campaign, inviter=inviter, invitee=invitee, root=inviter, at=clock.now(), day=clock.today()
    )


def test_two_levels_are_paid_and_none_above(buy: Buy, campaign: Campaign) -> None:
    make_rule(campaign, second_bp=200)
    top, middle, near = (make_customer(name) for name in ("甲", "乙", "丙"))
    refer(campaign, top, middle)
    refer(campaign, middle, near)
    order = buy(10_000)
    credit_links(order, {make_link(campaign, customer=near): 1})
    settle([order.pk])
    assert paid(order) == {f"c{near.pk}:k{campaign.pk}": 500, f"c{middle.pk}:k{campaign.pk}.2": 200}


def test_without_a_second_rate_one_level_is_paid(buy: Buy, campaign: Campaign) -> None:
    make_rule(campaign)
    above, near = make_customer("乙"), make_customer("丙")
    refer(campaign, above, near)
    order = buy(10_000)
    credit_links(order, {make_link(campaign, customer=near): 1})
    settle([order.pk])
    assert paid(order) == {f"c{near.pk}:k{campaign.pk}": 500}


def test_a_merge_of_two_who_recommend_moves_no_money(buy: Buy, campaign: Campaign, owner: Any) -> None:
    make_rule(campaign)
    near, twin = make_customer("丙", "13800002221"), make_customer("丙", "13800002222")
    order = buy(10_000)
    link = make_link(campaign, customer=near)
    credit_links(order, {link: 1})
    settle([order.pk])
    merge = joining.carry_out(joining.plan(keep=twin, fold=near), by=owner)
    link.refresh_from_db()
    assert link.customer_id == twin.pk
    assert settle([order.pk]) == 0
    joining.undo(merge, by=owner)
    assert settle([order.pk]) == 0
    assert told() == [("accrual", 500)]
