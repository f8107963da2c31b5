"""The preview that the wizard shows: a try-out stored as figures, first problems and the cost of each rule."""

from typing import Any

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import running
from customers.services.importing.reasons import of_row, sentence
from scrm.kit import files, jobs
from scrm.kit.errors import Refused

MOST = 50


def preview(batch: ImportBatch) -> None:
    """Tries the batch out and leaves the answer on it; a refusal is an answer too. Writes no customer."""
    kept = {key: batch.preview[key] for key in ("sheets", "notes") if key in batch.preview}

    def progress(_stage: str, done: int, total: int) -> None:
        jobs.beat()
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(
            preview={**kept, "progress": [done, total]}
        )

    try:
        with running.reopen(batch, files.full_path(batch.path)) as opened:
            trial = running.try_out(
                opened, require=batch.require, on_conflict=batch.on_conflict, system=batch.system,
                progress=progress, keep_answers=False,
            )  # fmt: skip
    except Refused as refusal:
        ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(
            state=BatchState.REFUSED, refused=str(refusal), preview=kept
        )
        return
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEWING).update(
        state=BatchState.PREVIEWED, preview={**kept, **_as_json(trial)}, total=trial.rows
    )


def _as_json(trial: running.Trial) -> dict[str, Any]:
    without = trial.without
    rules = {key: without[key] for key in ("phone", "identity", "name_only", "nobody")}
    return {
        "counters": {key: trial.counters[key] for key in running.COUNTERS},
        "rows": trial.rows,
        "skipped": trial.skipped,
        # Rows without a mobile number, and what else those rows have to go by.
        "rules": rules,
        "by_rule": {
            "phone": trial.rows - rules["phone"],
            "identity": trial.rows - rules["phone"] + rules["identity"],
            "name": trial.rows - rules["nobody"],
        },
        "problems": [
            {"row": d.number, "reason": of_row(d.code, d.detail, d.warnings, d.conflict)}
            for d in trial.problems[:MOST]
        ],
        "rejections": [
            {"row": d.number, "code": d.code, "reason": sentence(d.code, d.detail)}
            for d in trial.rejections[:MOST]
        ],
        "unknown": {word: dict(found.most_common(MOST)) for word, found in trial.unknown.items()},
        "notes": trial.notes,
        "refused": "",
    }
