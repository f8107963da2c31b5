"""How fast touches and orders become credits under all five models: the stock way, the physical limit and ours, in one run.

    uv run python benchmarks/attribution.py --touches 1000000 --orders 200000 --json

(a) stock: what one writes first: order by order, her touches by the ORM, five splits, one INSERT a credit. Of a sample of
           the orders; `stock_seconds_for_all` is worked out from it, nobody waits for it.
(b) limit: COPY of the finished conversions and credits into the very tables that ours fills, indexes and foreign keys
           included.
(c) ours:  listeners told of every order as an import tells them, then the job until nothing waits.
(d) day:   one more day: its touches read, its orders told of, the job.

They alternate, n rounds, medians. Needs PostgreSQL (DATABASE_URL, default a local server); it makes and drops a database of
its own.
"""

import argparse
import json
import statistics
import time
from functools import partial
from typing import Any

import database

DATABASE = "scrm_bench_attribution"
DAYS = 90
TABLES = ("campaigns_conversion", "campaigns_credit")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--stock-orders", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own(DATABASE) as (_folder, _there):
        result = measure(options)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    database.set_up()
    fill(options.touches, options.orders)
    run_ours()
    rows = counts()
    finished = capture()
    seconds: dict[str, list[float]] = {"stock": [], "limit": [], "ours": [], "day": []}
    for nth in range(options.rounds):
        empty()
        seconds["stock"].append(timed(lambda: run_stock(options.stock_orders)))
        empty()
        seconds["limit"].append(timed(lambda: run_limit(finished)))
        empty()
        seconds["ours"].append(timed(run_ours))
        touched, ordered = add_day(options, nth)
        seconds["day"].append(timed(partial(run_day, touched, ordered)))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    stock_for_all = medians["stock"] * options.orders / options.stock_orders
    return {
        "touches": options.touches,
        "orders": options.orders,
        "days": DAYS,
        **rows,
        "rounds": options.rounds,
        "seconds": {name: [round(value, 3) for value in values] for name, values in seconds.items()},
        "median": {name: round(value, 3) for name, value in medians.items()},
        "orders_per_second": round(options.orders / medians["ours"]),
        "stock_orders": options.stock_orders,
        "stock_seconds_for_all": round(stock_for_all),
        "stock_over_ours": round(stock_for_all / medians["ours"], 1),
        "ours_over_limit": round(medians["ours"] / medians["limit"], 2),
        "full_over_day": round(medians["ours"] / medians["day"], 1),
        "goals": {"full_over_day": 50},
    }


def timed(run: Any) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def execute(statement: str, *params: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def fill(touches: int, orders: int) -> None:
    """Half as many people as orders, two devices each and a quarter more of strangers; ten campaigns, 400 links."""
    from campaigns.models import Campaign, Link
    from customers.models import Channel
    from scrm.staff.models import Employee

    staff = [Employee.objects.create(name=f"员工{n}", phone=f"139{n:08d}") for n in range(20)]
    channels = [Channel.objects.create(name=f"渠道{n}") for n in range(5)]
    campaigns = [Campaign.objects.create(name=f"活动{n}", state="running") for n in range(10)]
    Link.objects.bulk_create(
        Link(code=f"{n:07d}", campaign=campaigns[n % 10], employee=staff[n // 10 % 20], channel=channels[n // 200])
        for n in range(400)
    )
    people = max(orders // 2, 1)
    execute("SELECT setseed(0.5)")
    execute(
        """INSERT INTO customers_customer (id, name, name_key, phone, gender, birth_lunar, city, address, company,
             occupation, education, income_band, spending_band, budget, note, custom, legacy, created_at, updated_at)
           SELECT n, 'c' || n, 'c' || n, '', '', false, '', '', '', '', '', '', '', '', '', '{}', '{}', now(), now()
           FROM generate_series(1, %s) n""",
        people,
    )
    execute(
        """INSERT INTO campaigns_visitor (id, key, kind, customer_id, first_seen)
           SELECT n, gen_random_uuid(), 'cookie', CASE WHEN n <= 2 * %s THEN (n + 1) / 2 END, now()
           FROM generate_series(1, %s) n""",
        people, people * 5 // 2,
    )  # fmt: skip
    add_touches(touches, 0, DAYS)
    add_orders(orders, 0, DAYS)
    for table in ("customers_customer", "campaigns_visitor"):
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    execute("VACUUM ANALYZE")


def moment(count: int, after: int, days: int) -> str:
    """Of the n-th of `count`: they come one after another, as in life."""
    return f"timestamptz '2026-01-01 00:00+08' + interval '{after} days' + interval '{days} days' * (n::float8 / {count + 1})"


def add_touches(count: int, after: int, days: int) -> None:
    """Read already: of ten six are views, two scans, one a new friend, one a recommendation; four of five are unique."""
    from campaigns.models import Link, Visitor

    execute("SET session_replication_role = replica")  # the rows are right: filling checks no foreign keys
    execute(
        f"""WITH made AS (
              INSERT INTO campaigns_touch (link_id, visitor_key, visitor_kind, kind, at, hint, agent, origin)
              SELECT %s + floor(random() * 400)::bigint, v.key, 'cookie',
                     (ARRAY['view','view','view','view','view','view','scan','scan','friend','referral'])[1 + n %% 10],
                     {moment(count, after, days)}, '', 'Mozilla/5.0', ''
              FROM (SELECT n, 1 + floor(random() * %s)::bigint AS who FROM generate_series(1, %s) n) t
              JOIN campaigns_visitor v ON v.id = t.who RETURNING id, link_id, visitor_key, kind, at)
            INSERT INTO campaigns_touchreading (touch_id, visitor_id, link_id, campaign_id, kind, at, day, not_counted,
                                                "unique", first)
            SELECT made.id, v.id, link_id, l.campaign_id, made.kind, made.at, (made.at AT TIME ZONE 'Asia/Shanghai')::date,
                   '', made.id %% 5 <> 0, false
            FROM made JOIN campaigns_visitor v ON v.key = made.visitor_key JOIN campaigns_link l ON l.id = link_id""",
        Link.objects.order_by("pk").values_list("pk", flat=True)[0], Visitor.objects.count(), count,
    )  # fmt: skip
    execute("SET session_replication_role = origin")


def add_orders(count: int, after: int, days: int) -> None:
    from customers.models import Customer, Order

    execute(
        f"""INSERT INTO customers_order (source, number, customer_id, state, ordered_at, goods_fen, discount_fen, freight_fen,
              stored_value_fen, paid_fen, refunded_fen, approval, proof, note, digest, created_at, updated_at)
            SELECT 'bench', 'B' || (%s + n), 1 + floor(random() * %s)::bigint, 'fulfilled',
                   {moment(count, after, days)}, 0, 0, 0, 0, 1000 + floor(random() * 90000)::bigint, 0, '', '',
                   '', '', now(), now()
            FROM generate_series(1, %s) n""",
        Order.objects.count(), Customer.objects.count(), count,
    )  # fmt: skip


def empty() -> None:
    execute("TRUNCATE campaigns_credit, campaigns_conversion, campaigns_orderwork CASCADE")
    execute("VACUUM")


def counts() -> dict[str, int]:
    from campaigns.models import Conversion, Credit

    return {"conversions": Conversion.objects.count(), "credits": Credit.objects.count()}


def run_ours() -> None:
    from customers.models import Order

    tell(list(Order.objects.order_by("pk").values_list("pk", flat=True)))
    work_off()


def tell(orders: list[int]) -> None:
    """As an import does, a slice of a thousand at a time."""
    from customers.services.ordering import listeners

    for start in range(0, len(orders), 1_000):
        listeners.tell(orders[start : start + 1_000])


def work_off() -> None:
    from campaigns.services.crediting import running

    assert running.run(seconds=10**6, progress=lambda: None, stopping=lambda: False)


def add_day(options: argparse.Namespace, nth: int) -> tuple[list[int], list[int]]:
    """What came since: a ninetieth of all, on a day after the others."""
    from campaigns.models import TouchReading
    from customers.models import Order

    last_touch = TouchReading.objects.order_by("-pk").values_list("pk", flat=True)[0]
    last_order = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    add_touches(options.touches // DAYS, DAYS + nth, 1)
    add_orders(options.orders // DAYS, DAYS + nth, 1)
    return (
        list(TouchReading.objects.filter(pk__gt=last_touch).order_by("pk").values_list("pk", flat=True)),
        list(Order.objects.filter(pk__gt=last_order).order_by("pk").values_list("pk", flat=True)),
    )


def run_day(touched: list[int], ordered: list[int]) -> None:
    from campaigns.services.crediting import work

    for start in range(0, len(touched), 1_000):
        work.of_touches(touched[start : start + 1_000])
    tell(ordered)
    work_off()


def capture() -> dict[str, bytes]:
    """The rows that ours writes, as PostgreSQL's own COPY text."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            with cursor.cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                found[table] = b"".join(bytes(part) for part in copy)
    return found


def run_limit(finished: dict[str, bytes]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in finished.items():
            with cursor.cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows)


def run_stock(orders: int) -> None:
    """Order by order, as one writes it first, with floats and the rest of the fen for the last link."""
    from datetime import timedelta

    from django.utils import timezone

    from campaigns.models import Conversion, Credit, TouchReading
    from customers.models import Order

    for order in Order.objects.counting().filter(ordered_at__isnull=False).order_by("pk")[:orders]:
        found = TouchReading.objects.filter(unique=True, visitor__customer=order.customer_id, at__lte=order.ordered_at)
        touches = []
        for touch in found.select_related("campaign", "link").order_by("at", "pk"):
            c = touch.campaign
            days = {"view": c.view_days, "scan": c.scan_days, "friend": c.scan_days, "referral": c.referral_days}[touch.kind]
            if order.ordered_at - touch.at <= timedelta(days=days):
                touches.append(touch)
        if not touches:
            continue
        day = timezone.localdate(order.ordered_at)
        conversions = {
            campaign: Conversion.objects.create(
                order=order, campaign_id=campaign, customer_id=order.customer_id, net_fen=order.net_fen,
                at=order.ordered_at, day=day,
                number=1 + Conversion.objects.filter(customer=order.customer_id, campaign=campaign).count(),
            )
            for campaign in {touch.campaign_id for touch in touches}
        }  # fmt: skip
        n = len(touches)
        ages = [(order.ordered_at - touch.at).total_seconds() for touch in touches]
        weights = {
            "last": [0.0] * (n - 1) + [1.0],
            "first": [1.0] + [0.0] * (n - 1),
            "linear": [1.0] * n,
            "position": [1.0] * n if n < 3 else [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4],
            "decay": [2 ** (-age / 604_800) for age in ages],
        }
        for model, each in weights.items():
            by_link: dict[int, float] = {}
            links = {touch.link_id: touch.link for touch in touches}
            for touch, weight in zip(touches, each, strict=True):
                if weight:
                    by_link[touch.link_id] = by_link.get(touch.link_id, 0) + weight
            left, whole = order.net_fen, sum(by_link.values())
            for at, (link, weight) in enumerate(by_link.items(), 1):
                share = left if at == len(by_link) else round(order.net_fen * weight / whole)
                left -= share
                of = links[link]
                Credit.objects.create(
                    conversion=conversions[of.campaign_id], order=order, link=of, model=model, share_fen=share,
                    campaign_id=of.campaign_id, employee_id=of.employee_id, channel_id=of.channel_id, day=day,
                )  # fmt: skip


if __name__ == "__main__":
    main()
