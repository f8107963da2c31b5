"""How fast a board opens over many facts, and what it costs to bring it up to date.

    uv run python benchmarks/board.py --touches 9000000 --orders 200000 --json

Facts are filled by the database itself: touches read and counted, leads, orders credited under all five models, over
--days days, --campaigns campaigns (the first has a tenth of everything) and --links links each. Then

(a) stock:   the board's figures by aggregates over the raw facts, as a page without rollups would;
(b) limit:   a bare index scan of the first campaign's rollup rows, summed by the database;
(c) ours:    the figures of the page (whole, employees, channels, days, those held against), then the page itself;
(d) refresh: one more day of touches of every campaign, against counting everything anew.

Alternated, medians in milliseconds. Needs PostgreSQL (DATABASE_URL, default a local server); makes and drops a database of
its own.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import database

STAFF, CHANNELS = 40, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=9_000_000)
    parser.add_argument("--leads", type=int, default=300_000)
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--stock-rounds", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave the database, and use it again the next time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own("scrm_bench_board", keep=options.keep) as (_folder, there):
        database.set_up(migrate=not there)
        result = measure(options, there)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


# The first campaign has a tenth of everything; a link is of one employee and one channel; the newest day is the last.
CAMPAIGN = "CASE WHEN g % 10 = 0 THEN c.first ELSE c.first + 1 + (g / 10) % ({campaigns} - 1) END"
LINK = "l.first + (({campaign}) - c.first) * {links} + (g * 7919) % {links}"
DAY = "date '2026-01-01' + (g % {days})::int"
FROM = """
    FROM generate_series(1::bigint, {many}) g,
        (SELECT min(id) AS first FROM campaigns_campaign) c, (SELECT min(id) AS first FROM campaigns_link) l,
        (SELECT min(id) AS first FROM campaigns_visitor) v, (SELECT min(id) AS first FROM customers_customer) p
"""
TOUCHES = """
    INSERT INTO campaigns_touchreading (touch_id, visitor_id, link_id, campaign_id, kind, at, day, not_counted, "unique", "first")
    SELECT {offset} + g, v.first + g % 100000, {link}, {campaign}, 'view', {day} + interval '6 hours', {day},
        CASE WHEN g % 17 = 0 THEN 'bot' ELSE '' END, g % 17 <> 0 AND g % 3 <> 0, g % 17 <> 0 AND g % 4 = 1
"""
LEADS = """
    INSERT INTO campaigns_participation (campaign_id, customer_id, link_id, at, day, answers, wished, is_new, doubled, arrived_on)
    SELECT {campaign}, p.first + g, {link}, {day} + interval '6 hours', {day}, '{{}}', '', g % 2 = 0, false,
        CASE WHEN g % 3 = 0 THEN {day} + 2 END
"""
ORDERS = """
    INSERT INTO customers_order (source, number, customer_id, state, ordered_at, goods_fen, discount_fen, freight_fen,
        stored_value_fen, paid_fen, refunded_fen, approval, note, digest, created_at, updated_at, proof)
    SELECT 'bench', 'N' || g, p.first + g, 'fulfilled', {day} + interval '7 hours', 9900, 0, 0, 0, 9900, 0, '', '', '', now(), now(), ''
"""
CONVERSIONS = """
    INSERT INTO campaigns_conversion (order_id, campaign_id, customer_id, net_fen, at, day, number)
    SELECT o.id, {campaign}, o.customer_id, 9900, o.ordered_at, {day}, 1 + (g % 5 = 0)::int
"""
CREDITS = """
    INSERT INTO campaigns_credit (conversion_id, order_id, link_id, model, share_fen, campaign_id, employee_id, channel_id, day)
    SELECT x.id, x.order_id, k.id, m.model, CASE WHEN m.model IN ('last', 'first') THEN x.net_fen ELSE x.net_fen / 2 END,
        x.campaign_id, k.employee_id, k.channel_id, x.day
    FROM campaigns_conversion x,
        (VALUES ('last', 0), ('first', 1), ('linear', 0), ('linear', 1), ('position', 0), ('position', 1), ('decay', 0), ('decay', 1)) m(model, nth),
        campaigns_link k
    WHERE k.id = (SELECT min(id) FROM campaigns_link WHERE campaign_id = x.campaign_id) + (x.id * 31 + m.nth * 17) % {links}
"""


def sized(text: str, options: argparse.Namespace, many: int, offset: int = 0) -> str:
    numbers = {"campaigns": options.campaigns, "links": STAFF * CHANNELS, "days": options.days}
    campaign = CAMPAIGN.format(**numbers)
    parts = {"campaign": campaign, "link": LINK.format(campaign=campaign, **numbers), "day": DAY.format(**numbers)}
    return text.format(**parts, **numbers, many=many, offset=offset)


def fill(options: argparse.Namespace) -> None:
    from django.db import connection

    from campaigns.models import Campaign, Link
    from customers.models import Channel
    from scrm.kit import codes
    from scrm.staff.choices import Role
    from scrm.staff.models import Employee

    staff = [
        Employee.objects.create_user(f"138{n:08d}", None, name=f"员工{n}", role=Role.OWNER if n == 0 else Role.EMPLOYEE)
        for n in range(STAFF)
    ]
    channels = [Channel.objects.create(name=f"渠道{n}") for n in range(CHANNELS)]
    for n in range(options.campaigns):
        campaign = Campaign.objects.create(name=f"活动{n}", state="running")
        Link.objects.bulk_create(
            [
                Link(code=codes.random_code(7), campaign=campaign, employee=one, channel=channel)
                for one in staff
                for channel in channels
            ]
        )
    people = max(options.leads, options.orders) + 10
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_visitor (key, kind, first_seen) SELECT gen_random_uuid(), 'cookie', now() FROM generate_series(1, 100000)"
        )
        cursor.execute(
            f"""INSERT INTO customers_customer (name, name_key, phone, gender, birth_lunar, city, address, company, occupation,
                education, income_band, spending_band, budget, note, custom, legacy, created_at, updated_at)
            SELECT '', '', '', '', false, '', '', '', '', '', '', '', '', '', '{{}}', '{{}}', now(), now()
            FROM generate_series(1, {people})"""
        )
        cursor.execute(sized(TOUCHES + FROM, options, options.touches))
        cursor.execute(sized(LEADS + FROM, options, options.leads))
        cursor.execute(sized(ORDERS + FROM, options, options.orders))
        cursor.execute(
            sized(CONVERSIONS + FROM, options, options.orders) + " JOIN customers_order o ON o.source = 'bench' AND o.number = 'N' || g"
        )
        cursor.execute(sized(CREDITS, options, 0))
        cursor.execute("VACUUM ANALYZE")


STOCK = (
    """SELECT count(*), count(*) FILTER (WHERE not_counted = ''), count(*) FILTER (WHERE "unique"), count(*) FILTER (WHERE "first")
    FROM campaigns_touchreading WHERE campaign_id = %s""",
    """SELECT l.employee_id, l.channel_id, count(*) FILTER (WHERE r."first") FROM campaigns_touchreading r
    JOIN campaigns_link l ON l.id = r.link_id WHERE r.campaign_id = %s GROUP BY 1, 2""",
    """SELECT day, count(*) FILTER (WHERE "first") FROM campaigns_touchreading WHERE campaign_id = %s GROUP BY day""",
    "SELECT day, count(*) FROM campaigns_participation WHERE campaign_id = %s AND NOT doubled GROUP BY day",
    "SELECT employee_id, channel_id, count(*), sum(share_fen) FROM campaigns_credit WHERE campaign_id = %s AND model = 'last' GROUP BY 1, 2",
)
LIMIT = (
    "SELECT sum(raw), sum(views), sum(uniques), sum(visitors), sum(leads), sum(arrivals) FROM campaigns_boardday WHERE campaign_id = %s",
    "SELECT sum(orders), sum(net_fen) FROM campaigns_boardcredit WHERE campaign_id = %s AND model = 'last'",
)


def measure(options: argparse.Namespace, there: bool) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["*"]
    if not there:
        fill(options)
    from django.test import Client

    from campaigns.models import BoardCredit, BoardDay, Campaign
    from campaigns.queries.board import figures, one, shop, spans
    from campaigns.queries.board.rows import Cut
    from campaigns.queries.board.scoping import Sight
    from campaigns.services import boarding
    from scrm.kit import clock
    from scrm.staff.models import Employee

    first = Campaign.objects.order_by("pk").first()
    owner = Employee.objects.order_by("pk").first()
    assert first is not None and owner is not None
    full = clocked(lambda: everything(boarding))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sight = Sight(owner)
    half = spans.choose({"first": "2026-04-01", "last": "2026-09-30"}, campaign=first)
    client = Client()
    client.force_login(owner)
    ways: dict[str, Callable[[], object]] = {
        "limit": lambda: asked(LIMIT, first.pk),
        "board": lambda: one.of(first, sight=sight, span=spans.choose({}, campaign=first), as_of=clock.now()),
        "board_half_a_year": lambda: one.of(first, sight=sight, span=half, as_of=clock.now()),
        "board_linear": lambda: one.of(first, sight=sight, span=half, model="linear", as_of=clock.now()),
        "shop": lambda: shop.of(sight=sight, span=spans.choose({"first": "2026-04-01", "last": "2026-09-30"})),
        "page": lambda: page(client, f"/admin/campaigns/board/{first.pk}/"),
        "page_of_all": lambda: page(client, "/admin/campaigns/board/?span=own&first=2026-09-01&last=2026-09-30"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(options.rounds):
        for name, way in ways.items():
            times[name].append(clocked(way))
    medians = {name: round(statistics.median(found), 2) for name, found in times.items()}
    stock = statistics.median(clocked(lambda: asked(STOCK, first.pk)) for _round in range(options.stock_rounds))
    new = options.touches // options.days
    with connection.cursor() as cursor:
        cursor.execute(sized(TOUCHES, options, new, offset=10**12).replace(DAY.format(days=options.days), "date '2027-01-02'") + sized(FROM, options, new))
        cursor.execute("ANALYZE campaigns_touchreading")
    campaigns = list(Campaign.objects.values_list("pk", flat=True))
    boarding.changed((pk, clock.today().replace(year=2027, month=1, day=2)) for pk in campaigns)
    day = clocked(boarding.refresh)
    whole = figures.whole(Cut(Sight(None)))
    facts = options.touches + options.leads + options.orders + 8 * options.orders
    return {
        "facts": facts,
        "rollup_rows": BoardDay.objects.count() + BoardCredit.objects.count(),
        "touches_told": whole.raw,
        "milliseconds": {**medians, "stock": round(stock, 1), "refresh_one_day": round(day, 1), "count_everything": round(full, 1)},
        "ratios": {
            "stock_to_board": round(stock / medians["board"], 1),
            "board_to_limit": round(medians["board"] / medians["limit"], 1),
            "everything_to_one_day": round(full / day, 1),
        },
    }


def everything(boarding: Any) -> None:
    from campaigns.models import Campaign

    for pk in Campaign.objects.order_by("pk").values_list("pk", flat=True):
        boarding.rebuild(pk)
    boarding.refresh()


def asked(statements: tuple[str, ...], pk: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [pk])
            cursor.fetchall()


def page(client: Any, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, response.status_code


def clocked(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


if __name__ == "__main__":
    main()
