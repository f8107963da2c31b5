"""Who made an appointment, who came and who did not, and whose coupon was taken at the counter."""

from collections.abc import Iterable

from campaigns.services.joining import Joined
from customers.choices import TaskOutcome, TaskReason
from customers.models import Appointment, Order, Task
from customers.services import doing, visits
from loyalty.models import CouponGrant
from loyalty.services import coupons
from scrm.kit import clock
from scrm.site.demo.campaigns.people import Somebody
from scrm.site.demo.campaigns.shapes import Shop
from scrm.staff.models import Employee

HOUR = 14
SORRY = "{name}，昨天没等到您，是不是临时有事？体验名额还给您留着，这周哪天方便？"


def visit(leads: Iterable[tuple[Somebody, Joined]], shop: Shop) -> None:
    for one, joined in leads:
        serves = shop.staff[one.served]
        if one.lead.visit is not None:
            booked = _book(one, joined, serves, shop)
            if one.lead.missed:
                _miss(one, booked, serves, shop)
                continue
            with clock.staged(shop.at(one.lead.visit, HOUR, 5)):
                visits.arrive(booked, by=serves)
        took = one.lead.walked_in is not None or (one.lead.bought and one.lead.visit is not None)
        if took and joined.grant is not None and one.lead.came is not None:
            with clock.staged(shop.at(one.lead.came, HOUR + 1, one.nth)):
                coupons.use(grant=joined.grant, by=serves, store=serves.department)


def _book(one: Somebody, joined: Joined, serves: Employee, shop: Shop) -> Appointment:
    """By telephone, within the hour of her name."""
    asks = shop.staff.get(one.way.promoter, serves)
    by = asks if asks.is_active and asks.name != "青柠代运营·小安" else serves
    with clock.staged(shop.at(one.lead.joined, one.hour + 1, one.minute)):
        booking = visits.Booking(
            joined.customer, shop.at(one.lead.visit or 0, HOUR), 60, store=serves.department,
            service=shop.products[one.plan.products[0]], employee=serves,
        )  # fmt: skip
        return visits.book(booking, by=by)


def _miss(one: Somebody, booked: Appointment, serves: Employee, shop: Shop) -> None:
    day = one.lead.visit or 0
    with clock.staged(shop.at(day, HOUR + 1)):
        visits.miss(booked, by=serves)
    if one.lead.asked:
        task = Task.objects.select_related("customer", "employee").get(appointment=booked, reason=TaskReason.WIN_BACK)
        with clock.staged(shop.at(day - 1, 11)):
            doing.settle(task, outcome=TaskOutcome.SENT, by=task.employee, words=SORRY.format(name=task.customer.name))


def tie(leads: Iterable[Somebody]) -> None:
    """Coupons that were used, to the order of the day."""
    by_phone = {one.phone: one for one in leads if one.lead.bought}
    grants = CouponGrant.objects.filter(customer__phone__in=by_phone, used_at__isnull=False, order=None)
    for grant in grants.select_related("customer", "used_by").order_by("pk"):
        order = Order.objects.filter(customer=grant.customer, ordered_at__gte=grant.used_at).order_by("ordered_at", "pk").first()
        if order is not None:
            coupons.tie(grant=grant, order=order, by=grant.used_by)
