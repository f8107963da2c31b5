"""Credit and commission as the jobs would have worked them out on the day, the old months closed, the boards counted."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import OrderWork
from campaigns.reckoning import month_of, next_month
from campaigns.services import arriving, boarding, known
from campaigns.services.crediting import running
from campaigns.services.paying import checking, closing
from scrm.kit import clock
from scrm.site import verifying
from scrm.site.demo.campaigns import soothing, summer
from scrm.site.demo.campaigns.shapes import Shop

LONG = 3_600.0


def credit_until(moment: datetime) -> None:
    """What was ordered before that moment and waits, at that moment. Worked out again later it stays as it is."""
    with clock.staged(moment), transaction.atomic():
        orders = OrderWork.objects.filter(order__ordered_at__lt=moment).order_by("order")
        running.credit(list(orders.values_list("order", flat=True).distinct()))


def close_months(shop: Shop) -> None:
    """Every month that was over before the last campaign began: what was payable in it is paid out."""
    month, owner = month_of(shop.day(summer.PLAN.starts)), shop.staff["沈禾"]
    while month < month_of(shop.day(soothing.PLAN.starts)):
        after = next_month(month)
        credit_until(clock.start_of(after) + timedelta(hours=2))
        with clock.staged(clock.start_of(after + timedelta(days=2)) + timedelta(hours=10)):
            closing.close_month(month, by=owner)
        month = after


def finish() -> None:
    """As the jobs of every minute and of the night leave it."""
    known.recognise_known()
    running.run(seconds=LONG, progress=lambda: None, stopping=lambda: False)
    arriving.settle()
    boarding.refresh()
    checking.check()
    verifying.nightly()
