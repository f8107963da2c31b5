"""Reads any sheet a customer may send and writes safe ones. Knows cells and rows, not what they mean."""

from scrm.kit.tabular.cells import Cell, Merge, Note, Row
from scrm.kit.tabular.digest import sha256_of
from scrm.kit.tabular.neutral import neutralise, unneutralise
from scrm.kit.tabular.source import Source, open_source
from scrm.kit.tabular.writing import Percent, write_csv, write_xlsx

__all__ = [
    "Cell",
    "Merge",
    "Note",
    "Percent",
    "Row",
    "Source",
    "neutralise",
    "open_source",
    "sha256_of",
    "unneutralise",
    "write_csv",
    "write_xlsx",
]
