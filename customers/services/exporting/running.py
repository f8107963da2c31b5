"""An export from asking to its file. Whom it holds is frozen when it is asked for; scope and right are asked again with
every slice. Rows are appended to a plain file beside a mark that says how far they are good, so that a killed job goes on
from there."""

import json
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import ExportState
from customers.models import Export
from customers.services.exporting.nouns import Noun, nouns
from scrm.kit import audit, clock, files, jobs
from scrm.kit.errors import Refused
from scrm.kit.tabular import growing

JOB = "customers.tasks.run_export"
PERMISSION = "customers.export_rows"
FORMATS = (growing.XLSX, growing.CSV, growing.CSV_GZ)
CHUNK, SECONDS = 2_000, 40.0
FREEZE = 10_000
# Lines of an order are rows: what fits is known once they are written. A page of a workbook ends here.
MOST_XLSX = growing.MOST_ROWS - 1
_SIZE = array("q").itemsize
_BUSY = (ExportState.QUEUED, ExportState.RUNNING)


def may_export(employee: Any) -> bool:
    return bool(employee.is_active and employee.has_perm(PERMISSION))


def ask(*, what: str, rows: QuerySet[Any], format: str, selection: str, by: Any) -> Export:
    """Freezes whom the rows are and queues the job. Raises Refused export.not_allowed, export.nothing, export.too_many,
    export.busy."""
    noun = nouns.get(what)
    if noun is None or format not in FORMATS or not may_export(by) or not by.has_perm(noun.permission):
        raise Refused("export.not_allowed", _("You may not export this."))
    if Export.objects.filter(by=by, what=what, state__in=_BUSY).exists():
        raise Refused("export.busy", _("Your last export is still being written. Wait until it is ready."))
    # Archived people, and whoever is out of scope, are in no export, whatever the list showed.
    path, count = _freeze(noun.rows(by).filter(pk__in=rows.order_by().values("pk")))
    if not count or (format == growing.XLSX and count > MOST_XLSX):
        files.remove(path)
        if count:
            raise Refused(
                "export.too_many",
                _("%(count)s rows do not fit into one Excel sheet. Choose CSV, or narrow the list down.") % {"count": f"{count:,}"},
            )
        raise Refused("export.nothing", _("There are no rows to export. Change the filter and try again."))
    try:
        with transaction.atomic():
            export = Export.objects.create(
                what=what, format=format, selection=selection[:300], ids_path=path, rows=count, by=by
            )
            audit.record("export.asked", by=by, on=export, count=count, what=what, format=format)
            jobs.enqueue(JOB, export.pk, key=f"export:{export.pk}")
    except BaseException:
        files.remove(path)
        raise
    return export


def _freeze(rows: QuerySet[Any]) -> tuple[str, int]:
    """Ids of the rows in a private file; nothing of them is asked twice."""
    path, file = files.create("exports", ".ids")
    count = 0
    with file:
        part = array("q")
        ids = rows.select_related(None).prefetch_related(None).order_by("pk").values_list("pk", flat=True)
        for pk in ids.iterator(chunk_size=FREEZE):
            part.append(pk)
            if len(part) == FREEZE:
                count += len(part)
                part.tofile(file)
                part = array("q")
        count += len(part)
        part.tofile(file)
    return path, count


def _chunks(path: Path, done: int = 0) -> Iterator[list[int]]:
    with path.open("rb") as file:
        file.seek(done * _SIZE)
        while block := file.read(CHUNK * _SIZE):
            part = array("q")
            part.frombytes(block)
            yield part.tolist()


def write(
    export: Export, *, seconds: float | None = SECONDS, stopping: Callable[[], bool] = jobs.stopping
) -> bool:
    """A slice; True when the export has ended. Called again after a death it goes on from its last mark."""
    noun = nouns.get(export.what)
    if export.state not in _BUSY or noun is None:
        return True
    if not may_export(export.by) or not export.by.has_perm(noun.permission):
        give_up(export)
        return True
    started = time.monotonic()
    ids = files.full_path(export.ids_path)
    rows, mark = ids.with_suffix(".rows"), ids.with_suffix(".mark")
    Export.objects.filter(pk=export.pk, state=ExportState.QUEUED).update(state=ExportState.RUNNING)
    made, at = _begin(noun, export, ids, mark)
    with rows.open("ab") as out:
        rows.chmod(0o600)
        out.truncate(at["size"])
        out.seek(at["size"])
        for chunk in _chunks(ids, at["done"]):
            some = list(noun.write(chunk, made, export.by))
            out.write(growing.rows_of(some, export.format, at["rows"] + 2))
            out.flush()
            at = {"done": at["done"] + len(chunk), "rows": at["rows"] + len(some), "size": out.tell()}
            _save(mark, {"plan": made, "at": at})
            Export.objects.filter(pk=export.pk).update(done=at["done"])
            jobs.beat()
            if seconds is not None and (time.monotonic() - started > seconds or stopping()) and at["done"] < export.rows:
                return False
    _finish(noun, export, rows, made, at["rows"])
    return True


def _begin(noun: Noun, export: Export, ids: Path, mark: Path) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        saved = json.loads(mark.read_text("utf-8"))
        return saved["plan"], saved["at"]
    except (OSError, ValueError, KeyError):
        made = noun.plan(_beating(ids), export.by)
        return made, {"done": 0, "rows": 0, "size": 0}


def _beating(ids: Path) -> Iterator[list[int]]:
    for chunk in _chunks(ids):
        yield chunk
        jobs.beat()


def _save(mark: Path, state: dict[str, Any]) -> None:
    """Written aside and renamed, so that half a mark is never read."""
    aside = mark.with_suffix(".aside")
    aside.write_text(json.dumps(state, ensure_ascii=False), "utf-8")
    aside.chmod(0o600)
    aside.replace(mark)


def _finish(noun: Noun, export: Export, rows: Path, made: dict[str, Any], count: int) -> None:
    relative = f"{export.ids_path.rpartition('.')[0]}.{'csv.gz' if export.format == growing.CSV_GZ else export.format}"
    if export.format == growing.XLSX and count > MOST_XLSX:
        give_up(export)
        return
    growing.finish(rows, files.full_path(relative), export.format, str(noun.label), made["headers"], count)
    ended = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
        state=ExportState.DONE, path=relative, ids_path="", done=export.rows, finished_at=clock.now()
    )
    if ended:
        _remove_parts(export.ids_path)


def _remove_parts(ids_path: str) -> None:
    stem = ids_path.rpartition(".")[0]
    for ending in ("rows", "mark", "ids"):
        files.remove(f"{stem}.{ending}" if stem else "")


def give_up(export: Export) -> None:
    """Nothing of it is left but the line that says so."""
    if Export.objects.filter(pk=export.pk, state__in=_BUSY).update(
        state=ExportState.FAILED, ids_path="", finished_at=clock.now()
    ):
        _remove_parts(export.ids_path)


def forget(before: Any) -> int:
    """Files of exports asked for before that moment go; the line stays. Repeatable."""
    old = Export.objects.filter(at__lt=before, state=ExportState.DONE)
    count = 0
    for export in old.iterator():
        files.remove(export.path)
        Export.objects.filter(pk=export.pk).update(state=ExportState.GONE, path="")
        count += 1
    return count


def file_name(export: Export) -> str:
    noun = nouns.get(export.what)
    ending = "csv.gz" if export.format == growing.CSV_GZ else export.format
    return f"{noun.label if noun else export.what}-{timezone.localtime(export.at):%Y%m%d-%H%M}.{ending}"
