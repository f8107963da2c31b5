"""Pictures inside cells, as WPS writes them."""

import re

from scrm.kit.tabular.cells import Cell

_PICTURE = re.compile(r"=(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


def without_pictures(cells: list[Cell]) -> list[Cell]:
    """The cells, with `=DISPIMG("ID_…",1)` read as empty."""
    return ["" if isinstance(cell, str) and _PICTURE.match(cell) else cell for cell in cells]
