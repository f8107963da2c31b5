"""The workbook part: which sheets there are, where they lie, and what the styles make of numbers."""

import posixpath
from dataclasses import dataclass
from functools import cached_property

from scrm.kit.tabular.package import Package
from scrm.kit.tabular.serials import EAST_ASIAN, Format, format_of
from scrm.kit.tabular.xlsx.strings import read_strings
from scrm.kit.tabular.xml import elements

MOST_STYLES = 100_000  # Excel stops at 65,490


@dataclass(frozen=True)
class SheetPart:
    name: str
    part: str
    visible: bool


class Book:
    """`usual` says that another reader, which goes by conventional names, sees the same parts."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = "xl/workbook.xml"
        for relation in _relations(package, "_rels/.rels").values():
            if relation["Type"].endswith("/officeDocument"):
                main = relation["Target"].lstrip("/")
        self._base = posixpath.dirname(main)
        folder, file = posixpath.split(main)
        relations = _relations(package, f"{folder}/_rels/{file}.rels")
        self.since_1904 = False
        self.sheets: list[SheetPart] = []
        for name, attributes in elements(package.chunks(main)):
            if name == "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
            elif name == "sheet":
                relation = relations.get(attributes.get("id", ""), {"Type": "", "Target": ""})
                if relation["Type"].endswith("/worksheet"):
                    part = self._resolve(relation["Target"])
                    visible = attributes.get("state", "visible") == "visible"
                    self.sheets.append(SheetPart(attributes.get("name", ""), part, visible))
        targets = {relation["Type"].rpartition("/")[2]: relation["Target"] for relation in relations.values()}
        self.strings_part = self._resolve(targets.get("sharedStrings", "sharedStrings.xml"))
        self.styles_part = self._resolve(targets.get("styles", "styles.xml"))
        self.usual = (
            not package.ambiguous
            and len({sheet.name for sheet in self.sheets}) == len(self.sheets)
            and self.strings_part.lower() == f"{self._base}/sharedstrings.xml".lower()
            and self.styles_part.lower() == f"{self._base}/styles.xml".lower()
            and file == "workbook.xml"
        )

    def _resolve(self, target: str) -> str:
        return posixpath.normpath(posixpath.join("/", self._base, target)).lstrip("/")

    @cached_property
    def strings(self) -> list[str]:
        if self.strings_part not in self.package:
            return []
        return read_strings(self.package.chunks(self.strings_part))

    @cached_property
    def _formats(self) -> list[tuple[Format, bool]]:
        """Per cell style: what it makes of a number, and whether only East Asian editions know that."""
        if self.styles_part not in self.package:
            return []
        codes: dict[str, str] = {}
        found: list[tuple[Format, bool]] = []
        section = ""
        for name, attributes in elements(self.package.chunks(self.styles_part)):
            if name == "numFmt" and section == "numFmts":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and section == "cellXfs":
                number = attributes.get("numFmtId", "0")
                code = codes.get(number)
                local = int(number) in EAST_ASIAN and code is None
                found.append((format_of(int(number), code), local))
                if len(found) > MOST_STYLES:
                    raise ValueError("too many styles")
            elif name in _SECTIONS:
                section = name
        return found

    @cached_property
    def formats(self) -> list[Format]:
        return [form for form, _local in self._formats]

    @cached_property
    def local_styles(self) -> list[int]:
        """Styles that another reader does not know: it takes their dates for numbers and drops their noughts."""
        return [i for i, (form, local) in enumerate(self._formats) if local or form.digits]


_SECTIONS = {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}


def _relations(package: Package, part: str) -> dict[str, dict[str, str]]:
    if part not in package:
        return {}
    return {
        attributes["Id"]: attributes
        for name, attributes in elements(package.chunks(part))
        if name == "Relationship" and {"Id", "Type", "Target"} <= attributes.keys()
    }
