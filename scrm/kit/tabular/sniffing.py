"""What a file is, by its content."""

import re
from pathlib import Path

from scrm.kit.tabular import refusals
from scrm.kit.tabular.biff import XlsbReader, XlsReader
from scrm.kit.tabular.biff.ole import MAGIC
from scrm.kit.tabular.cells import Reader
from scrm.kit.tabular.delimited import DelimitedReader
from scrm.kit.tabular.encodings import Text
from scrm.kit.tabular.limits import Limits
from scrm.kit.tabular.markup import MarkupReader
from scrm.kit.tabular.ods import OdsReader
from scrm.kit.tabular.package import Package
from scrm.kit.tabular.raw import RawText
from scrm.kit.tabular.spreadsheetml import SpreadsheetmlReader
from scrm.kit.tabular.xlsx import XlsxReader

_FOREIGN = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*", b"Rar!", b"7z\xbc\xaf",
    b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x7fELF", b"MZ", b"{\\rtf", b"SQLite format 3", b"\x00\x00\x00",
    b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"MIME-Version:",
)  # fmt: skip
_LOCKED = (b"%TSD-Header-###%", b"E-SafeNet")  # what office protection programs put in front of a file
_MARKUP = re.compile(r"<(?:html|table|head|body|meta|style|tr|td|!doctype\s+html)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x01-\x08\x0e-\x19\x1c-\x1f\ufffd]")


def reader_for(path: Path, limits: Limits) -> Reader:
    """Raises Refused; whatever else a broken file makes a parser raise is the caller's to net."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise refusals.empty()
    if any(mark in head[:512] for mark in _LOCKED):
        raise refusals.encrypted()
    if head.startswith(b"PK\x03\x04"):
        return _packed(path, limits)
    if head.startswith((MAGIC, b"\x09\x08")):
        return XlsReader(path, limits)
    if head.startswith((b"PK", *_FOREIGN)):
        raise refusals.wrong_type()
    return _text(path, limits)


def _packed(path: Path, limits: Limits) -> Reader:
    package = Package(path, limits)
    try:
        if "xl/workbook.bin" in package:
            return XlsbReader(package, limits)
        if "content.xml" in package and "META-INF/manifest.xml" in package:
            if b"spreadsheet" not in package.read("mimetype") if "mimetype" in package else False:
                raise refusals.wrong_type()
            return OdsReader(package, limits)
        if "xl/workbook.xml" in package or "[Content_Types].xml" in package:
            if any(name.startswith(("word/", "ppt/", "visio/")) for name in package.entries):
                raise refusals.wrong_type()
            return XlsxReader(path, package, limits)
        raise refusals.wrong_type()
    except BaseException:
        package.close()
        raise


def _text(path: Path, limits: Limits) -> Reader:
    raw = RawText(path, limits)
    head = raw.head()
    if raw.packed and head.startswith((b"PK\x03\x04", MAGIC, *_FOREIGN)):
        raise refusals.wrong_type()
    if not head.strip(b"\x00\x09\x0a\x0d\x20\xef\xbb\xbf\xff\xfe"):
        raise refusals.empty()
    text = raw.examine(2 * limits.rows + 1000)
    if text.cut:
        _text_reader(raw, text, limits)  # refuses too many rows before the rest is looked at
        text = raw.examine()
    return _text_reader(raw, text, limits)


def _text_reader(raw: RawText, text: Text, limits: Limits) -> Reader:
    start = raw.head().decode(text.encoding, "replace").lstrip("\ufeff \t\r\n\0")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "Workbook" in start and start[0] == "<":
        return SpreadsheetmlReader(raw, text, limits)
    if start.startswith("<") and _MARKUP.search(start):
        return MarkupReader(raw, text, limits)
    garbage = len(_CONTROL.findall(start)) + start.count("\0") // 4
    if start.startswith("<?xml") or garbage > max(len(start) / 10, 8):
        raise refusals.wrong_type()
    return DelimitedReader(raw, text, limits)
