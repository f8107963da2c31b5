"""Workbooks, read by python-calamine."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from scrm.kit.errors import Refused
from scrm.kit.tabular.cells import Merge, Note, Row


class WorkbookReader:
    kind = "xlsx"
    encoding = ""
    delimiter = ""

    def __init__(self, path: Path) -> None:
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except CalamineError as error:
            raise Refused("file.unreadable", _("The file is damaged. Save it again as xlsx.")) from error
        self.notes: list[Note] = []
        self.sheets: list[str] = []
        hidden = []
        for meta in self._book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            if meta.visible != SheetVisibleEnum.Visible:
                hidden.append(meta.name)
            elif self._sheet(meta.name).start is not None:
                self.sheets.append(meta.name)
        if hidden:
            self.notes.append(Note("sheets.hidden", {"names": hidden}))
        if not self.sheets:
            raise Refused("file.no_sheet", _("The file has no visible sheet with data."))

    def _sheet(self, name: str) -> CalamineSheet:
        return self._book.get_sheet_by_name(name)

    def rows(self, sheet: str) -> Iterator[Row]:
        data = self._sheet(sheet)
        pad = [""] * (data.start or (0, 0))[1]
        for number, cells in enumerate(data.iter_rows(), 1):  # rows from the top, columns from the used range
            while cells and cells[-1] == "":
                cells.pop()
            yield number, [*pad, *cells] if cells else []

    def merged(self, sheet: str) -> list[Merge]:
        found = self._sheet(sheet).merged_cell_ranges or []
        return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in found]

    def close(self) -> None:
        self._book.close()
