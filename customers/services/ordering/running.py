"""From a sheet of orders to a batch and through it: slices of whole orders, each one transaction with its cursor.

First every order, then the money given back for them, since a refund may stand above its order. The cursor counts
lines: what ends before it is booked. Killed anywhere, `execute` again goes on from there. One import runs at a time.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.choices import LEGACY_PREFIX, AmountIs, BatchState, IdentityKind, ImportKind, Outcome, Returns
from customers.models import ImportBatch
from customers.services.importing import layout as layouts
from customers.services.importing import trial_files
from customers.services.importing.layout import Layout
from customers.services.importing.names import Names
from customers.services.importing.running import CLAIM, Progress
from customers.services.ordering import booking, mapping, refunding
from customers.services.ordering.booking import COUNTERS, Told
from customers.services.ordering.lines import LineReader, Rules
from customers.services.ordering.products import Products
from customers.services.ordering.purchases import Purchase, Spans, assemble
from customers.services.ordering.trials import Trial
from customers.services.ordering.words import ORDERS
from scrm.kit import audit, claims, clock
from scrm.kit.errors import Refused
from scrm.kit.tabular import Source, open_source
from scrm.staff.models import Employee

SLICE = 1_000


@dataclass
class Opened:
    """A file of orders looked at: its source, layout and targets. Close the source."""

    source: Source
    layout: Layout
    targets: list[str | None]
    notes: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.source.close()


def open_file(
    path: Path | str, *, name: str = "", sheet: str | None = None, overrides: Sequence[str] = (), checked: bool = True
) -> Opened:
    """Opens and understands a file. Raises Refused with a sentence; nothing has been written then. `checked` False
    leaves columns that no order could come from to whoever chooses them."""
    source = open_source(path, name=name, max_rows=settings.IMPORT_MAX_ROWS)
    try:
        named = [text.partition("=")[2].strip() for text in overrides]
        found = layouts.detect(source, sheet, named, ORDERS)
        targets = mapping.targets_of(found, overrides)
        if checked:
            mapping.check(targets)
    except BaseException:
        source.close()
        raise
    return Opened(source, found, targets, _notes(source, targets))


def _notes(source: Source, targets: Sequence[str | None]) -> list[dict[str, Any]]:
    notes = [{"code": note.code, **note.params} for note in source.notes]
    if "ordered_at" not in targets:
        notes.append({"code": "orders.no_time"})
    if "number" not in targets:
        notes.append({"code": "orders.no_number"})
    return notes


def reopen(batch: ImportBatch, path: Path | str) -> Opened:
    """The file of a batch as it was understood when the batch was made."""
    source = open_source(path, name=batch.file_name, max_rows=settings.IMPORT_MAX_ROWS)
    targets = list(batch.mapping["targets"])
    return Opened(source, Layout.from_json(batch.layout), targets, _notes(source, targets))


def rules_of(*, source: str = "", key: str = "", returns: str = "", amount_is: str = "") -> Rules:
    """Rules as the command and the wizard give them; blanks are the defaults. Raises Refused rules.malformed."""
    rules = Rules(
        source=source.strip()[:40] or "sheet",
        key=key_of(key),
        returns=returns or Returns.SKIP.value,
        amount_is=amount_is or AmountIs.LINE.value,
    )
    if rules.returns not in Returns.values or rules.amount_is not in AmountIs.values:
        raise Refused("rules.malformed", _("Choose one of the rules."))
    return rules


def key_of(text: str) -> str:
    """The kind of identity that a customer column holds; a phone where nothing is said. Raises Refused."""
    key = text.strip() or IdentityKind.PHONE.value
    plain = (IdentityKind.PHONE, IdentityKind.MEMBER_NO)
    legacy = key.startswith(LEGACY_PREFIX) and 0 < len(key) - len(LEGACY_PREFIX) <= 60
    if key not in plain and not legacy:
        raise Refused(
            "rules.malformed",
            _("“%(key)s” tells no customer: write phone, member_no or legacy:NAME.") % {"key": key},
        )
    return key


def reader_for(opened: Opened, rules: Rules) -> LineReader:
    return LineReader(
        opened.layout,
        opened.targets,
        rules,
        today=clock.today(),
        own_phones=frozenset(Employee.objects.values_list("phone", flat=True)),
        since_1904=opened.source.since_1904,
    )


def _slices(purchases: Iterator[Purchase]) -> Iterator[list[Purchase]]:
    """Whole orders, together some thousand lines."""
    held: list[Purchase] = []
    lines = 0
    for purchase in purchases:
        held.append(purchase)
        lines += len(purchase.lines)
        if lines >= SLICE:
            yield held
            held, lines = [], 0
    if held:
        yield held


def try_out(
    opened: Opened,
    rules: Rules,
    *,
    progress: Progress | None = None,
    keep_told: bool = True,
    aside: Path | None = None,
    cursor: int = 0,
    seconds: float | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Trial:
    """Decides every line and writes nothing at all.

    With `seconds` it stops in time, sets itself aside under `aside` and goes on when it is called with the `cursor`
    of the trial it returned (lines, then orders that give back); without what was set aside it starts anew.
    """
    started = time.monotonic()
    reader, names = reader_for(opened, rules), Names(dry=True)
    before = trial_files.get(aside, cursor, parts=4) if aside and cursor else None
    trial: Trial
    # What the orders of this sheet would leave to be given back.
    paid: dict[str, refunding.Sold]
    if before:
        trial, spans, paid, made = before
        names.add(made)
    else:
        spans, paid = Spans(reader, opened.source), {}
        if not spans.count:
            raise layouts.no_rows()
        trial = Trial(rows=spans.count, skipped=spans.skipped, notes=opened.notes, keep_told=keep_told)

    def orders() -> Iterator[None]:
        for purchases in _slices(assemble(reader, opened.source, spans, done=trial.cursor)):
            out = booking.decide(purchases, reader, names, rules)
            trial.hear(out.counters, out.told, out.strangers)
            if rules.returns == Returns.RECORD:
                paid.update((purchase.number, refunding.sold(purchase)) for purchase in purchases if purchase.kept)
            trial.cursor = purchases[-1].until + 1
            yield

    def refunds() -> Iterator[None]:
        back = (purchase for purchase in assemble(reader, opened.source, spans) if purchase.refunds)
        for some in _batched(islice(back, trial.cursor - spans.count, None)):
            out = refunding.decide(some, reader, rules, paid)
            trial.hear(out.counters, out.told)
            for part in out.parts:
                if part.refund_of in paid:
                    was = paid[part.refund_of]
                    paid[part.refund_of] = replace(was, rest_fen=was.rest_fen - part.amount_fen)
            trial.cursor += len(some)
            yield

    def work() -> Iterator[None]:
        if trial.cursor < spans.count:
            yield from orders()
        if rules.returns == Returns.RECORD:
            yield from refunds()

    for _slice in work():
        if progress:
            progress("try", min(trial.cursor, spans.count), spans.count)
        late = seconds is not None and time.monotonic() - started > seconds
        more = trial.cursor < spans.count or rules.returns == Returns.RECORD
        if aside and (late or stopping()) and more:
            trial_files.put(aside, trial, spans, paid, names.made())
            return trial
    trial.finish()
    if aside:
        trial_files.remove(aside)
    return trial


def _batched(purchases: Iterable[Purchase]) -> Iterator[list[Purchase]]:
    rest = iter(purchases)
    while some := list(islice(rest, SLICE)):
        yield some


def new_batch(
    opened: Opened, rules: Rules, *, file_name: str, sha256: str, path: str = "", by: Any = None
) -> ImportBatch:
    """The record of a run to come; its lines are not touched yet."""
    return ImportBatch.objects.create(
        kind=ImportKind.ORDERS,
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


def options_of(rules: Rules) -> dict[str, str]:
    return {"source": rules.source, "key": rules.key, "returns": rules.returns, "amount_is": rules.amount_is}


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
    run = _Run(batch, opened, token)
    started = time.monotonic()
    for write in run.work():
        run.again(write)
        if progress:
            progress("write", batch.cursor, batch.total)
        if ImportBatch.objects.filter(pk=batch.pk, cancel_asked=True).exists():
            _finish(batch, BatchState.CANCELLED)
            return True
        late = seconds is not None and time.monotonic() - started > seconds
        if (late or stopping()) and not run.is_done():
            return False
    _finish(batch, BatchState.DONE)
    return True


class _Run:
    def __init__(self, batch: ImportBatch, opened: Opened, token: str) -> None:
        self.batch, self.opened, self.token = batch, opened, token
        self.rules = Rules(**batch.options)
        self.names, self.products = Names(), Products()
        self.reader = reader_for(opened, self.rules)
        batch.state, batch.stage = BatchState.RUNNING, "plan"
        batch.started_at = batch.started_at or clock.now()
        batch.heartbeat_at = clock.now()
        batch.save(update_fields=["state", "started_at", "stage", "heartbeat_at"])
        self.spans = Spans(self.reader, opened.source, beat=lambda: claims.beat(CLAIM, token))
        if not self.spans.count:
            raise layouts.no_rows()
        batch.total, batch.stage = self.spans.count, "write"
        batch.counters = {
            **dict.fromkeys(COUNTERS, 0), **batch.counters, "rows": self.spans.count, "skipped": self.spans.skipped,
        }  # fmt: skip
        batch.save(update_fields=["total", "counters", "stage"])

    def is_done(self) -> bool:
        return self.batch.cursor >= self.spans.count and (
            self.rules.returns != Returns.RECORD or self.batch.counters.get("refunds_done", False)
        )

    def work(self) -> Iterator[Callable[[], None]]:
        """What is still to be written, slice by slice."""
        source, spans = self.opened.source, self.spans
        if self.batch.cursor < spans.count:
            for purchases in _slices(assemble(self.reader, source, spans, done=self.batch.cursor)):
                yield lambda some=purchases: self._write_orders(some)  # type: ignore[misc]
        if self.rules.returns == Returns.RECORD and not self.is_done():
            done = self.batch.counters.get("refunds", 0)
            rest = islice((p for p in assemble(self.reader, source, spans) if p.refunds), done, None)
            for some in _batched(rest):
                yield lambda some=some: self._write_refunds(some)  # type: ignore[misc]
            yield self._refunds_done

    def _write_orders(self, purchases: Sequence[Purchase]) -> None:
        with transaction.atomic():
            out = booking.decide(purchases, self.reader, self.names, self.rules)
            ids = booking.write(out, self.batch, self.names, self.products, self.rules)
            self._commit(out.counters, cursor=purchases[-1].until + 1)
        self.products.settle(ids)

    def _write_refunds(self, purchases: Sequence[Purchase]) -> None:
        with transaction.atomic():
            out = refunding.decide(purchases, self.reader, self.rules, None)
            refunding.write(out, self.batch)
            self._commit(out.counters, refunds=self.batch.counters.get("refunds", 0) + len(purchases))

    def again(self, write: Callable[[], None]) -> None:
        """One transaction. What somebody took meanwhile makes the slice be decided again, with a look."""
        for attempt in range(4):
            try:
                write()
            except IntegrityError:
                if attempt == 3:
                    raise
                self.names.look_again()
                self.products = Products()
                continue
            return

    def _refunds_done(self) -> None:
        self._commit(Counter(), refunds_done=True)

    def _commit(self, counted: Counter[str], *, cursor: int | None = None, **more: Any) -> None:
        """The figures and the cursor, inside the transaction that wrote what they count."""
        if not claims.beat(CLAIM, self.token):
            raise claims.Held(CLAIM)
        batch = self.batch
        counters = {**batch.counters, **{k: batch.counters.get(k, 0) + counted.get(k, 0) for k in COUNTERS}, **more}
        at = batch.cursor if cursor is None else cursor
        ImportBatch.objects.filter(pk=batch.pk).update(cursor=at, counters=counters, heartbeat_at=clock.now())
        batch.cursor, batch.counters = at, counters


def _finish(batch: ImportBatch, state: BatchState) -> None:
    batch.state, batch.stage, batch.finished_at = state, "", clock.now()
    batch.save(update_fields=["state", "stage", "finished_at"])
    audit.record(
        "import.cancelled" if state == BatchState.CANCELLED else "import.run",
        by=batch.created_by,
        on=batch,
        count=batch.counters["rows"],
        kind=ImportKind.ORDERS.value,
        **{key: batch.counters[key] for key in COUNTERS},
    )


def rejections(told: Iterable[Told]) -> list[Told]:
    return [one for one in told if one.outcome == Outcome.REJECTED]
