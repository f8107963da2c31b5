"""Uploads, reports and raw cells go after KEEP_UPLOADS_DAYS; undo ends with them."""

from datetime import timedelta

from django.conf import settings

from customers.choices import BatchState
from customers.models import ImportBatch, ImportRow
from customers.services.importing import trial_files
from scrm.kit import clock, files

_BUSY = (BatchState.QUEUED, BatchState.RUNNING, BatchState.PREVIEWING, BatchState.UNDOING)


def forget_uploads() -> int:
    """Removes files and cells of imports older than the setting; returns how many imports. Repeatable."""
    before = clock.now() - timedelta(days=settings.KEEP_UPLOADS_DAYS)
    old = ImportBatch.objects.filter(created_at__lt=before).exclude(path="").exclude(state__in=_BUSY)
    count = 0
    for batch in old.iterator():
        for path in batch.counters.get("reports", {}).values():
            files.remove(path)
        remove_upload(batch.path)
        ImportRow.objects.filter(batch=batch).update(cells=None, changes=None, warnings=None, detail=None)
        layout = {**batch.layout, "samples": []} if batch.layout else {}
        preview = {
            key: batch.preview[key]
            for key in ("counters", "rows", "skipped", "notes")
            if key in batch.preview
        }
        ImportBatch.objects.filter(pk=batch.pk).update(
            path="",
            layout=layout,
            preview=preview,
            counters={key: value for key, value in batch.counters.items() if key != "reports"},
        )
        count += 1
    return count


def remove_upload(path: str) -> None:
    """The file, and what a preview or a run has put aside beside it. Repeatable; "" is nothing."""
    if path:
        trial_files.remove(files.full_path(path))
        files.remove(f"{path}.plan")
        files.remove(path)
