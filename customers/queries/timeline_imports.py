"""The timeline's source about sheets that knew more of her. The one that brought her is told as her arrival."""

from collections.abc import Iterable, Sequence

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.choices import ImportKind, Outcome
from customers.models import Customer, ImportRow
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import moment, name_of


def _updates(reader: Reader, _group: str) -> QuerySet[ImportRow]:
    """A handful a customer, so the moment may stand with the import."""
    rows = ImportRow.objects.filter(customer=reader.customer, outcome=Outcome.UPDATED, undone=False)
    rows = rows.filter(batch__kind=ImportKind.CUSTOMERS, batch__started_at__isnull=False)
    return rows.annotate(at=F("batch__started_at")).select_related("batch__created_by")


def _tell_updates(rows: Sequence[ImportRow], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        what = labels(row.changes or {})
        other = other_name(row)
        told = [
            _("%(file)s, row %(row)s") % {"file": reader.text(row.batch.file_name), "row": row.number},
            _("The sheet calls her %(name)s.") % {"name": reader.text(other)} if other else "",
        ]
        yield Entry(
            at=moment(row.batch.started_at), icon="upload_file", title=_("Updated from a sheet"),
            text="\n".join(line for line in told if line), by=name_of(row.batch.created_by), more=_(", ").join(what),
        )  # fmt: skip


def other_name(row: ImportRow) -> str:
    return str((row.detail or {}).get("name", "")) if row.conflict else ""


def labels(changes: dict[str, object]) -> list[str]:
    """What the columns of `changes` are called on screen, each once, in the order of the record: PostgreSQL keeps none."""
    order = {field.attname: place for place, field in enumerate(Customer._meta.concrete_fields)}
    columns = sorted(changes.keys() - {"name_key"}, key=lambda column: (order.get(column, len(order)), column))
    return list(dict.fromkeys(_label(column) for column in columns))


def _label(column: str) -> str:
    if column.startswith("opening."):
        return _("Opening figures")
    if column.startswith("birth_"):
        return _("birthday")
    return str(Customer._meta.get_field(column.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]


def register() -> None:
    sources.register("imports", Source(("changes",), "at", _updates, _tell_updates))
