"""Files that no library would write."""

import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from scrm.kit.errors import Refused
from scrm.kit.tabular import open_source
from scrm.kit.tabular.cells import Row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(path: Path, sheet: str | None = None) -> list[Row]:
    with open_source(path) as source:
        return list(source.rows(sheet))


def cells(path: Path, sheet: str | None = None) -> list[list[object]]:
    return [list(row) for number, row in read(path, sheet)]


def refusal(path: Path, **limits: int) -> str:
    """The code a file is refused with, at the door or while its rows are read."""
    try:
        with open_source(path, **limits) as source:
            for sheet in source.sheets:
                for _ in source.rows(sheet):
                    pass
    except Refused as error:
        assert str(error) != error.code  # a sentence
        return error.code
    return ""


def pack(path: Path, parts: Mapping[str, bytes | str | Iterable[bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            if isinstance(content, bytes | str):
                package.writestr(name, content)
                continue
            with package.open(name, "w", force_zip64=True) as entry:
                for piece in content:
                    entry.write(piece)
    return path


def sheet_xml(rows: str, after: str = "", prefix: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{p}worksheet {declared}><{p}dimension ref="A1"/>'
        f"<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>"
    )


def xlsx(
    path: Path,
    *sheets: str | bytes | Iterable[bytes],
    strings: str | Iterable[bytes] | None = None,
    formats: Iterable[tuple[int, str]] = (),
    properties: str = "",
    states: Iterable[str] = (),
    more: dict[str, bytes | str] | None = None,
) -> Path:
    """`sheets` are whole worksheet parts, called S1, S2…; `formats` (id, code) become the cell styles 1, 2…, an
    empty code leaves the format undefined, as an East Asian edition does."""
    shown = [*states, *["visible"] * len(sheets)]
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" state="{shown[n - 1]}" r:id="rId{n}"/>'
        for n in range(1, len(sheets) + 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    defined = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>' for n, code in formats if code)
    styles = "".join(f'<xf numFmtId="{n}"/>' for n, code in [(0, ""), *formats])
    parts: dict[str, bytes | str | Iterable[bytes]] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr {properties}/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{related}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{defined}</numFmts><cellStyleXfs><xf numFmtId="14"/>'
        f"</cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>",
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = sheet
    return pack(path, parts | (more or {}))


def sst(*items: str) -> str:
    """`items` are the insides of <si>."""
    inner = "".join(f"<si>{item}</si>" for item in items)
    return f'<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{inner}</sst>'


def repeated(piece: bytes, times: int, before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    """A long part without holding it."""
    yield before
    block = max(1, min(times, (1 << 20) // max(len(piece), 1)))
    for _ in range(times // block):
        yield piece * block
    yield piece * (times % block)
    yield after


def inline(*texts: str) -> str:
    return "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' for text in texts
    )


def compound(path: Path, streams: dict[str, bytes]) -> Path:
    """A compound file of 512-byte sectors; every stream is padded to 4,096 bytes, so that none is a small one."""
    sectors: list[bytes] = []
    table: list[int] = []

    def store(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, max(len(data), 1), 512)]
        sectors.extend(pieces)
        table.extend([*range(start + 1, start + len(pieces)), 0xFFFFFFFE])
        return start

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        head = (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw), kind, 1)
            + struct.pack("<III", *[0xFFFFFFFF] * 3)
        )
        return (head + b"\0" * 36 + struct.pack("<IQ", start, size)).ljust(128, b"\0")

    entries = [entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, data in streams.items():
        padded = data.ljust(4096, b"\0")
        entries.append(entry(name, 2, store(padded), len(padded)))
    directory = store(b"".join(entries))
    fats = 1
    while fats * 128 < len(sectors) + fats:
        fats += 1
    first = len(sectors)
    table.extend([0xFFFFFFFD] * fats)
    table.extend([0xFFFFFFFF] * (fats * 128 - len(table)))
    packed = struct.pack(f"<{len(table)}I", *table)
    sectors.extend(packed[at : at + 512] for at in range(0, len(packed), 512))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, fats, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [*range(first, first + fats), *[0xFFFFFFFF] * (109 - fats)]
    path.write_bytes(header + struct.pack("<109I", *places) + b"".join(sectors))
    return path


def record(kind: int, data: bytes = b"") -> bytes:
    """Of an xls."""
    return struct.pack("<HH", kind, len(data)) + data


def record12(kind: int, data: bytes = b"") -> bytes:
    """Of an xlsb."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size, length = b"", len(data)
    while True:
        size += bytes([length & 127 | (128 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + size + data


def wide(text: str) -> bytes:
    """A counted text of an xlsb."""
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def ods(path: Path, tables: str, styles: str = "", more: dict[str, bytes | str] | None = None) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'<office:document-content {spaces} xmlns:calcext="urn:c"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return pack(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": content,
            **(more or {}),
        },
    )
