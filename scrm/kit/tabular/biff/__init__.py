"""The binary formats, xls and xlsb, record by record.

Not by calamine: it makes room for the sizes such a file claims and for the rectangle around its cells, and a file of a
few kilobytes could end the process. Having to walk every record to find that out, one may as well read it.
"""

from scrm.kit.tabular.biff.xls import XlsReader
from scrm.kit.tabular.biff.xlsb import XlsbReader

__all__ = ["XlsReader", "XlsbReader"]
