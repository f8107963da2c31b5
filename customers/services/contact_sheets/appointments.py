"""Rows of a booking system: found again by their number, else by customer, time and service; the last row of one counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.choices import AppointmentState, ImportKind, Outcome
from customers.models import Appointment, Customer, ImportBatch, Product
from customers.naming import fold_name
from customers.services import visit_listeners
from customers.services.contact_sheets import deciding
from customers.services.contact_sheets.deciding import Decided
from customers.services.contact_sheets.rows import Entry, RowReader, Rules
from customers.services.contact_sheets.words import STATES, plain
from customers.services.importing.names import Names
from customers.services.importing.planning import fingerprint
from customers.services.ordering.booking import Told, write_rows
from scrm.kit import bulk, clock

MINUTES = 60
NOTE_LIMIT = 500
_NEW = (
    "id", "source", "number", "customer", "identity", "store", "service", "employee", "starts_at", "minutes", "state", "state_at",
    "note", "key", "digest", "batch", "created_at",
)  # fmt: skip
CHANGED = (
    "customer", "identity", "store", "service", "employee", "starts_at", "minutes", "state", "state_at", "note", "digest",
)  # fmt: skip


@dataclass
class Here:
    """An appointment that is here, as far as a sheet may change it."""

    pk: int
    customer: int
    identity: int | None
    store: int | None
    service: int | None
    employee: int | None
    starts_at: datetime
    minutes: int
    state: str
    state_at: datetime
    note: str
    digest: str
    moved_to: int | None


class Services:
    """Products by their name, read once: a shop has some hundreds. Two of one name are none."""

    def __init__(self) -> None:
        self._ids: dict[str, int | None] = {}
        for pk, name in Product.objects.order_by("is_active", "pk").values_list("pk", "name"):
            key = fold_name(name)
            self._ids[key] = None if key in self._ids else pk

    def get(self, text: str) -> int | None:
        return self._ids.get(fold_name(text))


def mark(entry: Entry) -> int:
    """What rows of one appointment have in common; the same in every process, since a plan is set aside."""
    return fingerprint("", f"number:{entry.number}" if entry.number else entry.key)


def decide(
    entries: Sequence[Entry], reader: RowReader, names: Names, services: Services, rules: Rules, last: Mapping[int, int]
) -> Decided:
    """Writes nothing. `last` is {`mark`: ordinal of its last row in the sheet}."""
    out = deciding.look(entries, rules)
    usable = [entry for entry in entries if not entry.problem]
    by_number, by_key = _here(usable, rules)
    for entry in entries:
        if entry.problem:
            deciding.reject(entry, reader, out)
            continue
        if last[mark(entry)] != entry.ordinal:
            out.counters["unchanged"] += 1
            out.told.append(Told(entry.row, Outcome.UNCHANGED, "contact.again", raw=entry.raw, who=entry.who))
            continue
        here = by_number.get(entry.number) if entry.number else by_key.get(entry.key)
        _remark(entry, reader, services, here)
        if here is not None and here.digest == entry.digest and not _fills(entry, here, names, services):
            known = [word for word, pk in (("employee", here.employee), ("store", here.store)) if pk is not None]
            told = deciding.tell(entry, Outcome.UNCHANGED, reader, names, out, matched=known)
        else:
            deciding.meet(entry, out)
            told = deciding.tell(entry, Outcome.CREATED if here is None else Outcome.UPDATED, reader, names, out)
            if here is None:
                out.fresh.append(entry)
            else:
                out.changed.append((entry, here.pk))
        if told is not None and here is not None:
            told.detail = {"appointment": here.pk}
    return out


def _here(entries: Sequence[Entry], rules: Rules) -> tuple[dict[str, Here], dict[str, Here]]:
    names = [name for name in Here.__dataclass_fields__ if name not in ("pk", "digest", "moved_to")]
    columns = ("number", "key", "pk", *names, "digest", "moved_to")
    numbers = [entry.number for entry in entries if entry.number]
    keys = [entry.key for entry in entries if not entry.number]
    by_number = {
        row[0]: Here(*row[2:])
        for row in Appointment.objects.filter(source=rules.source, number__in=numbers).values_list(*columns)
    }
    by_key = {row[1]: Here(*row[2:]) for row in Appointment.objects.filter(key__in=keys).values_list(*columns)}
    return by_number, by_key


def _fills(entry: Entry, here: Here, names: Names, services: Services) -> bool:
    """What nobody was called when it came in, somebody is called now."""
    return bool(
        (here.service is None and entry.word("service") and services.get(entry.word("service")))
        or (here.store is None and entry.word("store") and names.resolve("store", entry.word("store")))
        or (here.employee is None and entry.word("employee") and names.resolve("owner", entry.word("employee")))
    )


def _remark(entry: Entry, reader: RowReader, services: Services, here: Here | None) -> None:
    if (state := entry.word("state")) and plain(state) not in STATES:
        reader.warn(entry, "contact.state", "state")
    if (service := entry.word("service")) and services.get(service) is None and (here is None or here.service is None):
        reader.warn(entry, "contact.service", "service")


def write(out: Decided, batch: ImportBatch, names: Names, services: Services, rules: Rules) -> None:
    """In the caller's transaction. Raises IntegrityError when somebody took an identity or a number meanwhile."""
    now = clock.now()
    out.counters["customers_created"] += out.make(rules.key, batch, now)
    met = {out.owners[entry.who] for entry in (*out.fresh, *(entry for entry, _pk in out.changed))}
    # Whoever has an appointment is no archived customer.
    Customer.everyone.filter(pk__in=met, archived_at__isnull=False).update(archived_at=None, updated_at=now)
    stores = dict(Customer.everyone.filter(pk__in=met, store__isnull=False).values_list("pk", "store"))
    told = {one.row: one for one in out.told}
    rows = []
    for entry, pk in zip(out.fresh, bulk.reserve_ids(Appointment, len(out.fresh)), strict=True):
        values = _values(entry, out, names, services, None, now, stores)
        rows.append((pk, rules.source, entry.number, *values[:-1], None if entry.number else entry.key, values[-1], batch.pk, now))
        if (one := told.get(entry.row)) is not None and one.unknown:
            one.detail = {"appointment": pk}
    bulk.insert(Appointment, _NEW, rows)
    changed = [pk for _entry, pk in out.changed]
    before = {
        row["pk"]: Here(**row)
        for row in Appointment.objects.select_for_update(of=("self",)).filter(pk__in=changed).values(*Here.__dataclass_fields__)
    }
    bulk.update(
        Appointment,
        CHANGED,
        [
            (pk, *_values(entry, out, names, services, before[pk], now, stores))
            for entry, pk in out.changed
        ],
    )
    for entry, pk in out.changed:
        was = {name: bulk.plain(getattr(before[pk], name)) for name in CHANGED}
        told[entry.row].changes = {"appointment": pk, **was, "after": entry.digest}
    visit_listeners.tell(met | {here.customer for here in before.values()})
    write_rows(out.told, batch, out.owners)


def _values(
    entry: Entry, out: Decided, names: Names, services: Services, here: Here | None, now: datetime, stores: Mapping[int, int]
) -> tuple[Any, ...]:
    """customer … digest, in the order of CHANGED. What the sheet does not say, or nobody here is called, stays."""
    customer, identity = out.owners[entry.who], out.identities[entry.who]
    store = names.resolve("store", entry.word("store")) if entry.word("store") else None
    employee = names.resolve("owner", entry.word("employee")) if entry.word("employee") else None
    service = services.get(entry.word("service")) if entry.word("service") else None
    if here is None:
        # A booking without a word about the place is one at hers.
        store = store or (None if entry.word("store") else stores.get(customer))
        here = Here(0, customer, None, None, None, None, now, MINUTES, AppointmentState.BOOKED, now, "", "", None)
    assert entry.at is not None
    state = _state(entry, here)
    state_at = here.state_at if state == here.state else min(entry.at, now)
    note = _note(entry, service)
    return (
        customer, identity, store or here.store, service or here.service, employee or here.employee, entry.at,
        entry.minutes or here.minutes, state, state_at, note or here.note, entry.digest,
    )  # fmt: skip


def _state(entry: Entry, here: Here) -> str:
    """What was settled here, or moved to another time, is not opened again by a sheet that lags behind."""
    said = STATES.get(plain(entry.word("state")), AppointmentState.BOOKED)
    return str(here.state if said == AppointmentState.BOOKED or here.moved_to else said)


def _note(entry: Entry, service: int | None) -> str:
    """A service that no product is called stays readable."""
    parts = [entry.word("service") if service is None else "", entry.word("note")]
    return " · ".join(part for part in parts if part)[:NOTE_LIMIT]


KIND = ImportKind.APPOINTMENTS
