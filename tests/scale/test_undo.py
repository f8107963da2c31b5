"""Undo of an import beside 400,000 orders of others: PostgreSQL looks a slice of people up and scans no table."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, ImportRow, Order
from customers.services.importing import holding, undoing
from customers.services.ordering.undoing import _touched
from tests.factories.customers import make_batch
from tests.scale.filling import fill
from tests.scale.test_orders_list import FILL, ORDERS, PEOPLE, nodes_in, nodes_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.scale,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)"),
]
LARGE = {"customers_order", "customers_customer", "customers_identity", "customers_orderline", "customers_ordercredit"}


ROWS = (
    """
INSERT INTO customers_importrow (batch_id, number, outcome, code, conflict, customer_id, undone, changes)
SELECT {batch}, n, 'updated', '', false, 1 + n % 40000, n > 30000,
    jsonb_build_object('order', n, 'city', jsonb_build_array('', '杭州'))
FROM generate_series(1, 60000) AS n
""",
    """
INSERT INTO customers_importrow (batch_id, number, outcome, code, conflict, customer_id, undone, changes)
SELECT {later}, n, 'updated', '', false, 1 + (n::bigint * 40 * 7919) % 40000, false, jsonb_build_object('order', n * 40)
FROM generate_series(1, 10000) AS n
""",
    "ANALYZE",
)


def test_rows_that_are_done_are_not_read_again(shop):
    """Half of the sheet is taken back: the next slice begins where the last one ended."""
    batch = make_batch()
    fill(ROWS[:1] + ROWS[2:], {"batch": batch.pk})
    batch.counters = {"undo": {"row": 30_001}}
    nodes, _ms = nodes_of(undoing.rows_left(batch)[: undoing.SLICE])
    assert sum(node[3] for node in nodes if node[1] == "customers_importrow") == undoing.SLICE
    # The test of the test: without the place it reads past all that is done.
    batch.counters = {}
    nodes, _ms = nodes_of(undoing.rows_left(batch)[: undoing.SLICE])
    assert sum(node[3] for node in nodes if node[1] == "customers_importrow") >= 30_000
    assert ImportRow.objects.count() == 60_000


def test_orders_that_a_later_sheet_changed_are_found_by_her_whose_they_are(shop, employee, owner):
    values = {
        "owner": employee.pk, "boss": owner.pk, "near": shop.binjiang.pk, "far": shop.xihu.pk, "people": PEOPLE,
        "orders": ORDERS,
    }  # fmt: skip
    first, later = make_batch("订单.xlsx", kind="orders"), make_batch("订单2.xlsx", kind="orders")
    ours = f"UPDATE customers_order SET batch_id = {first.pk} WHERE id % 20 = 0"
    fill((*FILL[:-1], ours, *ROWS), {**values, "batch": make_batch().pk, "later": later.pk})
    newest = dict(Order.objects.filter(batch=first).order_by("-pk").values_list("pk", "customer")[:500])
    mine = Order.objects.filter(pk__in=newest)
    with CaptureQueriesContext(connection) as asked:
        touched = mine.filter(_touched(first, set(newest.values())))
    nodes = nodes_in(*[query["sql"] for query in asked if "importrow" in query["sql"]])[0]
    assert [node for node in nodes if node[0] == "Seq Scan" and node[1] == "customers_importrow"] == []
    assert 1 <= sum(node[3] for node in nodes if node[1] == "customers_importrow") <= 5 * len(newest)
    assert [node for node in nodes_of(touched)[0] if node[0] == "Seq Scan" and node[1] in LARGE] == []
    found = set(touched.values_list("pk", flat=True))
    assert found == {pk for pk in newest if pk % 40 == 0} == set(mine.filter(_touched(first)).values_list("pk", flat=True))


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
        "touched": holding.naming(pks, holding.work(batch)),
        "pinned": holding.naming(pks, holding.pins(batch)),
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
    held = holding.among(batch)
    assert (held.looked, held.unchecked, len(held.touched), held.pinned) == (PEOPLE // 4, 0, PEOPLE // 4, [])
    assert people.filter(Q(orders__isnull=False)).distinct().count() == len(pks)
