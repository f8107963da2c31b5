"""xlsx: by python-calamine where that is safe and enough, by a streaming reader of our own where it is not."""

from scrm.kit.tabular.xlsx.reader import XlsxReader

__all__ = ["XlsxReader"]
