"""Content decides, never the ending."""

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from scrm.kit.errors import Refused
from scrm.kit.tabular import open_source
from tests.kit.tabular.crafting import compound, inline, ods, pack, record, refusal, sheet_xml, xlsx

ENDINGS = ["a.csv", "a.xlsx", "a.xls", "a.txt", "a"]


def kind(path: Path) -> tuple[str, list[list[object]]]:
    with open_source(path) as source:
        return source.kind, [list(row) for number, row in source.rows()]


@pytest.mark.parametrize("name", ENDINGS)
def test_the_ending_is_not_looked_at(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.save(path)
    assert kind(path) == ("xlsx", [["a", "b"]])
    old = xlwt.Workbook()
    old.add_sheet("S").write(0, 0, "a")
    old.save(str(path))
    assert kind(path) == ("xls", [["a"]])
    path.write_text("a,b\n", encoding="utf-8")
    assert kind(path) == ("csv", [["a", "b"]])
    path.write_text("<html><table><tr><td>a</td></tr></table></html>", encoding="utf-8")
    assert kind(path) == ("html", [["a"]])
    ods(path, '<table:table table:name="T"><table:table-row><table:table-cell office:value-type="string"><text:p>a'
        "</text:p></table:table-cell></table:table-row></table:table>")  # fmt: skip
    assert kind(path) == ("ods", [["a"]])


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"GIF89a\x01\x00",
        b"Rar!\x1a\x07\x00",
        b"7z\xbc\xaf\x27\x1c",
        b"{\\rtf1\\ansi hello}",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<table>",
        b"\x00\x01\x02\x03" * 200,
        bytes(range(256)) * 8,
        b'<?xml version="1.0"?><rss><item/></rss>',
        b"<html><body><p>please log in</p></body></html>",
        b"\x7fELF\x02\x01\x01",
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert refusal(path) == "file.wrong_type"
    path.write_bytes(gzip.compress(data))
    assert refusal(path) in {"file.wrong_type", "file.unreadable"}


def test_other_office_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert (
        refusal(pack(path, {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}))
        == "file.wrong_type"
    )
    assert refusal(pack(path, {"a.jpg": b"x", "b.csv": "a,b\n"})) == "file.wrong_type"
    assert (
        refusal(ods(path, "", more={"mimetype": "application/vnd.oasis.opendocument.text"}))
        == "file.wrong_type"
    )
    assert refusal(compound(path, {"WordDocument": b"x"})) == "file.wrong_type"


def test_old_binary_sheets_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(record(0x0809, b"\x00\x04\x10\x00\x00\x00\x00\x00") + record(10))
    assert refusal(path) == "file.wrong_type"


@pytest.mark.parametrize(
    "streams", [{"EncryptedPackage": b"x", "EncryptionInfo": b"y"}, {"EncryptionInfo": b"y"}]
)
def test_a_password_is_said(tmp_path: Path, streams: dict[str, bytes]) -> None:
    assert refusal(compound(tmp_path / "a.xlsx", streams)) == "file.encrypted"


def test_an_encrypted_xls_is_said(tmp_path: Path) -> None:
    stream = record(0x0809, b"\x00\x06\x05\x00" + b"\0" * 12) + record(0x2F, b"\0" * 6) + record(10)
    assert refusal(compound(tmp_path / "a.xls", {"Workbook": stream})) == "file.encrypted"


def test_an_encrypted_ods_is_said(tmp_path: Path) -> None:
    manifest = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    assert refusal(ods(tmp_path / "a.ods", "", more=manifest)) == "file.encrypted"


def test_an_encrypted_zip_is_said(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("<row>" + inline("a") + "</row>"))
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    assert refusal(path) == "file.encrypted"


@pytest.mark.parametrize("head", [b"%TSD-Header-###%\x01\x02", b"b\x14#e\x00\x01\x00E-SafeNet\x00LOCK\x00"])
def test_files_locked_by_office_protection_are_said(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(head + b"\x91" * 600)
    assert refusal(path) == "file.encrypted"


def test_a_truncated_workbook_is_said(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("<row>" + inline("a") + "</row>"))
    whole = path.read_bytes()
    for size in (4, 40, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:size])
        assert refusal(path) == "file.unreadable"


def test_a_truncated_xls_is_said(tmp_path: Path) -> None:
    book, whole = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("S").write(0, 0, "a")
    book.save(whole)
    path = tmp_path / "a.xls"
    for size in (8, 100, 600, 2000):
        path.write_bytes(whole.getvalue()[:size])
        assert refusal(path) == "file.unreadable"


def test_a_wrong_sheet_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", *[sheet_xml("<row>" + inline("a") + "</row>")] * 2)
    with open_source(path) as source, pytest.raises(Refused) as refused:
        source.rows("S9")
    assert (refused.value.code, refused.value.detail) == (
        "sheet.unknown",
        {"sheet": "S9", "names": ["S1", "S2"]},
    )
    with open_source(path) as source, pytest.raises(Refused):
        source.merged("S9")


def test_a_file_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_source(tmp_path / "none.csv")


def test_the_zip_stays_readable_when_another_process_has_it(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", sheet_xml("<row>" + inline("a") + "</row>"))
    with zipfile.ZipFile(path), open_source(path) as one, open_source(path) as two:
        assert list(one.rows()) == list(two.rows()) == [(1, ["a"])]
