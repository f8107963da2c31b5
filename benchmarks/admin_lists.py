"""How fast the lists and searches of the admin are, against an empty page of the same template.

    uv run python benchmarks/admin_lists.py --customers 1000000 --orders 10000000 --json

(a) floor: a page of our base template with the same sidebar and user and no content.
(b) stock: Django's plain list of the same table (`ModelAdmin` with its search, no paginator of ours).
(c) ours:  list, searches by number and by name, filters by tag and by city, her page, today's list, orders.

All in one process, alternated, n rounds, medians in milliseconds; what counts is ours above the floor, and ours against
stock. Needs PostgreSQL (DATABASE_URL, default a local server); makes and drops a database of its own.
"""

import argparse
import json
import statistics
import time
from typing import Any
from urllib.parse import quote

import database

DATABASE = "scrm_bench_lists"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--stock-rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the database, and use it again the next time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own(DATABASE, keep=options.keep) as (_folder, there):
        result = measure(options, there)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


FILL = (
    # 100 surnames × 400 given names; every tenth without a phone; 30 tags, 3 for each person in the mean.
    """
    INSERT INTO customers_customer (name, name_key, phone, gender, birth_md, birth_lunar, city, address, company,
        occupation, education, income_band, spending_band, budget, store_id, owner_id, known_since, note, custom, legacy,
        created_at, updated_at, last_contact_at)
    SELECT n.name, n.name, CASE WHEN g % 10 = 0 THEN '' ELSE '13' || lpad((g::bigint * 7919 % 1000000000)::text, 9, '0') END,
        CASE WHEN g % 9 = 0 THEN 'male' ELSE 'female' END, (1 + g % 12) * 100 + 1 + g % 28, false,
        (ARRAY['杭州','上海','宁波','绍兴','嘉兴','湖州','苏州','南京','',''])[1 + g % 10], '', '', '', '', '', '', '',
        (SELECT min(id) + 1 + g % 4 FROM staff_department), (SELECT min(id) + g % 200 FROM staff_employee),
        date '2020-01-01' + (g % 2000)::int, '', '{{}}', '{{}}', now() - g * interval '1 minute', now(),
        CASE WHEN g % 3 = 0 THEN now() - (g % 300) * interval '1 day' END
    FROM generate_series(1, {customers}) g,
        LATERAL (SELECT chr(19968 + (g * 31 % 100)::int * 7) || chr(20480 + (g * 17 % 400)::int * 9)
            || chr(24576 + (g * 13 % 300)::int * 5) AS name) n
    """,
    """
    INSERT INTO customers_identity (customer_id, kind, value, tail, verified, source, first_seen)
    SELECT id, 'phone', phone, right(phone, 4), false, 'bench', now() FROM customers_customer WHERE phone <> ''
    """,
    """
    INSERT INTO customers_customertag (customer_id, tag_id, set_by, at)
    SELECT DISTINCT c.id, (SELECT min(id) FROM customers_tag) + (c.id * k * 13) % 30, 'import', now()
    FROM customers_customer c, generate_series(1, 3) k
    """,
    """
    INSERT INTO customers_order (source, number, customer_id, state, ordered_at, paid_at, goods_fen, discount_fen,
        freight_fen, stored_value_fen, paid_fen, refunded_fen, approval, note, digest, created_at, updated_at, proof)
    SELECT 'bench', 'N' || g, (SELECT min(id) FROM customers_customer) + g::bigint * 7919 % {customers}, 'fulfilled',
        now() - (g % 1000000) * interval '40 seconds', now(), 9900, 0, 0, 0, 9900, 0, '', '', '', now(), now(), ''
    FROM generate_series(1, {orders}) g
    """,
)


def fill(options: argparse.Namespace) -> None:
    from django.db import connection

    from customers.models import Tag, TagGroup
    from scrm.staff.choices import DepartmentKind, Role
    from scrm.staff.models import Department, Employee

    company = Department.objects.create(name="总部", kind=DepartmentKind.COMPANY)
    stores = [Department.objects.create(name=f"{n}店", parent=company) for n in range(1, 5)]
    for n in range(200):
        Employee.objects.create_user(
            f"138{n:08d}", None, name=f"员工{n}", role=Role.OWNER if n == 0 else Role.EMPLOYEE, department=stores[n % 4]
        )
    group = TagGroup.objects.create(name="需求")
    Tag.objects.bulk_create([Tag(group=group, name=f"标签{n}") for n in range(30)])
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(customers=options.customers, orders=options.orders))
        cursor.execute("ANALYZE")


def measure(options: argparse.Namespace, there: bool) -> dict[str, Any]:
    database.set_up()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    began = time.perf_counter()
    if not there:
        fill(options)
    filled = time.perf_counter() - began
    from django.contrib import admin
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.template.response import TemplateResponse
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import path
    from unfold.admin import ModelAdmin

    from customers.models import Customer, Tag
    from scrm.staff.models import Employee

    class Stock(Customer):
        """The same table, under an admin as it comes."""

        class Meta:
            proxy = True
            app_label = "customers"

    class Plain(ModelAdmin):
        list_display = ("name", "phone", "store", "owner", "source", "known_since")
        list_filter = ("store", "owner", "source")
        search_fields = ("name", "phone")

        def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
            return True

    def empty(request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "admin/base_site.html", admin.site.each_context(request) | {"title": "x"})

    admin.site.register(Stock, Plain)
    from scrm import urls  # the site's addresses are settled when they are read

    urls.urlpatterns += [path("bench/empty/", empty)]
    owner = Employee.objects.get(role="owner")
    client = Client()
    client.force_login(owner)
    some = Customer.objects.exclude(phone="").order_by("-pk")[options.customers // 3]
    name, phone, pk = some.name, some.phone, some.pk
    tag = Tag.objects.order_by("pk")[7].pk
    people, stocks = "/admin/customers/customer/", "/admin/customers/stock/"
    ours = {
        "list": people,
        "phone, whole": f"{people}?q={phone}",
        "phone, prefix": f"{people}?q={phone[:7]}",
        "phone, last four": f"{people}?q={phone[-4:]}",
        "name, prefix": f"{people}?q={quote(name[:2])}",
        "name, two inside": f"{people}?q={quote(name[1:])}",
        "tag": f"{people}?tag={tag}",
        "city": f"{people}?city={quote('宁波')}",
        "quiet 90 days": f"{people}?quiet=90",
        "pool": "/admin/customers/pool/",
        "her page": f"{people}{pk}/change/",
        "today": "/admin/customers/task/",
        "orders": "/admin/customers/order/",
        "home": "/admin/",
    }
    queries = {}
    for key, url in ours.items():
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(url)
        assert answer.status_code == 200, (key, answer.status_code)
        queries[key] = len(caught)
    times: dict[str, list[float]] = {key: [] for key in ["floor", *ours]}
    for _round in range(options.rounds):
        for key, url in (("floor", "/bench/empty/"), *ours.items()):
            times[key].append(timed(client, url))
    stocked = {
        "list": [timed(client, stocks) for _n in range(options.stock_rounds)],
        "name": [timed(client, f"{stocks}?q={quote(name[1:])}") for _n in range(options.stock_rounds)],
    }
    medians = {key: statistics.median(values) for key, values in times.items()}
    floor = medians.pop("floor")
    plain = {key: statistics.median(values) for key, values in stocked.items()}
    return {
        "customers": options.customers,
        "orders": options.orders,
        "rounds": options.rounds,
        "filled_s": round(filled, 1),
        "floor_ms": round(floor, 1),
        "above_floor_ms": {key: round(value - floor, 1) for key, value in medians.items()},
        "queries": queries,
        "stock_ms": {key: round(value, 1) for key, value in plain.items()},
        "ratio_list": round(plain["list"] / medians["list"], 1),
        "ratio_name": round(plain["name"] / medians["name, two inside"], 1),
    }


def timed(client: Any, url: str) -> float:
    began = time.perf_counter()
    answer = client.get(url)
    answer.content  # noqa: B018
    assert answer.status_code == 200, (url, answer.status_code)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
