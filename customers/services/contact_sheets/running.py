"""From a sheet of appointments or follow-ups to a batch and through it: slices of rows, each one transaction with its
cursor, which counts rows. Killed anywhere, `execute` again goes on from there. One import runs at a time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.contact_sheets import appointments, kinds, mapping
from customers.services.contact_sheets.deciding import COUNTERS
from customers.services.contact_sheets.kinds import Kind
from customers.services.contact_sheets.rows import Entry, RowReader, Rules
from customers.services.importing import layout as layouts
from customers.services.importing import trial_files
from customers.services.importing.layout import Layout
from customers.services.importing.names import Names
from customers.services.importing.running import CLAIM, Progress
from customers.services.ordering.running import Opened, key_of
from customers.services.ordering.trials import Trial
from scrm.kit import audit, claims, clock
from scrm.kit.tabular import open_source
from scrm.staff.models import Employee

SLICE = 1_000
BEAT_ROWS = 20_000


def open_file(
    path: Path | str,
    *,
    kind: str,
    name: str = "",
    sheet: str | None = None,
    overrides: Sequence[str] = (),
    checked: bool = True,
) -> Opened:
    """Opens and understands a file. Raises Refused with a sentence; nothing has been written then. `checked` False
    leaves columns from which nothing could come to whoever chooses them."""
    own = kinds.of(kind)
    source = open_source(path, name=name, max_rows=settings.IMPORT_MAX_ROWS)
    try:
        named = [text.partition("=")[2].strip() for text in overrides]
        found = layouts.detect(source, sheet, named, own.speech)
        targets = mapping.targets_of(found, own, overrides)
        if checked:
            mapping.check(targets, own)
    except BaseException:
        source.close()
        raise
    return Opened(source, found, targets, [{"code": note.code, **note.params} for note in source.notes])


def reopen(batch: ImportBatch, path: Path | str) -> Opened:
    """The file of a batch as it was understood when the batch was made."""
    source = open_source(path, name=batch.file_name, max_rows=settings.IMPORT_MAX_ROWS)
    notes = [{"code": note.code, **note.params} for note in source.notes]
    return Opened(source, Layout.from_json(batch.layout), list(batch.mapping["targets"]), notes)


def rules_of(*, source: str = "", key: str = "") -> Rules:
    """Rules as the command and the wizard give them; blanks are the defaults. Raises Refused rules.malformed."""
    return Rules(source=source.strip()[:40] or "sheet", key=key_of(key))


def options_of(rules: Rules) -> dict[str, str]:
    return {"source": rules.source, "key": rules.key}


def reader_for(opened: Opened, kind: Kind, rules: Rules) -> RowReader:
    return RowReader(
        opened.layout,
        opened.targets,
        rules,
        kind=kind.kind,
        speech=kind.speech,
        fields=kind.fields,
        today=clock.today(),
        own_phones=frozenset(Employee.objects.values_list("phone", flat=True)),
        since_1904=opened.source.since_1904,
        merged=opened.source.merged(opened.layout.sheet),
    )


@dataclass
class Plan:
    """How many rows there are; {mark: ordinal of the last row} where the last row of the same thing counts."""

    rows: int = 0
    skipped: int = 0
    last: dict[int, int] = field(default_factory=dict)


def plan(reader: RowReader, opened: Opened, kind: Kind, *, beat: Callable[[], object] = lambda: None) -> Plan:
    found = Plan()
    for ordinal, number, row in reader.located(opened.source):
        found.rows = ordinal + 1
        if kind.last_counts:
            entry = reader.read(ordinal, number, row)
            if not entry.problem:
                found.last[appointments.mark(entry)] = ordinal
        if ordinal % BEAT_ROWS == 0:
            beat()
    found.skipped = reader.skipped
    if not found.rows:
        raise layouts.no_rows()
    return found


def _slices(reader: RowReader, opened: Opened, skip: int) -> Iterator[list[Entry]]:
    rest = islice(reader.located(opened.source), skip, None)
    while some := list(islice(rest, SLICE)):
        yield [reader.read(*located) for located in some]


def try_out(
    opened: Opened,
    kind: Kind,
    rules: Rules,
    *,
    progress: Progress | None = None,
    keep_told: bool = True,
    aside: Path | None = None,
    cursor: int = 0,
    seconds: float | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Trial:
    """Decides every row and writes nothing at all.

    With `seconds` it stops in time, sets itself aside under `aside` and goes on when it is called with the `cursor`
    of the trial it returned; without what was set aside it starts anew.
    """
    started = time.monotonic()
    reader, names = reader_for(opened, kind, rules), Names(dry=True)
    before = trial_files.get(aside, cursor, parts=4) if aside and cursor else None
    trial: Trial
    seen: set[str]
    if before:
        trial, planned, seen, made = before
        names.add(made)
    else:
        planned, seen = plan(reader, opened, kind), set()
        trial = Trial(rows=planned.rows, skipped=planned.skipped, notes=opened.notes, keep_told=keep_told)
    decide = kind.decider(reader, names, rules, planned.last, seen)
    for entries in _slices(reader, opened, trial.cursor):
        out = decide(entries)
        trial.hear(out.counters, out.told, out.strangers)
        trial.cursor = entries[-1].ordinal + 1
        if progress:
            progress("try", trial.cursor, planned.rows)
        late = seconds is not None and time.monotonic() - started > seconds
        if aside and (late or stopping()) and trial.cursor < planned.rows:
            trial_files.put(aside, trial, planned, seen, names.made())
            return trial
    trial.finish()
    if aside:
        trial_files.remove(aside)
    return trial


def new_batch(
    opened: Opened, kind: Kind, rules: Rules, *, file_name: str, sha256: str, path: str = "", by: Any = None
) -> ImportBatch:
    """The record of a run to come; its rows are not touched yet."""
    return ImportBatch.objects.create(
        kind=kind.kind,
        file_name=file_name[:200],
        path=path,
        sha256=sha256,
        sheet=opened.layout.sheet[:100],
        layout=opened.layout.as_json(),
        mapping={"targets": opened.targets},
        options=options_of(rules),
        preview={"notes": opened.notes},
        state=BatchState.QUEUED,
        created_by=by,
    )


def execute(
    batch: ImportBatch,
    opened: Opened,
    token: str,
    *,
    seconds: float | None = None,
    progress: Progress | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Runs the batch from its cursor, at most `seconds`; True when it has ended (done or cancelled).

    The caller holds the claim CLAIM by `token`. Whatever a slice wrote is committed together with its cursor.
    """
    started = time.monotonic()
    kind, rules = kinds.of(batch.kind), Rules(**batch.options)
    batch.state, batch.stage = BatchState.RUNNING, "plan"
    batch.started_at = batch.started_at or clock.now()
    batch.heartbeat_at = clock.now()
    batch.save(update_fields=["state", "started_at", "stage", "heartbeat_at"])
    reader = reader_for(opened, kind, rules)
    planned = plan(reader, opened, kind, beat=lambda: claims.beat(CLAIM, token))
    batch.total, batch.stage = planned.rows, "write"
    batch.counters = {
        **dict.fromkeys(COUNTERS, 0), **batch.counters, "rows": planned.rows, "skipped": planned.skipped,
    }  # fmt: skip
    batch.save(update_fields=["total", "counters", "stage"])
    way = _Way(batch, kind, rules, reader, planned)
    for entries in _slices(reader, opened, batch.cursor):
        way.write(entries, token)
        if progress:
            progress("write", batch.cursor, batch.total)
        if ImportBatch.objects.filter(pk=batch.pk, cancel_asked=True).exists():
            _finish(batch, BatchState.CANCELLED)
            return True
        late = seconds is not None and time.monotonic() - started > seconds
        if (late or stopping()) and batch.cursor < batch.total:
            return False
    _finish(batch, BatchState.DONE)
    return True


class _Way:
    """How the rows of one run are decided and written."""

    def __init__(self, batch: ImportBatch, kind: Kind, rules: Rules, reader: RowReader, planned: Plan) -> None:
        self.batch, self.kind, self.rules, self.reader, self.planned = batch, kind, rules, reader, planned
        self.look()

    def look(self) -> None:
        names = Names()
        self.decide = self.kind.decider(self.reader, names, self.rules, self.planned.last, set())
        self.put = self.kind.writer(self.batch, names, self.rules)

    def write(self, entries: Sequence[Entry], token: str) -> None:
        """One transaction. What somebody took meanwhile makes the slice be decided again, with a look."""
        read = [list(entry.warnings) for entry in entries]
        for attempt in range(4):
            try:
                with transaction.atomic():
                    out = self.decide(entries)
                    self.put(out)
                    _commit(self.batch, token, out.counters, cursor=entries[-1].ordinal + 1)
            except IntegrityError:
                if attempt == 3:
                    raise
                for entry, warnings in zip(entries, read, strict=True):
                    entry.warnings = list(warnings)
                self.look()
                continue
            return


def _commit(batch: ImportBatch, token: str, counted: Counter[str], *, cursor: int) -> None:
    """The figures and the cursor, inside the transaction that wrote what they count."""
    if not claims.beat(CLAIM, token):
        raise claims.Held(CLAIM)
    counters = {**batch.counters, **{key: batch.counters.get(key, 0) + counted.get(key, 0) for key in COUNTERS}}
    ImportBatch.objects.filter(pk=batch.pk).update(cursor=cursor, counters=counters, heartbeat_at=clock.now())
    batch.cursor, batch.counters = cursor, counters


def _finish(batch: ImportBatch, state: BatchState) -> None:
    batch.state, batch.stage, batch.finished_at = state, "", clock.now()
    batch.save(update_fields=["state", "stage", "finished_at"])
    audit.record(
        "import.cancelled" if state == BatchState.CANCELLED else "import.run",
        by=batch.created_by,
        on=batch,
        count=batch.counters["rows"],
        kind=str(batch.kind),
        **{key: batch.counters[key] for key in COUNTERS},
    )

