"""Search at 200,000 people: PostgreSQL answers from its indexes, whatever is typed."""

import json

import pytest
from django.db import connection

from customers.models import Customer, Identity
from customers.queries import people
from tests.scale.filling import fill

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.scale,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)"),
]
PEOPLE = 200_000
FILL = """
INSERT INTO customers_customer (id, name, name_key, phone, gender, birth_lunar, city, address, company, occupation,
    education, income_band, spending_band, budget, note, custom, legacy, created_at, updated_at, owner_id, store_id)
SELECT n, name, name, phone, '', false, '', '', '', '', '', '', '', '', '', '{{}}', '{{}}', now(), now(),
    CASE WHEN n % 500 = 0 THEN {owner} END, {store}
FROM (
    SELECT n, '138' || lpad(((n::bigint * 7919) % 100000000)::text, 8, '0') AS phone,
        substr('王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗', 1 + n % 20, 1)
        || chr(19968 + (n * 31) % 5000) || chr(19968 + (n * 17) % 4999) AS name
    FROM generate_series(1, {people}) AS n
) AS rows
"""
IDENTITIES = """
INSERT INTO customers_identity (customer_id, kind, value, tail, verified, source, first_seen)
SELECT id, 'phone', phone, right(phone, 4), false, '', now() FROM customers_customer
UNION ALL
SELECT id, 'legacy:系统' || id % 30, 'VIP' || id, '', false, '', now() FROM customers_customer WHERE id % 2 = 0
"""


@pytest.fixture
def base(shop, employee):
    values = {"people": PEOPLE, "owner": employee.pk, "store": shop.xihu.pk}
    fill((FILL, IDENTITIES, "ANALYZE customers_customer", "ANALYZE customers_identity"), values)
    return Customer.objects.get(pk=150_000)


def plan_of(rows):
    """Every node of the plan PostgreSQL chooses, as (kind of node, table, index)."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
    nodes, found = [(json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]], []
    while nodes:
        node = nodes.pop()
        found.append((node["Node Type"], node.get("Relation Name", ""), node.get("Index Name", "")))
        nodes += node.get("Plans", [])
    return found


def typed(person):
    """What people type, and the index that must serve it."""
    return {
        person.phone: "customers_identity_unique",
        person.phone[:8]: "customers_identity_unique",
        person.phone[-4:]: "customers_identity_tail",
        person.name: "customers_name_bigrams",
        person.name[1:]: "customers_name_bigrams",
        "VIP150000": "customers_name_bigrams",
        f"138****{person.phone[-4:]}": "customers_identity_tail",
    }


def test_every_search_is_served_by_an_index(base, owner):
    """Whole numbers, beginnings, tails, names, cards; a name of one character by its beginning."""
    for text, index in typed(base).items():
        plan = plan_of(people.matching(Customer.objects.visible_to(owner), owner, text).order_by("-pk")[:20])
        assert [node for node in plan if node[0] == "Seq Scan"] == [], text
        assert index in {node[2] for node in plan}, (text, plan)
        assert base in people.search(owner, text, limit=100), text
    plan = plan_of(Customer.objects.filter(people.begins(base.name[:1])).order_by()[:20_000])
    assert "customers_name_key" in {node[2] for node in plan}
    # The test of the test: without an index the plan says so.
    assert ("Seq Scan", "customers_customer", "") in plan_of(Customer.objects.filter(note="x"))
    assert Identity.objects.count() == PEOPLE * 3 // 2
