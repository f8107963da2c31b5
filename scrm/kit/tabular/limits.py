"""How much a file may be."""

from dataclasses import dataclass

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell, is_white, trim


@dataclass(frozen=True)
class Limits:
    rows: int = 1_000_000
    unzipped: int = 1 << 30
    columns: int = 500

    def check_size(self, size: int) -> None:
        if size > self.unzipped:
            raise refusals.too_big(self.unzipped)

    def check_rows(self, count: int) -> None:
        """`count` of rows that hold a value."""
        if count > self.rows:
            raise refusals.too_many_rows(self.rows)

    def cut(self, cells: list[Cell]) -> list[Cell]:
        """The same list without white space beyond the last column. Raises Refused for a value there."""
        if len(cells) > self.columns:
            for cell in cells[self.columns :]:
                self.check_far(cell)
            del cells[self.columns :]
            trim(cells)
        return cells

    def check_far(self, cell: Cell) -> None:
        """`cell` lies beyond the last column."""
        if not is_white(cell):
            raise refusals.too_many_columns(self.columns)
