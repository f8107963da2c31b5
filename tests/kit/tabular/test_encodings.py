from collections.abc import Iterator
from itertools import batched
from pathlib import Path

import pytest

from scrm.kit.tabular import Note, open_source
from scrm.kit.tabular.encodings import Text, examine
from tests.kit.tabular.crafting import cells, refusal

RARE = "姓名\t手机号\t备注\r\n𠮷野家\t13800000001\t王𬭎 䶮\r\n🌸小美🌸\t13800000002\té\r\n"
PLAIN = "姓名,手机号\r\n张三,13800000001\r\n李四,13800000002\r\n"


def examined(data: bytes, size: int = 1 << 20, most_lines: int | None = None) -> Text:
    def chunks() -> Iterator[bytes]:
        return (bytes(part) for part in batched(data, size))

    return examine(chunks, most_lines)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("utf-32", "utf-32"),
    ],
)
@pytest.mark.parametrize("text", [RARE, PLAIN])
def test_every_encoding_is_told_and_read(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    with open_source(path) as source:
        assert (source.encoding, source.notes) == (found, [])
        rows = ["\t".join(map(str, row)) for number, row in source.rows()]
    assert rows == text.replace(",", "\t").split("\r\n")[:-1]


@pytest.mark.parametrize("size", [4, 5, 7])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_characters_cut_by_a_chunk_are_whole(encoding: str, size: int) -> None:
    found = examined(RARE.encode(encoding), size)
    assert found.lost == 0
    assert found.encoding in {encoding, "utf-16"}


def test_utf8_with_a_few_broken_bytes_stays_utf8() -> None:
    data = (PLAIN * 20).encode() + "王五".encode()[:-1] + b",13800000003\r\n"
    found = examined(data)
    assert (found.encoding, found.errors, found.lost) == ("utf-8", "replace", 1)


def test_a_file_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    assert examined(PLAIN.encode() + "王".encode()[:2]).encoding == "utf-8"


def test_gb18030_with_broken_bytes_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(PLAIN.encode("gb18030") * 5 + b"\xff,1\r\n")
    with open_source(path) as source:
        assert source.notes == [Note("encoding.lossy", {"encoding": "gb18030", "count": 1})]
        assert list(source.rows())[1] == (2, ["张三", "13800000001"])


def test_question_marks_where_gbk_lost_characters_are_noted() -> None:
    table = "姓名,手机号\r\n𠮷野家,\u202a13800000001\u202c\r\n王𬭎,13800000002\r\n🌸小美,13800000003\r\n"
    found = examined(table.encode("gbk", "replace"))
    assert found.encoding == "gb18030"
    assert found.lost == 4


def test_questions_are_no_loss() -> None:
    text = '问题,回答\r\n您满意吗?,满意\r\n还来吗?,"来?不来?"\r\nhttp://a.cn/?1=2,?\r\n'
    assert examined(text.encode("gbk")).lost == 0


def test_nul_characters_do_not_make_it_utf16() -> None:
    found = examined("姓名,手机号\n甲\0乙,13800000205\0\n".encode())
    assert (found.encoding, found.nul) == ("utf-8", True)
    assert examined(b"a\0,b\0,c\n1,2,3\n").encoding == "utf-8"


def test_ascii_in_utf16_without_a_mark() -> None:
    assert examined("name,phone\r\nLi,13800000001\r\n".encode("utf-16-be")).encoding == "utf-16-be"


def test_lines_are_counted_once_however_they_end() -> None:
    assert examined(b"a\nb\nc").lines == 3
    assert examined(b"a\r\nb\r\nc").lines == 3
    assert examined(b"a\rb\rc").lines == 3


def test_a_survey_can_be_cut_short() -> None:
    found = examined(b"a\n" * 1000, size=100, most_lines=120)
    assert (found.cut, found.lines) == (True, 151)


def test_a_line_without_an_end_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * (9 << 20))
    assert refusal(path) == "file.wrong_type"


def test_nul_characters_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,手机号\n甲\0乙,\0\n".encode())
    assert cells(path) == [["姓名", "手机号"], ["甲乙"]]
