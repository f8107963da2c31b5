"""Undo of an import beside 400,000 orders of others: PostgreSQL looks a slice of people up and scans no table."""

import pytest
from django.db import connection
from django.db.models import Q

from customers.models import Customer, Order
from customers.services.importing import holding, undoing
from customers.services.ordering.undoing import _touched
from tests.factories.customers import make_batch
from tests.scale.filling import fill
from tests.scale.test_orders_list import FILL, ORDERS, PEOPLE, nodes_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.scale,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)"),
]
LARGE = {"customers_order", "customers_customer", "customers_identity", "customers_orderline", "customers_ordercredit"}


def test_a_slice_of_people_is_looked_up(shop, employee, owner):
    values = {
        "owner": employee.pk, "boss": owner.pk, "near": shop.binjiang.pk, "far": shop.xihu.pk, "people": PEOPLE,
        "orders": ORDERS,
    }  # fmt: skip
    batch, other = make_batch(), make_batch("订单.xlsx", kind="orders")
    ours = (
        f"UPDATE customers_customer SET imported_in_id = {batch.pk} WHERE id % 4 = 0",
        f"UPDATE customers_order SET batch_id = {other.pk} WHERE id % 40 = 0",
    )
    fill((*FILL[:-1], *ours, "ANALYZE"), values)
    made = Customer.everyone.filter(imported_in=batch).order_by("-pk")
    pks = list(made.values_list("pk", flat=True)[: undoing.SLICE])
    people = Customer.everyone.filter(pk__in=pks)
    booked = Order.objects.filter(pk__in=list(Order.objects.filter(batch=other).values_list("pk", flat=True)[:500]))
    asked = {
        "touched": people.filter(holding.worked_with(batch)),
        "pinned": people.filter(holding.never_deleted(batch)),
        "orders": booked.filter(_touched(other)),
    }
    scanned = {}
    for name, rows in asked.items():
        nodes, _ms = nodes_of(rows)
        scanned[name] = [node for node in nodes if node[0] == "Seq Scan" and node[1] in LARGE]
        read = sum(node[3] for node in nodes if node[1] in LARGE)
        assert read <= 30 * undoing.SLICE, (name, [node for node in nodes if node[3] > undoing.SLICE])
    assert scanned == {name: [] for name in asked}
    # Everyone of them has bought something, so nobody goes.
    held = holding.among(batch, holding.worked_with(batch), holding.never_deleted(batch))
    assert (held.looked, held.unchecked, len(held.touched), held.pinned) == (PEOPLE // 4, 0, PEOPLE // 4, [])
    assert people.filter(Q(orders__isnull=False)).distinct().count() == len(pks)
