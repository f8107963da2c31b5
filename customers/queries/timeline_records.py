"""The timeline's sources about her record."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.choices import (
    Medium,
    Purpose,
)
from customers.models import (
    Consent,
    Customer,
    CustomerTag,
    Merge,
    OwnerChange,
)
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import name_of


def _owner_changes(reader: Reader, _group: str) -> QuerySet[OwnerChange]:
    return OwnerChange.objects.filter(customer=reader.customer).select_related("before", "after", "by")


def _tell_owner_changes(rows: Sequence[OwnerChange], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        nobody = _("nobody")
        names = {"before": name_of(row.before) or nobody, "after": name_of(row.after) or nobody}
        yield Entry(
            at=row.at, icon="swap_horiz", title=_("Owner: %(before)s → %(after)s") % names,
            text=reader.text(row.note), by=name_of(row.by), more=str(row.get_how_display()),
        )  # fmt: skip


def _consents(reader: Reader, _group: str) -> QuerySet[Consent]:
    return Consent.objects.filter(customer=reader.customer).select_related("recorded_by")


def _tell_consents(rows: Sequence[Consent], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        what = _("Agreed: %(what)s") if row.given else _("Withdrew: %(what)s")
        said = f"{Purpose(row.purpose).label} · {Medium(row.medium).label}"
        yield Entry(
            at=row.at, icon="handshake" if row.given else "do_not_disturb_on", title=what % {"what": said},
            text=reader.text(row.ground), by=name_of(row.recorded_by), tone="" if row.given else "bad",
        )  # fmt: skip


def _merges(reader: Reader, _group: str) -> QuerySet[Merge] | None:
    if not reader.viewer.has_perm("customers.view_merge"):
        return None
    return Merge.objects.filter(kept=reader.customer).select_related("by", "folded")


def _tell_merges(rows: Sequence[Merge], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        name = reader.text(row.folded.name) or row.folded.masked_phone
        yield Entry(
            at=row.at, icon="merge", title=_("%(name)s was merged into her") % {"name": name}, by=name_of(row.by),
            more=_("undone") if row.undone_at else "",
        )  # fmt: skip


def _tags(reader: Reader, _group: str) -> QuerySet[CustomerTag]:
    return CustomerTag.objects.filter(customer=reader.customer).select_related("tag", "employee", "batch")


def _tell_tags(rows: Sequence[CustomerTag], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=row.at, icon="sell", title=_("Tag: %(tag)s") % {"tag": reader.text(row.tag.name)}, by=name_of(row.employee),
            more="" if row.employee else reader.text(row.batch.file_name) if row.batch else str(row.get_set_by_display()),
        )  # fmt: skip


def _arrival(reader: Reader, _group: str) -> QuerySet[Customer]:
    return Customer.everyone.filter(pk=reader.customer.pk).select_related("imported_in__created_by")


def _tell_arrival(rows: Sequence[Customer], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        batch = row.imported_in
        title = _("Came in with a sheet") if batch else _("Entered in the system")
        yield Entry(
            at=row.created_at, icon="person_add", title=title, text=reader.text(batch.file_name) if batch else "",
            by=name_of(batch.created_by) if batch else "",
        )  # fmt: skip


def register() -> None:
    sources.register("owner_changes", Source(("changes",), "at", _owner_changes, _tell_owner_changes))
    sources.register("consents", Source(("changes",), "at", _consents, _tell_consents))
    sources.register("merges", Source(("changes",), "at", _merges, _tell_merges))
    sources.register("tags", Source(("changes",), "at", _tags, _tell_tags))
    sources.register("arrival", Source(("changes",), "created_at", _arrival, _tell_arrival))
