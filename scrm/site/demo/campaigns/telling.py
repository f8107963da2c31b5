"""The acts in their order. Each is told once: an interrupted one was rolled back and is told again."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import translation

from campaigns.models import Campaign, ClosedMonth, Link
from campaigns.services import linking, reading, touching
from campaigns.services.joining import Joined
from customers.models import Channel, Customer, Order, Product
from customers.services.ordering import by_hand
from loyalty.models import CouponGrant
from loyalty.services import coupons
from scrm.kit import clock
from scrm.site.demo import cast, goods
from scrm.site.demo.campaigns import friends, joins, people, promoting, reckoning, setting_up, visiting
from scrm.site.demo.campaigns.people import Somebody
from scrm.site.demo.campaigns.shapes import Plan, Shop, Way
from scrm.site.demo.campaigns.touches import Visitors
from scrm.staff.models import Employee

# Words that went out in the moments: who, which of them, days ago, opened how often and by how many.
SENT = (("许静", 0, 1, 16, 12), ("王蕾", 2, 2, 9, 8))


def shop_of(staff: dict[str, Employee], today: date) -> Shop:
    products = {product.name: product for product in Product.objects.filter(name__in=goods.PRODUCTS)}
    channels = {channel.name: channel for channel in Channel.objects.filter(name__in=cast.CHANNELS)}
    return Shop(staff, products, channels, today)


def begin(staff: dict[str, Employee], today: date) -> None:
    """Up to the counter: links, pages, who came by them, left her name and made an appointment. Before the till's orders,
    whose buyers have to be here."""
    if Campaign.objects.exists():
        return
    with transaction.atomic(), translation.override("zh-hans"):
        goods.stock(staff["林薇"])
        shop = shop_of(staff, today)
        for plan in people.PLANS:
            campaign = setting_up.set_up(plan, shop)
            _come(plan, campaign, shop, [way for way in plan.ways if way.recommends != friends.FRIEND])
            _come(plan, campaign, shop, [way for way in plan.ways if way.recommends == friends.FRIEND])
            if plan is friends.PLAN:
                _pass_on(plan, campaign, shop)
            setting_up.close(plan, campaign, shop)


def go_on(staff: dict[str, Employee], today: date) -> None:
    """Once the orders are there: coupons to their orders, old months closed, and what A was credited when it was over."""
    if ClosedMonth.objects.exists():
        return
    with transaction.atomic(), translation.override("zh-hans"):
        shop = shop_of(staff, today)
        visiting.tie(people.everybody())
        reckoning.close_months(shop)
        reckoning.credit_until(shop.at(5))
        _colleague(shop)


def finish(today: date) -> None:
    """What 冯洁 was given back is taken back of 许静's commission within the hour; all else is worked out now."""
    reckoning.credit_until(clock.start_of(today - timedelta(days=3)) + timedelta(hours=12))
    reckoning.finish()


def _come(plan: Plan, campaign: Campaign, shop: Shop, ways: list[Way]) -> None:
    """Touches are read as they are every minute, before anybody leaves her name."""
    arrivals: list[tuple[Somebody, str, UUID]] = []
    for way in ways:
        link, leads = _link(plan, way, campaign, shop), people.of(plan, way)
        visitors = Visitors(way, link, plan, shop, leads)
        touching.touch_many(visitors.touches())
        arrivals += [(one, link.code, visitors.keys[one.nth]) for one in leads]
    _read()
    joined: list[tuple[Somebody, Joined]] = joins.join(arrivals, shop)
    visiting.visit(joined, shop)


def _link(plan: Plan, way: Way, campaign: Campaign, shop: Shop) -> Link:
    """Those of employees and of nobody were made when it was published."""
    channel, by = shop.channels[way.channel], shop.operator
    with clock.staged(shop.at(plan.starts, 9)):
        if way.recommends:
            customer = Customer.objects.get(phone=people.recommends(way))
            return linking.make_links(campaign=campaign, customers=[customer], channels=[channel], by=by)[0]
        if way.promoter:
            return linking.make_links(campaign=campaign, employees=[shop.staff[way.promoter]], channels=[channel], by=by)[0]
        return linking.make_links(campaign=campaign, channels=[channel], nobody=True, by=by)[0]


def _pass_on(plan: Plan, campaign: Campaign, shop: Shop) -> None:
    written = promoting.write(campaign, shop.staff["许静"])
    for name, which, day, views, visitors in SENT:
        way = Way(name, "朋友圈", views, visitors, days=(day,))
        link = promoting.pass_on(written[which], campaign, shop.channels[way.channel], shop.staff[name], shop.at(day, 8))
        touching.touch_many(Visitors(way, link, plan, shop, []).touches())
    _read()


def _read() -> None:
    after = 0
    while (read := reading.step(after)) is not None:
        after = read


def _colleague(shop: Shop) -> None:
    """Bought at the counter, with the number of the colleague who served her."""
    one = next(one for one in people.everybody() if one.lead is friends.HELD)
    customer, serves = Customer.objects.get(phone=one.phone), shop.staff["王蕾"]
    price = goods.PRODUCTS[goods.CARE][0]
    with clock.staged(shop.at(2, 16)):
        order: Order = by_hand.enter(
            customer, by=shop.operator, store=serves.department, served=[(serves, by_hand.WHOLE)],
            items=[by_hand.Item(goods.CARE, Decimal(1), Decimal(price), product=shop.products[goods.CARE].pk)],
            discount_fen=(price - friends.YUAN) * 100, note="闺蜜券 ¥50",
        )  # fmt: skip
        grant = CouponGrant.objects.select_related("customer", "coupon").get(customer=customer)
        used = coupons.use(grant=grant, by=shop.operator, store=serves.department, order=order)
    assert used.order_id == order.pk
