"""Everything that happened with one customer, newest first, from many tables and in pages.

Each source answers for one table: it is asked for the newest so many rows before a place, from an index on
(customer, when), and the answers are merged. So a page costs the same for ten entries and for ten thousand. Apps above
register sources of their own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.queries.person import Reader
from scrm.kit.registry import Registry

PAGE = 30
ALL = ""
# The filters, in the order of the page.
GROUPS: dict[str, str | Promise] = {
    ALL: _("Everything"),
    "contacts": _("Follow-ups"),
    "orders": _("Purchases"),
    "visits": _("Appointments"),
    "feelings": _("Feelings"),
    "traces": _("Traces of behaviour"),
    "changes": _("Changes of the record"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, as the viewer may read it. `tone` is "bad", "good" or ""; `about` names the row that
    it tells of ("order:12"), which whoever draws it may link."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    by: str = ""
    about: str = ""
    tone: str = ""
    emoji: str = ""
    more: str = ""


class Place(tuple[datetime, int, int]):
    """Where a page ended: (when, source, row). What is older comes next."""

    def __new__(cls, at: datetime, rank: int, pk: int) -> "Place":
        return super().__new__(cls, (at, rank, pk))

    def __str__(self) -> str:
        return f"{self[0].isoformat()}~{self[1]}~{self[2]}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """None for what no page has written."""
        at, _tilde, rest = text.partition("~")
        rank, _tilde, pk = rest.partition("~")
        try:
            moment = parse_datetime(at)
        except ValueError:
            return None
        if moment is None or moment.tzinfo is None or not (rank.isdecimal() and pk.isdecimal() and len(pk) < 19):
            return None
        return cls(moment, int(rank), int(pk))


@dataclass(frozen=True)
class Source:
    """`rows` are hers, of one table, filtered for the viewer; `at` the column with an index after the customer.
    `tell` turns a page of rows into entries, with a constant number of queries. `groups` are the filters under which
    they show, beside everything."""

    groups: tuple[str, ...]
    at: str
    rows: Callable[[Reader, str], QuerySet[Any] | None]
    tell: Callable[[Sequence[Any], Reader], Iterable[Entry]]


sources: Registry[Source] = Registry("source of the timeline")


def page(reader: Reader, *, group: str = ALL, before: Place | None = None) -> tuple[list[Entry], Place | None]:
    """The entries of a page, and where the next one begins; None at the end. One query a source, and what the
    sources ask for beside."""
    found = []
    for rank, source in enumerate(sources):
        if group != ALL and group not in source.groups:
            continue
        rows = source.rows(reader, group)
        if rows is None:
            continue
        at = source.at
        if before is not None:
            when, there, pk = before
            same = Q(**{at: when}) & (Q(pk__lt=pk) if rank == there else Q() if rank > there else Q(pk=None))
            rows = rows.filter(Q(**{f"{at}__lt": when}) | same, **{f"{at}__lte": when})
        newest = list(rows.order_by(f"-{at}", "-pk")[: PAGE + 1])
        found.append([(getattr(row, at), -rank, row.pk, source, row) for row in newest])
    chosen = list(islice(merge(*found, key=lambda one: one[:3], reverse=True), PAGE + 1))
    more = len(chosen) > PAGE
    chosen = chosen[:PAGE]
    told: dict[tuple[int, int], Entry] = {}
    for rank, source in enumerate(sources):
        own = [row for _at, _rank, _pk, its, row in chosen if its is source]
        if own:
            told |= {(rank, row.pk): entry for row, entry in zip(own, source.tell(own, reader), strict=True)}
    entries = [told[-rank, pk] for _at, rank, pk, _source, _row in chosen]
    last = chosen[-1] if chosen else None
    return entries, Place(last[0], -last[1], last[2]) if more and last else None
