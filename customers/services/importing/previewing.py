"""The preview that the wizard shows: a try-out stored as figures, first problems and the cost of each rule."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import running
from scrm.kit import clock, files, jobs
from scrm.kit.errors import Refused

MOST = 50


def preview(batch: ImportBatch, *, seconds: float | None = None) -> bool:
    """Tries the batch out and leaves the answer on it; a refusal is an answer too. Writes no customer.

    False: the time is up and another call goes on. What a new mapping leaves of `preview` makes it start anew.
    """

    def try_out(opened: running.Opened, **pace: Any) -> running.Trial:
        return running.try_out(
            opened, require=batch.require, on_conflict=batch.on_conflict, system=batch.system, keep_answers=False, **pace
        )

    return in_slices(batch, running.reopen, try_out, _as_json, seconds=seconds)


def in_slices[Opened, Trial: Any](
    batch: ImportBatch,
    reopen: Callable[[ImportBatch, Path], AbstractContextManager[Opened]],
    try_out: Callable[..., Trial],
    as_json: Callable[[Trial], dict[str, Any]],
    *,
    seconds: float | None,
) -> bool:
    """One slice of a preview of any kind of sheet. `try_out` is called with what is opened, progress, aside, cursor,
    seconds and stopping, and returns a trial that says cursor, rows and whether it has finished."""
    path = files.full_path(batch.path)
    cursor = batch.preview.get("cursor", 0)
    kept = {key: batch.preview[key] for key in ("sheets", "notes") if key in batch.preview}

    def progress(_stage: str, done: int, total: int) -> None:
        jobs.beat()
        _note(batch, {**kept, "cursor": cursor, "progress": [done, total]})

    try:
        with reopen(batch, path) as opened:
            trial = try_out(
                opened, progress=progress, aside=path, cursor=cursor, seconds=seconds, stopping=jobs.stopping
            )
    except Refused as refusal:
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(
            state=BatchState.REFUSED, refused=str(refusal), preview=kept
        )
        return True
    if not trial.finished:
        _note(batch, {**kept, "cursor": trial.cursor, "progress": [min(trial.cursor, trial.rows), trial.rows]})
        return False
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(
        state=BatchState.PREVIEWED, preview={**kept, **as_json(trial)}, total=trial.rows
    )
    return True


def _note(batch: ImportBatch, preview: dict[str, Any]) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(preview=preview)


def _as_json(trial: running.Trial) -> dict[str, Any]:
    without = trial.without
    rules = {key: without[key] for key in ("phone", "identity", "name_only", "nobody")}
    return {
        "counters": {key: trial.counters[key] for key in running.COUNTERS},
        "rows": trial.rows,
        "skipped": trial.skipped,
        "remarked": trial.remarked,
        # What another import does afterwards this preview does not know.
        "at": clock.now().isoformat(),
        # Rows without a mobile number, and what else those rows have to go by.
        "rules": rules,
        "by_rule": {
            "phone": trial.rows - rules["phone"],
            "identity": trial.rows - rules["phone"] + rules["identity"],
            "name": trial.rows - rules["nobody"],
        },
        # Codes, not sentences: whoever looks reads them in her own language.
        "problems": [
            {"row": d.number, "detail": d.detail, "warnings": d.warnings, "conflict": d.conflict}
            for d in trial.problems[:MOST]
        ],
        "rejections": [
            {"row": d.number, "code": d.code, "detail": d.detail} for d in trial.rejections[:MOST]
        ],
        "unknown": {word: dict(found.most_common(MOST)) for word, found in trial.unknown.items()},
        "notes": trial.notes,
        "refused": "",
    }
