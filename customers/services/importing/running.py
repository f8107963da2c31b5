"""From a file to a batch and through it: slices of 1,000 rows, each one transaction with its cursor.

Killed anywhere, a batch stands exactly at its cursor; `execute` again goes on from there. One import runs at a time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, transaction

from customers.choices import BatchState, OnConflict, Outcome, Require
from customers.models import Customer, CustomField, ImportBatch
from customers.services.importing import layout as layouts
from customers.services.importing import mapping as mappings
from customers.services.importing import plan_files, planning, trial_files, words, writing
from customers.services.importing.deciding import Decider
from customers.services.importing.decisions import Decision, Slice
from customers.services.importing.layout import Layout
from customers.services.importing.names import Names
from customers.services.importing.reasons import of_row
from customers.services.importing.reporting import Told
from customers.services.importing.rows import SHEET_ROW, Reader, Who
from scrm.kit import audit, claims, clock, files
from scrm.kit.errors import Refused
from scrm.kit.tabular import Source, open_source
from scrm.staff.models import Employee

SLICE = 1_000
CLAIM = "import"
COUNTERS = ("created", "updated", "unchanged", "merged", "rejected", "conflicts", "warnings")
# (ordinal among the people's rows, row number of the sheet, cells, who, is the template's sample)
Item = tuple[int, int, Sequence[Any], Who, bool]
Progress = Callable[[str, int, int], None]
_OF_A_SYSTEM = ("card_no", "opening_spend", "opening_orders", "opening_last_order", "opening_level")


@dataclass
class Opened:
    """A file looked at: its source, layout and targets. Close the source."""

    source: Source
    layout: Layout
    targets: list[str | None]
    mapping_name: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.source.close()


def open_file(
    path: Path | str,
    *,
    name: str = "",
    sheet: str | None = None,
    mapping: str = "",
    overrides: Sequence[str] = (),
) -> Opened:
    """Opens and understands a file. Raises Refused with a sentence; nothing has been written then."""
    source = open_source(path, name=name, max_rows=settings.IMPORT_MAX_ROWS)
    try:
        named = [text.partition("=")[2].strip() for text in overrides] or mappings.who_of(mapping)
        found = layouts.detect(source, sheet, named)
        targets, used = mappings.targets_of(found, name=mapping, overrides=overrides)
    except BaseException:
        source.close()
        raise
    notes = _notes(source)
    if found.inferred and not overrides:
        notes.append({"code": "layout.no_header"})
    return Opened(source, found, targets, used, notes)


def _notes(source: Source) -> list[dict[str, Any]]:
    return [{"code": note.code, **note.params} for note in source.notes]


def system_name(given: str, opened: Opened) -> str:
    """--system, else the one that our own export names, else the saved mapping's (its name when it was made), else a
    short hash of the header row."""
    pairs = zip(opened.layout.headers, opened.targets, strict=True)
    ours = (mark for header, target in pairs if target in _OF_A_SYSTEM and (mark := words.marked(header)[1]))
    given = given or next(ours, "")
    saved = mappings.system_of(opened.mapping_name) or opened.mapping_name
    return (given or saved or mappings.header_hash(opened.layout)[:8])[:60]


def reader_for(opened: Opened, system: str) -> Reader:
    return Reader(
        opened.layout,
        mappings.existing(opened.targets),
        system=system,
        today=clock.today(),
        custom={field.key: field for field in CustomField.objects.filter(is_active=True)},
        own_phones=frozenset(Employee.objects.values_list("phone", flat=True)),
        since_1904=opened.source.since_1904,
    )


def _slices(reader: Reader, source: Source, skip: int) -> Iterator[list[Item]]:
    people = ((n, *item) for n, item in enumerate(reader.people(source)))
    rest: Iterator[Item] = islice(people, skip, None)
    while items := list(islice(rest, SLICE)):
        yield items


@dataclass
class Trial:
    """What a run would do: figures, the first problems, what each rule would cost."""

    counters: Counter[str]
    rows: int
    skipped: int
    problems: list[Decision]
    rejections: list[Decision]
    unknown: dict[str, Counter[str]]
    notes: list[dict[str, Any]]
    without: Counter[str]
    answers: list[tuple[int, str, str]]
    # Rows that come in with something left out or kept as text.
    remarked: int = 0
    # How many of the people's rows have been decided; the slice to come starts here.
    cursor: int = 0

    @property
    def finished(self) -> bool:
        return self.cursor >= self.rows

    def told(self) -> Iterator[Told]:
        """Every row's answer, for a report of something that was not done."""
        return (Told(*answer) for answer in self.answers)


def try_out(
    opened: Opened,
    *,
    require: str,
    on_conflict: str,
    system: str,
    progress: Progress | None = None,
    keep_rejections: int = 1_000,
    keep_answers: bool = True,
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
    mappings.check(opened.targets, require)
    reader = reader_for(opened, system)
    names = Names(dry=True)
    before = trial_files.load(aside, reader, cursor) if aside and cursor else None
    plan = before.plan if before else planning.make(reader, opened.source, require)
    if not plan.rows:
        raise layouts.no_rows()
    decider = Decider(reader, plan, names, require=require, on_conflict=on_conflict, keep_overlay=True)
    if before:
        trial: Trial = before.trial
        names.add(before.names)
        decider.overlay = before.overlay
    else:
        trial = Trial(Counter(), plan.rows, reader.skipped, [], [], {}, opened.notes, Counter(), [])
    for items in _slices(reader, opened.source, trial.cursor):
        out = decider.decide(decider.read(items))
        trial.counters.update(writing.count(out))
        for _ordinal, _number, _cells, who, _sample in items:
            if not who.phone:
                trial.without["phone"] += 1
                known = any(kind != SHEET_ROW for kind, _value in who.ids)
                trial.without["identity" if known else "name_only" if who.name else "nobody"] += 1
        for decision in out.decisions:
            if keep_answers:
                reason = of_row(decision.code, decision.detail, decision.warnings, decision.conflict)
                trial.answers.append((decision.number, str(decision.outcome), reason))
            if decision.outcome == Outcome.REJECTED and len(trial.rejections) < keep_rejections:
                trial.rejections.append(decision)
            trial.remarked += bool(decision.warnings)
            if (decision.warnings or decision.conflict) and len(trial.problems) < 50:
                trial.problems.append(decision)
            for word, text in (decision.unknown or {}).items():
                trial.unknown.setdefault(word, Counter())[text] += 1
        trial.cursor += len(items)
        if progress:
            progress("try", trial.cursor, plan.rows)
        late = seconds is not None and time.monotonic() - started > seconds
        if aside and (late or stopping()) and not trial.finished:
            trial_files.save(aside, reader, trial_files.Aside(plan, trial, names.made(), decider.overlay or {}))
            return trial
    trial.skipped = reader.skipped_in_all
    if aside:
        trial_files.remove(aside)
    return trial


def new_batch(
    opened: Opened,
    *,
    file_name: str,
    sha256: str,
    path: str = "",
    system: str = "",
    require: str = Require.IDENTITY,
    on_conflict: str = OnConflict.FILL,
    consent: bool | None = None,
    consent_ground: str = "",
    by: Any = None,
) -> ImportBatch:
    """The record of a run to come; its rows are not touched yet."""
    mappings.check(opened.targets, require)
    return ImportBatch.objects.create(
        file_name=file_name[:200],
        path=path,
        sha256=sha256,
        sheet=opened.layout.sheet[:100],
        layout=opened.layout.as_json(),
        mapping={"targets": opened.targets},
        mapping_name=opened.mapping_name,
        preview={"notes": opened.notes},
        system=system_name(system, opened),
        require=require,
        on_conflict=on_conflict,
        consent=consent,
        consent_ground=consent_ground[:200],
        state=BatchState.QUEUED,
        created_by=by,
    )


def reopen(batch: ImportBatch, path: Path | str) -> Opened:
    """The file of a batch as it was understood when the batch was made."""
    source = open_source(path, name=batch.file_name, max_rows=settings.IMPORT_MAX_ROWS)
    return Opened(
        source,
        Layout.from_json(batch.layout),
        list(batch.mapping["targets"]),
        batch.mapping_name,
        _notes(source),
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
    batch.state = BatchState.RUNNING
    batch.started_at = batch.started_at or clock.now()
    batch.stage = "plan"
    batch.heartbeat_at = clock.now()
    batch.save(update_fields=["state", "started_at", "stage", "heartbeat_at"])
    reader = reader_for(opened, batch.system)
    names = Names()
    aside = _plan_file(batch)
    plan = plan_files.load(aside, reader, batch.cursor) if aside and batch.cursor else None
    if plan is None:
        plan = planning.make(reader, opened.source, batch.require, beat=lambda: claims.beat(CLAIM, token))
    if not plan.rows:
        raise layouts.no_rows()
    batch.total = plan.rows
    batch.counters = {
        **dict.fromkeys(COUNTERS, 0),
        **batch.counters,
        "rows": plan.rows,
        "skipped": reader.skipped_in_all,
    }
    batch.stage = "write"
    batch.save(update_fields=["total", "counters", "stage"])
    decider = Decider(reader, plan, names, require=batch.require, on_conflict=batch.on_conflict)
    for items in _slices(reader, opened.source, batch.cursor):
        out = _write_slice(decider, items, batch, names, token)
        for (ordinal, *_rest), decision in zip(items, out.decisions, strict=True):
            root = plan.root[ordinal]
            if decision.person is not None:
                plan.target[root] = decision.person.pk
        if progress:
            progress("write", batch.cursor, batch.total)
        if ImportBatch.objects.filter(pk=batch.pk, cancel_asked=True).exists():
            _finish(batch, BatchState.CANCELLED)
            return True
        late = seconds is not None and time.monotonic() - started > seconds
        if (late or stopping()) and batch.cursor < batch.total:
            if aside:
                plan_files.save(aside, plan, reader, batch.cursor)
            return False
    _finish(batch, BatchState.DONE)
    return True


def _write_slice(
    decider: Decider,
    items: list[Item],
    batch: ImportBatch,
    names: Names,
    token: str,
) -> Slice:
    """One transaction. An identity that somebody took meanwhile makes the slice be decided again, with a look."""
    rows = decider.read(items)
    for attempt in range(4):
        try:
            with transaction.atomic():
                out = decider.decide(rows)
                tag_ids = writing.apply(out, batch, names)
                counted = writing.count(out)
                counters = {k: batch.counters.get(k, 0) + counted.get(k, 0) for k in COUNTERS}
                cursor = items[-1][0] + 1
                if not claims.beat(CLAIM, token):
                    raise claims.Held(CLAIM)
                ImportBatch.objects.filter(pk=batch.pk).update(
                    cursor=cursor, counters={**batch.counters, **counters}, heartbeat_at=clock.now()
                )
        except IntegrityError:
            if attempt == 3:
                raise
            names.look_again()
            continue
        names.settle(tag_ids)
        batch.cursor, batch.counters = cursor, {**batch.counters, **counters}
        return out
    raise AssertionError("unreachable")


def _plan_file(batch: ImportBatch) -> Path | None:
    return files.full_path(f"{batch.path}.plan") if batch.path else None


def _finish(batch: ImportBatch, state: BatchState) -> None:
    aside = _plan_file(batch)
    if aside:
        aside.unlink(missing_ok=True)
    batch.state = state
    batch.stage = ""
    batch.finished_at = clock.now()
    batch.counters = {**batch.counters, "customers_total": Customer.objects.count()}
    batch.save(update_fields=["state", "stage", "finished_at", "counters"])
    audit.record(
        "import.cancelled" if state == BatchState.CANCELLED else "import.run",
        by=batch.created_by,
        on=batch,
        count=batch.counters["rows"],
        **{key: batch.counters[key] for key in COUNTERS},
    )


def refuse(batch: ImportBatch, refusal: Refused) -> None:
    """A run that turned out to be impossible: nothing of it was written, and the batch says why."""
    batch.state, batch.refused, batch.finished_at = BatchState.REFUSED, str(refusal), clock.now()
    batch.save(update_fields=["state", "refused", "finished_at"])
