"""Finding orders: by number, or by who bought. What one page of a list needs beside its rows, in two queries."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from customers.choices import Approval, CreditRole, OrderState
from customers.models import Customer, OrderCredit, OrderLine
from customers.models.orders import OrderQuerySet
from customers.queries import people
from customers.queries.disclosure import sees_full_phones
from scrm.kit.paginator import CAP

# Of more people than this a name is no question about orders: the list says so, and shows those of the newest.
PEOPLE_HITS = 1_000
FEWEST = 3
LONGEST = 80
SOURCES = 200
# Of more than these no list is counted to its end.
FEW = CAP

# The end of a text that may be the beginning of a mobile number inside an order number.
_SPELLING = re.compile(r"(?<![0-9])(?:(?:00)?86[^0-9]{0,3})?1(?:[^0-9]{0,3}[3-9](?:[^0-9]{0,3}[0-9]){0,9})?[^0-9]{0,3}\Z")

# From one source to the next by one probe of the unique index each.
_SOURCES = """
WITH RECURSIVE found(source) AS (
    SELECT min(source) FROM customers_order
    UNION ALL
    SELECT (SELECT min(o.source) FROM customers_order o WHERE o.source > found.source) FROM found
    WHERE found.source IS NOT NULL
)
SELECT source FROM found WHERE source IS NOT NULL LIMIT {limit}
"""


def matching(rows: OrderQuerySet, employee: Any, text: str) -> tuple[OrderQuerySet, bool]:
    """`rows` (scoped by the caller) cut down to those that `text` finds, all when blank; and whether more people
    than PEOPLE_HITS fit. Who bought is found as `people.matching` finds people, with its rules for masked numbers."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return rows, False
    seen = people.matching(Customer.everyone.visible_to(employee), employee, text)
    found = list(seen.order_by("-pk").values_list("pk", flat=True)[: PEOPLE_HITS + 1])
    numbered = _by_number(text, sees_full_phones(employee))
    return rows.filter(numbered | Q(customer__in=found[:PEOPLE_HITS])), len(found) > PEOPLE_HITS


def _by_number(text: str, full: bool) -> Q:
    """The whole number, or its beginning from three characters on. Without the full-phone right no beginning that
    could spell out a mobile number which somebody wrote into an order number."""
    spelling = not full and _SPELLING.search(unicodedata.normalize("NFKC", text))
    if len(text) < FEWEST or spelling:
        return Q(number=text)
    if connection.vendor == "postgresql":
        return Q(number__startswith=text)
    return Q(number__gte=text, number__lt=people.after(text))


def in_state(rows: OrderQuerySet, state: str) -> OrderQuerySet:
    """Few are not fulfilled: SQLite uses the index of those only where it reads its condition again."""
    rows = rows.filter(state=state)
    return rows if state == OrderState.FULFILLED else rows.exclude(state=OrderState.FULFILLED)


def waiting(rows: OrderQuerySet) -> OrderQuerySet:
    return rows.filter(approval=Approval.PENDING)


def served_by(rows: OrderQuerySet, employee: int) -> OrderQuerySet:
    return _narrow(rows, OrderCredit.objects.filter(employee=employee))


def with_product(rows: OrderQuerySet, product: int) -> OrderQuerySet:
    return _narrow(rows, OrderLine.objects.filter(product=product))


def _narrow(rows: OrderQuerySet, having: QuerySet[Any]) -> OrderQuerySet:
    """The orders that `having` names: looked up where they are few, else met soon on the way back from the newest.
    Left to itself PostgreSQL takes every product for an average one, and walks through all orders for a rare one."""
    found = list(having.order_by().values_list("order", flat=True)[: FEW + 1])
    orders: Any = set(found) if len(found) <= FEW else having.order_by().values("order")
    return rows.filter(pk__in=orders)


def sources() -> list[str]:
    """Every source that any order has, at most SOURCES."""
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES.format(limit=SOURCES))
        return [source for (source,) in cursor.fetchall()]


@dataclass
class Beside:
    """What a list says of one order beside its own columns."""

    first: str = ""
    lines: int = 0
    served: list[str] = field(default_factory=list)


def beside(orders: Sequence[int]) -> dict[int, Beside]:
    """{order: …}; two queries, one row each for the lines of an order, however many there are."""
    found = {pk: Beside() for pk in orders}
    firsts: QuerySet[Any] = OrderLine.objects.filter(order__in=orders).annotate(
        lines=Window(Count("pk"), partition_by="order"),
        nth=Window(RowNumber(), partition_by="order", order_by="pk"),
    )
    for order, name, lines in firsts.filter(nth=1).order_by().values_list("order", "product__name", "lines"):
        found[order].first, found[order].lines = name or "", lines
    credits = OrderCredit.objects.filter(order__in=orders).exclude(role=CreditRole.PROMOTER)
    for order, name in credits.order_by(F("share_bp").desc(), "pk").values_list("order", "employee__name"):
        if name not in found[order].served:
            found[order].served.append(name)
    return found
