"""Which orders are to be credited again. Work rows are added in one statement, by whoever changes what credits hang on."""

from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value

from campaigns.choices import Basis
from campaigns.models import Campaign, CommissionEntry, Conversion, OrderWork, PayRule, TouchReading, Visitor
from customers.models import Order, OrderCredit
from customers.services.ordering.listeners import order_listeners
from scrm.kit import clock
from scrm.kit.among import Among


def add(orders: QuerySet[Order]) -> int:
    """One row for each of them; how many."""
    chosen = orders.order_by("pk").values_list("pk", Value(clock.now(), output_field=DateTimeField()))
    try:
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {OrderWork._meta.db_table} (order_id, created_at) {sql}", params)
        return max(int(cursor.rowcount), 0)


def of_orders(order_ids: Sequence[int]) -> None:
    """Orders were written: those that campaigns, or a commission for who served, may have a part in. A sheet full of
    people who never came by a link adds nothing."""
    hers, its = OuterRef("customer_id"), OuterRef("pk")
    part = Q(Exists(Visitor.objects.filter(customer=hers))) | Q(Exists(Conversion.objects.filter(order=its)))
    if PayRule.objects.filter(basis=Basis.SERVED).exists():
        part |= Q(Exists(OrderCredit.objects.filter(order=its))) | Q(Exists(CommissionEntry.objects.filter(order=its)))
    add(Order.objects.filter(Among("pk", order_ids)).filter(part))


def of_people(customers: Sequence[int]) -> int:
    """Touches came to somebody, or left her: all of her orders."""
    return add(Order.objects.filter(customer__in=customers, ordered_at__isnull=False))


def of_touches(touch_ids: Sequence[int]) -> int:
    """Touches were read, or count otherwise than before: of visitors who are known, the orders that came after them."""
    after = TouchReading.objects.filter(Among("touch", touch_ids), visitor__customer__orders__ordered_at__gte=F("at"))
    return add(Order.objects.filter(pk__in=after.order_by().values("visitor__customer__orders")))


def of_campaign(campaign: Campaign) -> int:
    """Its windows changed: every order of whoever touched it and is known."""
    touched = TouchReading.objects.filter(campaign=campaign, unique=True, visitor__customer__isnull=False)
    people = touched.order_by().values("visitor__customer")
    return add(Order.objects.filter(customer__in=people, ordered_at__isnull=False))


def waits() -> bool:
    return OrderWork.objects.exists()


def register() -> None:
    order_listeners.register("campaigns", of_orders)

