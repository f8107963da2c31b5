"""Tags on people: one person or a million, by the same statements."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, QuerySet, Value
from django.utils.translation import gettext as _

from customers.choices import TagSetBy
from customers.models import Customer, CustomerTag, Tag
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

SLICE = 1_000
ADDED, REMOVED = "tag.added", "tag.removed"


def put(rows: QuerySet[Customer], tags: Iterable[Tag], *, by: Any, set_by: str = TagSetBy.PERSON) -> int:
    """Adds `tags` to all of `rows` (scoped by the caller); returns how many were new.

    Who has a tag keeps it as it was, with its date and author. One audit row a tag, with the count.
    """

    def add(part: QuerySet[Customer], tag: Tag) -> int:
        return insert(part, tag, by, set_by)

    return sum(_in_slices(rows, tag, by, ADDED, add) for tag in usable(tags))


def take(rows: QuerySet[Customer], tags: Iterable[Tag], *, by: Any) -> int:
    """Takes `tags` away from all of `rows`; returns how many were there."""
    return sum(_in_slices(rows, tag, by, REMOVED, delete) for tag in tags)


def set_tags(customer: Customer, tags: Iterable[Tag], *, by: Any) -> bool:
    """Exactly these; True when something changed. Those that stay keep their date and author."""
    wanted = {tag.pk: tag for tag in tags}
    held = {link.tag_id: link.tag for link in customer.tag_links.select_related("tag")}
    one = Customer.everyone.filter(pk=customer.pk)
    with transaction.atomic():
        more = put(one, [tag for pk, tag in wanted.items() if pk not in held], by=by)
        fewer = take(one, [tag for pk, tag in held.items() if pk not in wanted], by=by)
    return bool(more or fewer)


def usable(tags: Iterable[Tag]) -> list[Tag]:
    tags = list(tags)
    for tag in tags:
        if not tag.is_active:
            raise Refused("tag.inactive", _("“%(tag)s” is no longer in use.") % {"tag": tag.name})
    return tags


def _in_slices(
    rows: QuerySet[Customer], tag: Tag, by: Any, action: str, act: Callable[[QuerySet[Customer], Tag], int]
) -> int:
    """Short transactions, so that nobody else waits for a whole base; the audit row counts what was done,
    also when a later slice fails."""
    people = rows.select_related(None).prefetch_related(None).order_by("pk")
    done, last = 0, [0]
    try:
        while last:
            rest = people.filter(pk__gt=last[0])
            last = list(rest.values_list("pk", flat=True)[SLICE - 1 : SLICE])
            done += act(rest.filter(pk__lte=last[0]) if last else rest, tag)
    except Exception:
        if done and not connection.in_atomic_block:
            audit.record(action, by=by, on=tag, count=done, broken_off=True)
        raise
    if done:
        audit.record(action, by=by, on=tag, count=done)
    return done


def insert(part: QuerySet[Customer], tag: Tag, by: Any, set_by: str = TagSetBy.PERSON) -> int:
    chosen = part.order_by().values_list(
        "pk",
        Value(tag.pk, output_field=BigIntegerField()),
        Value(str(set_by), output_field=CharField()),
        Value(by.pk if by else None, output_field=BigIntegerField()),
        Value(clock.now(), output_field=DateTimeField()),
    )
    try:
        sql, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    columns = "customer_id, tag_id, set_by, employee_id, at"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {CustomerTag._meta.db_table} ({columns}) {sql} ON CONFLICT DO NOTHING", params
        )
        return max(int(cursor.rowcount), 0)


def delete(part: QuerySet[Customer], tag: Tag) -> int:
    deleted, _each = CustomerTag.objects.filter(tag=tag, customer__in=part.order_by().values("pk")).delete()
    return deleted
