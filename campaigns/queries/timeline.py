"""The timeline's sources about links: when she came by one, and what she joined."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Link, Participation, TouchReading
from campaigns.queries import arrivals
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import name_of


def _touches(reader: Reader, _group: str) -> QuerySet[TouchReading]:
    rows = arrivals.touches_of(reader.customer)
    return rows.select_related("link__campaign", "link__employee", "link__customer", "link__channel")


def _tell_touches(rows: Sequence[TouchReading], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=row.at, icon="ads_click", title=_("Came by a link (%(how)s)") % {"how": row.get_kind_display()},
            text=reader.text(row.link.campaign), more=_whence(row.link, reader),
        )  # fmt: skip


def _whence(link: Link | None, reader: Reader) -> str:
    if link is None:
        return ""
    promoter = name_of(link.employee) or (reader.text(link.customer) if link.customer else "")
    channel = reader.text(link.channel) if link.channel else ""
    return " · ".join(part for part in (promoter, channel) if part)


def _joined(reader: Reader, _group: str) -> QuerySet[Participation]:
    rows = Participation.objects.filter(customer=reader.customer)
    return rows.select_related("campaign", "link__employee", "link__customer", "link__channel")


def _tell_joined(rows: Sequence[Participation], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=row.at, icon="how_to_reg", title=_("Joined: %(campaign)s") % {"campaign": reader.text(row.campaign)},
            text=reader.text(row.wished), more=_whence(row.link, reader), tone="good",
        )  # fmt: skip


def register() -> None:
    sources.register("touches", Source(("traces",), "at", _touches, _tell_touches))
    sources.register("participations", Source(("traces",), "at", _joined, _tell_joined))
