"""How much a file may be."""

from dataclasses import dataclass

from scrm.kit.tabular import refusals
from scrm.kit.tabular.cells import Cell


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

    def check_width(self, cells: list[Cell]) -> None:
        """`cells` without trailing empty ones."""
        if len(cells) > self.columns:
            raise refusals.too_many_columns(self.columns)
