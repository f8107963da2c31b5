"""The list of orders at 400,000: PostgreSQL answers from its indexes, without the customer where every row is seen."""

import json

import pytest
from django.db import connection
from django.test import RequestFactory

from customers.choices import OrderState
from customers.models import Order
from customers.queries import orders
from scrm.kit.paginator import CAP
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.scale.filling import fill

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.scale,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)"),
]
PEOPLE, ORDERS = 40_000, 400_000
FILL = (
    """
INSERT INTO customers_customer (id, name, name_key, phone, gender, birth_lunar, city, address, company, occupation,
    education, income_band, spending_band, budget, note, custom, legacy, created_at, updated_at, owner_id, store_id)
SELECT n, name, name, '138' || lpad(n::text, 8, '0'), '', false, '', '', '', '', '', '', '', '', '', '{{}}', '{{}}',
    now(), now(), CASE WHEN n % 500 = 0 THEN {owner} END, CASE WHEN n % 100 = 1 THEN {near} ELSE {far} END
FROM (SELECT n, '客' || n AS name FROM generate_series(1, {people}) AS n) AS rows
""",
    """
INSERT INTO customers_identity (customer_id, kind, value, tail, verified, source, first_seen)
SELECT id, 'phone', phone, right(phone, 4), false, '', now() FROM customers_customer
""",
    """
INSERT INTO customers_product (id, code, name, role, is_active, created_at)
SELECT n, 'P' || n, '商品' || n, '', true, now() FROM generate_series(1, 500) AS n
""",
    """
INSERT INTO customers_channel (id, name, domain, online, is_active)
SELECT n, '渠道' || n, '', NULL, true FROM generate_series(1, 3) AS n
""",
    """
INSERT INTO customers_order (id, source, number, customer_id, state, ordered_at, paid_at, goods_fen, discount_fen,
    freight_fen, stored_value_fen, paid_fen, refunded_fen, approval, proof, note, digest, created_at, updated_at, channel_id,
    batch_id)
SELECT n, CASE WHEN n % 4000 = 0 THEN 'hand' WHEN n % 2 = 0 THEN 'taobao' ELSE 'meituan' END, to_char(n, 'FM"T"00000000'),
    1 + (n::bigint * 7919) % {people}, CASE WHEN n % 20000 = 0 THEN 'placed' ELSE 'fulfilled' END,
    now() - n * interval '3 minutes', now(), 100, 0, 0, 0, 100, 0, CASE WHEN n % 8000 = 0 THEN 'pending' ELSE '' END,
    '', '', '', now(), now(), CASE WHEN n % 50 = 0 THEN 1 + n % 3 END, CASE WHEN n BETWEEN 5000 AND 5300 THEN 7 END
FROM generate_series(1, {orders}) AS n
""",
    """
INSERT INTO customers_orderline (order_id, product_id, quantity, amount_fen)
SELECT n, CASE WHEN n % 5000 = 0 THEN 500 WHEN n % 5 = 1 THEN 499 ELSE 1 + n % 400 END, 1, 100 FROM generate_series(1, {orders}) AS n
""",
    """
INSERT INTO customers_ordercredit (order_id, employee_id, role, share_bp)
SELECT n, CASE WHEN n % 3 = 0 THEN {owner} ELSE {boss} END, 'opener', 10000 FROM generate_series(1, {orders}) AS n
""",
    "ANALYZE",
)


@pytest.fixture
def books(shop, employee, owner):
    values = {
        "owner": employee.pk, "boss": owner.pk, "near": shop.binjiang.pk, "far": shop.xihu.pk, "people": PEOPLE,
        "orders": ORDERS,
    }  # fmt: skip
    fill(FILL, values)


def nodes_of(rows):
    """(kind of node, table, index, rows it really read) of what PostgreSQL did."""
    return nodes_in(*rows.query.sql_with_params())


def nodes_in(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
    top = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    nodes, found = [top["Plan"]], []
    while nodes:
        node = nodes.pop()
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        found.append((node["Node Type"], node.get("Relation Name", ""), node.get("Index Name", ""), read))
        nodes += node.get("Plans", [])
    return found, top["Execution Time"]


# Of 400,000: what a page and its count may read. Ten million change nothing for whoever sees every row; a manager's
# count grows with her own customers.
MOST_READ = {"owner": 60_000, "manager": 60_000, "employee": 10_000}
QUESTIONS = {
    "all": {},
    "days": {"from": "2026-05-01", "to": "2026-05-07"},
    "placed": {"state": OrderState.PLACED.value},
    "cancelled": {"state": OrderState.CANCELLED.value},
    "fulfilled": {"state": OrderState.FULFILLED.value},
    "waiting": {"waiting": "1"},
    "large source": {"source": "taobao"},
    "small source": {"source": "hand"},
    "channel": {"channel": "1"},
    "batch": {"batch": "7"},
    "customer": {"customer": "77"},
    "common product": {"product": "5"},
    "rare product": {"product": "500"},
    "everywhere": {"product": "499"},
    "whole number": {"q": "T00123456"},
    "beginning": {"q": "T001234"},
    "wide beginning": {"q": "T00"},
    "name": {"q": "客777"},
    "phone": {"q": "13800000777"},
    "tail": {"q": "0777"},
}


def asked(admin_site, user, question):
    from customers.admin.orders.admin import OrderAdmin

    request = RequestFactory().get("/admin/customers/order/", question)
    request.user = user
    return OrderAdmin(Order, admin_site).get_changelist_instance(request)


def test_every_page_and_every_count_is_served_by_an_index(books, owner, manager, employee):
    """All three in one test: to fill the tables takes longer than all the questions."""
    from django.contrib import admin

    questions = {**QUESTIONS, "served": {"served": str(owner.pk)}}
    told, wrong = {}, {}
    for who, user in {"owner": owner, "manager": manager, "employee": employee}.items():
        for name, question in questions.items():
            listed = asked(admin.site, user, question)
            page, page_ms = nodes_of(listed.queryset[:50])
            # As the paginator counts: rows that are read end with the limit.
            count, count_ms = nodes_of(listed.queryset.order_by().values("pk")[: CAP + 1])
            read = max((node[3] for node in page + count if node[1]), default=0)
            told[f"{who}: {name}"] = (round(page_ms), round(count_ms), int(read))
            if read > MOST_READ[who]:
                wrong[f"{who}: {name}"] = int(read)
            if who == "owner" and "customers_customer" in {node[1] for node in page + count}:
                wrong[f"{who}: {name}"] = "reads customers"
    print(json.dumps(told))
    assert wrong == {}
    assert orders.sources() == ["hand", "meituan", "taobao"]


def test_sources_are_probed_not_scanned(shop, django_assert_num_queries):
    for n, source in enumerate(("taobao", "hand", "meituan", "hand")):
        make_order(make_customer(str(n)), source=source)
    with django_assert_num_queries(1):
        assert orders.sources() == ["hand", "meituan", "taobao"]
