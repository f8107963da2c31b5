"""An export as somebody asks for it, and its file read or imported again."""

import shutil
from pathlib import Path
from typing import Any

from customers.choices import ExportState
from customers.models import Customer, Export, Order
from customers.services.exporting import running
from scrm.kit import files, jobs
from scrm.kit.tabular import open_source
from scrm.staff.models import Employee


def exported(by: Employee, what: str = "customers", format: str = "xlsx", rows: Any = None) -> Export:
    """Asked for and written; whatever became of it."""
    model: Any = {"customers": Customer, "orders": Order}[what]
    found = model.objects.visible_to(by) if rows is None else rows
    export = running.ask(what=what, rows=found, format=format, selection="全部", by=by)
    jobs.drain()
    export.refresh_from_db()
    return export


def file_of(export: Export, folder: Path) -> Path:
    """The file under the name it is downloaded by."""
    assert export.state == ExportState.DONE
    return Path(shutil.copyfile(files.full_path(export.path), folder / running.file_name(export)))


def rows_of(path: Path) -> list[list[Any]]:
    with open_source(path) as source:
        return [list(row) for _number, row in source.rows(source.sheets[0])]


def table(path: Path) -> list[dict[str, Any]]:
    """Each row by its headers, without blanks."""
    head, *rows = rows_of(path)
    return [{key: value for key, value in zip(head, row, strict=False) if value != ""} for row in rows]
