"""The private files of imports, behind the permission to import."""

from django.http import HttpRequest

from customers.choices import BatchState
from customers.models import ImportBatch
from customers.services.importing import reporting, running
from scrm.kit import files


def _batch(request: HttpRequest, pk: int) -> ImportBatch | None:
    if not request.user.has_perm("customers.run_import"):  # type: ignore[union-attr]
        return None
    return ImportBatch.objects.filter(pk=pk).exclude(path="").first()


def original(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    batch = _batch(request, pk)
    return (batch.path, batch.file_name) if batch else None


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
        with running.reopen(batch, files.full_path(batch.path)) as opened:
            reporting.write(
                files.full_path(relative),
                opened.source,
                opened.layout,
                reporting.told_by(batch),
                only_problems=only_problems,
            )
        made[kind] = relative
        ImportBatch.objects.filter(pk=batch.pk).update(counters={**batch.counters, "reports": made})
    stem = batch.file_name.rsplit(".", 1)[0]
    return made[kind], f"{stem}-{'问题行' if only_problems else '导入结果'}.xlsx"


def register() -> None:
    files.downloads.register("import-original", original)
    files.downloads.register("import-report", report)
