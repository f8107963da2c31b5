"""How fast two people with many rows become one, and two again: the stock way, the physical limit and ours, in one run.

    uv run python benchmarks/merging.py --rows 10000 --json

(a) stock: what one writes first: each row of the folded one fetched, given the other customer and saved.
(b) limit: one bare UPDATE a table, nothing kept that an undo would need.
(c) ours:  the plan, then carrying it out (locks, stamp, lists for the undo, audit); the undo is measured beside it.

Each of the two people has so many rows in all: half orders, the rest follow-ups, appointments, events and feedback.
The three alternate, n rounds, medians; whatever a round did is rolled back. Needs PostgreSQL (DATABASE_URL, default a
local server); it makes and drops a database of its own.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import database

DATABASE = "scrm_bench_merging"
WAYS = ("stock", "limit", "ours")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stock-rounds", type=int, default=1, help="stock takes a minute a round")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with database.own(DATABASE) as (_folder, _there):
        result = measure(options)
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 2))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    database.set_up()
    from django.db import connection, transaction

    from scrm.staff.choices import Role
    from scrm.staff.models import Employee

    me = Employee.objects.create(name="Bench", phone="13800000000", role=Role.OWNER)
    keep, fold = (make(name, options.rows) for name in ("keep", "fold"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    seconds: dict[str, list[float]] = {name: [] for name in (*WAYS, "plan", "undo")}
    for nth in range(options.rounds):
        for way, act in (("stock", stock), ("limit", limit)):
            if way == "stock" and nth >= options.stock_rounds:
                continue
            with transaction.atomic():
                seconds[way].append(timed(lambda act=act: act(keep, fold))[0])  # type: ignore[misc]
                transaction.set_rollback(True)
        with transaction.atomic():
            ours(keep.pk, fold.pk, me, seconds)
            transaction.set_rollback(True)
    median = {name: round(statistics.median(values), 3) for name, values in seconds.items()}
    return {
        "rows": options.rows,
        "rounds": options.rounds,
        "seconds": {name: [round(value, 3) for value in values] for name, values in seconds.items()},
        "median": median,
        "stock_over_ours": round(median["stock"] / median["ours"], 2),
        "ours_over_limit": round(median["ours"] / median["limit"], 2),
        "goals": {"ours_seconds": 2},
    }


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = act()
    return time.perf_counter() - begun, answer


def make(name: str, rows: int) -> Any:
    from datetime import timedelta

    from customers.models import Appointment, Customer, Event, Feedback, FollowUp, Order
    from scrm.kit import clock

    person = Customer.everyone.create(name=name)
    now, eighth = clock.now(), max(rows // 8, 1)
    times = [now - timedelta(minutes=n) for n in range(max(rows - 4 * eighth, eighth))]
    Order.objects.bulk_create(
        [
            Order(source=name, number=str(n), customer=person, state="fulfilled", ordered_at=at, goods_fen=1, paid_fen=1)
            for n, at in enumerate(times)
        ]
    )
    times = times[:eighth]
    FollowUp.objects.bulk_create([FollowUp(customer=person, at=at, content="a few words") for at in times])
    Appointment.objects.bulk_create([Appointment(customer=person, starts_at=at) for at in times])
    Event.objects.bulk_create([Event(customer=person, kind="page.viewed", at=at, properties={"n": 1}) for at in times])
    Feedback.objects.bulk_create([Feedback(customer=person, score=1, at=at, words="fine") for at in times])
    return person


def tables() -> list[Any]:
    from customers.models import Appointment, Event, Feedback, FollowUp, Order

    return [Order, FollowUp, Appointment, Event, Feedback]


def stock(keep: Any, fold: Any) -> None:
    for model in tables():
        for row in model.objects.filter(customer=fold):
            row.customer = keep
            row.save()
    fold.merged_into = keep
    fold.save()


def limit(keep: Any, fold: Any) -> None:
    from customers.models import Customer

    for model in tables():
        model.objects.filter(customer=fold).update(customer=keep)
    Customer.everyone.filter(pk=fold.pk).update(merged_into=keep)


def ours(keep: int, fold: int, me: Any, seconds: dict[str, list[float]]) -> None:
    """From the plan that somebody looks at to the end of the merge; then its undo."""
    from customers.models import Customer
    from customers.services.merging import joining

    first, second = Customer.objects.get(pk=keep), Customer.objects.get(pk=fold)
    planning, plan = timed(lambda: joining.plan(keep=first, fold=second))
    doing, merge = timed(lambda: joining.carry_out(plan, by=me))
    assert merge.kept.orders.count() == 2 * len(merge.moved["orders"])
    undoing, _nothing = timed(lambda: joining.undo(merge, by=me))
    seconds["plan"].append(planning)
    seconds["ours"].append(planning + doing)
    seconds["undo"].append(undoing)


if __name__ == "__main__":
    main()
