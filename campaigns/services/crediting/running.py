"""The job: takes work rows by slices, credits their orders anew, and tells who is paid by it."""

import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from campaigns.models import OrderWork
from campaigns.services.crediting import facts, writing
from campaigns.services.crediting.listeners import credited_listeners
from customers.models import Order
from scrm.kit import claims
from scrm.kit.among import Among

CLAIM = "campaigns.crediting"
SLICE = 500


def run(*, seconds: float, progress: Callable[[], object], stopping: Callable[[], bool]) -> bool:
    """Works until nothing waits, or the time is up; True when nothing does. Raises claims.Held while another one works."""
    token = claims.take(CLAIM)
    started = time.monotonic()
    try:
        while step(token):
            progress()
            if time.monotonic() - started > seconds or stopping():
                return False
        return True
    finally:
        claims.release(CLAIM, token)


def step(token: str) -> int:
    """One slice, in one transaction; how many work rows it took away: exactly those that it had read before anything
    else, so that what comes meanwhile stays for the next one. The claim's row stays locked until the commit: whoever took it over
    in the meantime waits, and this one finds it lost and writes nothing."""
    with transaction.atomic():
        if not claims.beat(CLAIM, token):
            return 0
        work = list(OrderWork.objects.order_by("pk").values_list("pk", "order_id")[:SLICE])
        orders = sorted({order for _pk, order in work})
        if orders:
            credit(orders)
            OrderWork.objects.filter(Among("pk", [pk for pk, _order in work])).delete()
    return len(work)


def credit(order_ids: Sequence[int]) -> None:
    """Credits of these orders as they are right now. Inside a transaction."""
    _hold_people(order_ids)
    writing.write(order_ids, facts.gather(order_ids))
    for listener in credited_listeners:
        listener(order_ids)


def _hold_people(order_ids: Sequence[int]) -> None:
    """Before anything of theirs is locked, as a merge does: else the two could wait for each other, it for their
    conversions, we for the person that a new conversion points at. No stronger than that foreign key's own lock. Whoever
    was merged, or taken apart again, between our look and our lock is let go of and looked for once more: nobody may be
    locked after somebody of a higher id."""
    if not connection.features.has_select_for_update:
        return
    people = _people_of(order_ids)
    while True:
        before = transaction.savepoint_create()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(people)])
        held, people = people, _people_of(order_ids)
        if people <= held:
            transaction.savepoint_commit(before)
            return
        transaction.savepoint_rollback(before)


def _people_of(order_ids: Sequence[int]) -> set[int]:
    return set(Order.objects.filter(Among("pk", order_ids)).order_by().values_list("customer_id", flat=True))
