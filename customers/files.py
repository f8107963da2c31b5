"""The private files of imports and exports, behind the permission to import or export."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest

from customers.choices import BatchState, ExportState, ImportKind
from customers.models import Export, ImportBatch
from customers.services.contact_sheets import kinds
from customers.services.contact_sheets import reporting as contact_reporting
from customers.services.contact_sheets import running as contact_running
from customers.services.exporting import running as exporting
from customers.services.importing import reporting, running
from customers.services.ordering import reporting as order_reporting
from customers.services.ordering import running as order_running
from scrm.kit import audit, files
from scrm.staff.choices import Role


def _batch(request: HttpRequest, pk: int) -> ImportBatch | None:
    if not request.user.has_perm("customers.run_import"):  # type: ignore[union-attr]
        return None
    return ImportBatch.objects.filter(pk=pk).exclude(path="").first()


def original(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    batch = _batch(request, pk)
    if batch is None:
        return None
    audit.record("import.downloaded", by=request.user, on=batch, file="original")
    return batch.path, batch.file_name


def report(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """The own sheet with reasons; `?only=problems` leaves out the rows that came in without a remark."""
    batch = _batch(request, pk)
    if batch is None or batch.state not in (
        BatchState.DONE,
        BatchState.CANCELLED,
        BatchState.FAILED,
        BatchState.UNDONE,
    ):
        return None
    only_problems = request.GET.get("only") == "problems"
    # A cancelled import that went on has more to tell than when its report was made.
    kind = f"{'problems' if only_problems else 'all'}-{batch.cursor}"
    made = dict(batch.counters.get("reports", {}))
    if kind not in made or not files.full_path(made[kind]).exists():
        relative, handle = files.create("imports", ".xlsx")
        handle.close()
        _write(batch, files.full_path(relative), only_problems)
        made[kind] = relative
        ImportBatch.objects.filter(pk=batch.pk).update(counters={**batch.counters, "reports": made})
    audit.record("import.downloaded", by=request.user, on=batch, file="problems" if only_problems else "report")
    stem = batch.file_name.rsplit(".", 1)[0]
    return made[kind], f"{stem}-{'问题行' if only_problems else '导入结果'}.xlsx"


def _write(batch: ImportBatch, path: Path, only_problems: bool) -> None:
    original = files.full_path(batch.path)
    if batch.kind == ImportKind.ORDERS:
        with order_running.reopen(batch, original) as opened:
            order_reporting.write(path, opened, order_reporting.told_by(batch), only_problems=only_problems)
        return
    if kinds.is_one(batch.kind):
        with contact_running.reopen(batch, original) as opened:
            contact_reporting.write(path, opened, order_reporting.told_by(batch), only_problems=only_problems)
        return
    with running.reopen(batch, original) as opened:
        told = reporting.told_by(batch)
        reporting.write(path, opened.source, opened.layout, told, only_problems=only_problems)


def export(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """For whoever asked for it, as long as she may export, and for the owner."""
    user: Any = request.user
    found = Export.objects.filter(pk=pk, state=ExportState.DONE).first()
    if found is None or not exporting.may_export(user) or (found.by_id != user.pk and user.role != Role.OWNER):
        return None
    audit.record("export.downloaded", by=user, on=found, count=found.rows, what=found.what)
    return found.path, exporting.file_name(found)


def register() -> None:
    files.downloads.register("export", export)
    files.downloads.register("import-original", original)
    files.downloads.register("import-report", report)
