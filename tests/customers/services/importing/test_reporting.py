"""The own sheet back, sentence by sentence; and who may have it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import RequestFactory
from django.utils import translation
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from customers import files as private_files
from customers.choices import BatchState, Outcome
from customers.models import Customer, ImportBatch
from customers.services.importing import files, reasons, reporting, running
from customers.services.importing.reporting import Told
from scrm.kit.files import full_path
from scrm.kit.tabular import open_source
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.importing import runs

pytestmark = pytest.mark.django_db
A, B = "13777000001", "13777000002"
ROWS = [
    ["会员表"],
    ["姓名", "手机号", "生日"],
    ["张三", A, "90后"],
    ["李四", "-", None],
    [],
    ["王五", B, None],
    ["合计", "3人", None],
]


@pytest.fixture
def batch(tmp_path: Path) -> ImportBatch:
    return files.run_file(sheets.xlsx(tmp_path / "会员.xlsx", ROWS), require="phone")


def written(batch: ImportBatch, out: Path, **options: Any) -> list[list[Any]]:
    with running.reopen(batch, full_path(batch.path)) as opened:
        reporting.write(out, opened.source, opened.layout, reporting.told_by(batch), **options)
    return sheets.rows_of_xlsx(out)


def test_every_row_at_its_place(batch: ImportBatch, tmp_path: Path) -> None:
    with translation.override("en"):
        rows = written(batch, tmp_path / "out.xlsx")
        empty = reasons.sentence("phone.missing", {"column": "手机号", "cell": "B4"})
    assert rows == [
        ["会员表", None, None, None, None],
        ["姓名", "手机号", "生日", "导入结果", "错误原因"],
        ["张三", A, "90后", "created", "生日 (C3): “90后” is no date, left empty"],
        ["李四", "-", None, "rejected", empty],
        [None] * 5,
        ["王五", B, None, "created", None],
        ["合计", "3人", None, None, None],
    ]


def test_only_the_problems(batch: ImportBatch, tmp_path: Path) -> None:
    rows = written(batch, tmp_path / "out.xlsx", only_problems=True)
    assert [(row[0], row[-1]) for row in rows] == [("姓名", "原行号"), ("张三", 3), ("李四", 4)]
    assert rows[2][-2].startswith("手机号（B4）")


def test_the_problems_come_back_without_their_old_row_numbers(batch: ImportBatch, tmp_path: Path) -> None:
    out = tmp_path / "问题.xlsx"
    written(batch, out, only_problems=True)
    again = files.run_file(out, require="name")
    assert (again.counters["rows"], again.counters["created"], again.counters["unchanged"]) == (2, 1, 1)
    assert [person.legacy for person in Customer.objects.filter(name__in=["张三", "李四"])] == [{}, {"生日": "90后"}]


def test_a_report_of_a_report_has_its_columns_once(batch: ImportBatch, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    first = written(batch, out)
    again = files.run_file(out, require="phone")
    assert written(again, tmp_path / "again.xlsx")[1] == first[1]


def test_formulas_in_cells_are_text_again(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", [["姓名", "手机号"], ["=1+1", A], ["@SUM(1)", B], ["-2", None]])
    rows = written(files.run_file(path), tmp_path / "out.xlsx")
    assert [row[0] for row in rows] == ["姓名", "=1+1", "@SUM(1)", "-2"]


def test_every_code_has_a_sentence_in_words() -> None:
    with translation.override("en"):
        for code in reasons.SENTENCES:
            said = reasons.sentence(
                code, {"column": "列", "cell": "B2", "value": "v", "name": "n", "kept": "k"}
            )
            assert said != code and "%(" not in said
            assert "%(" not in reasons.sentence(code)
        for code in reasons.NOTES:
            said = reasons.of_note({"code": code, "count": 3, "names": ["旧", "更旧"], "rows": [4, 7]})
            assert said != code and "%(" not in said and "[" not in said
        assert (reasons.sentence("x.y"), reasons.of_note({"code": "x.y"})) == ("x.y", "x.y")


def test_all_there_is_to_say_of_a_row_once() -> None:
    with translation.override("en"):
        said = reasons.of_row(
            "", {"name": "乙", "kept": "甲"}, [{"code": "row.sample"}, {"code": "row.sample"}], True
        )
    assert said.split("；") == [
        "Same person, other name: the sheet says “乙”, kept was “甲”",
        "This row looks like the template's example; delete the customer if it is",
    ]


def test_rows_that_nobody_asked_about_are_passed_over(tmp_path: Path) -> None:
    path = sheets.csv_file(tmp_path / "a.csv", [["姓名", "手机号"], ["张三", A], ["李四", B]])
    with running.open_file(path) as opened:
        told = [Told(0, Outcome.CREATED, "?"), Told(3, Outcome.REJECTED, "why")]
        reporting.write(tmp_path / "out.xlsx", opened.source, opened.layout, told)
    assert [row[3] if len(row) > 3 else None for row in sheets.rows_of_xlsx(tmp_path / "out.xlsx")] == [
        "错误原因",
        None,
        "why",
    ]


def test_a_sheet_that_counts_from_1904_goes_back_as_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.worksheets[0]
    page.append(["姓名", "手机号", "生日"])
    page.append(["张三", A, 31538])
    page.append(["李四", B, datetime(1990, 5, 7)])
    book.save(tmp_path / "a.xlsx")
    written(files.run_file(tmp_path / "a.xlsx"), tmp_path / "out.xlsx")
    with open_source(tmp_path / "out.xlsx") as source:
        assert source.since_1904
        assert [row[2] for _number, row in source.rows()] == ["生日", 31538.0, date(1990, 5, 7)]


MERGED: list[tuple[list[list[Any]], list[str], int]] = [
    # A child in the second row of a family.
    ([["姓名", "手机号", "孩子"], ["张三", A, "甲"], [None, None, "乙"], ["李四", B, "丙"]], ["A2:A3", "B2:B3"], 2),
    # Titles, of the sheet and of sections, across the columns; nothing in the first rows.
    (
        [[], [], ["会员表"], ["姓名", "手机号", "生日"], ["一店的客户"], ["张三", A], ["二店的客户"], ["李四", B]],
        ["A3:C3", "A5:C5", "A7:C7"],
        4,
    ),
    # Two rows of header, some merged down, some under a group.
    (
        [["姓名", "联系方式", None, "备注"], [None, "手机号", "微信号", None], ["张三", A, "zhang_san1", "x"], ["李四", B]],
        ["A1:A2", "B1:C1", "D1:D2"],
        2,
    ),
    # Far wider than the table.
    ([["姓名", "手机号"], ["张三", A], ["以上为老客户名单"], ["李四", B]], ["A3:Z3"], 2),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "merge", "skipped"), MERGED)
def test_what_was_merged_comes_back_as_it_went(
    tmp_path: Path, rows: list[list[Any]], merge: list[str], skipped: int
) -> None:
    path = sheets.xlsx(tmp_path / "a.xlsx", rows, merge=merge)
    first = runs.run(path, "--report", str(tmp_path / "out.xlsx"))
    assert runs.figures(first) == (2, 0, 0, 0, 0)
    again = runs.run(tmp_path / "out.xlsx", "--report", str(tmp_path / "again.xlsx"))
    assert runs.figures(again) == (0, 0, 2, 0, 0)
    third = runs.run(tmp_path / "again.xlsx")
    assert runs.figures(third) == (0, 0, 2, 0, 0)
    assert first["skipped"] == again["skipped"] == third["skipped"] == skipped
    out, once_more = (sorted(sheets.merges_of_xlsx(tmp_path / name)) for name in ("out.xlsx", "again.xlsx"))
    assert out == once_more == ([(2, 2, 0, 2)] if merge == ["A3:Z3"] else sorted(sheets.merges_of_xlsx(path)))
    whole = sheets.rows_of_xlsx(tmp_path / "out.xlsx")
    for number, row in enumerate(rows):
        assert whole[number][: len(row)] == row


def test_a_merged_range_moves_with_its_columns_and_does_not_hide_the_report(tmp_path: Path) -> None:
    rows = [["导入结果", "姓名", "错误原因", "手机号"], ["created", "张三", "x", A], [None, "李四", None, B]]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A1:A2", "B2:D2", "B3:Z3"])
    with running.open_file(path) as opened:
        reporting.write(tmp_path / "out.xlsx", opened.source, opened.layout, [Told(2, Outcome.CREATED, "")])
        reporting.write(tmp_path / "some.xlsx", opened.source, opened.layout, [], only_problems=True)
    assert sorted(sheets.merges_of_xlsx(tmp_path / "out.xlsx")) == [(1, 1, 0, 2), (2, 2, 0, 2)]
    assert sheets.merges_of_xlsx(tmp_path / "some.xlsx") == []


class TestDownloads:
    def asks(self, user: Employee, query: str = "") -> Any:
        request = RequestFactory().get(f"/{query}")
        request.user = user
        return request

    def test_only_who_may_import_gets_file_and_report(
        self,
        batch: ImportBatch,
        owner: Employee,
        operator: Employee,
        manager: Employee,
        employee: Employee,
        agency: Employee,
    ) -> None:
        for user in (owner, operator):
            assert private_files.original(self.asks(user), batch.pk) == (batch.path, "会员.xlsx")
            assert private_files.report(self.asks(user), batch.pk) is not None
        for user in (manager, employee, agency):
            assert private_files.original(self.asks(user), batch.pk) is None
            assert private_files.report(self.asks(user), batch.pk) is None

    def test_a_report_is_made_once_for_each_kind(self, batch: ImportBatch, owner: Employee) -> None:
        whole = private_files.report(self.asks(owner), batch.pk)
        problems = private_files.report(self.asks(owner, "?only=problems"), batch.pk)
        assert whole is not None and problems is not None and whole[0] != problems[0]
        assert (whole[1], private_files.report(self.asks(owner), batch.pk)) == ("会员-导入结果.xlsx", whole)
        assert [row[0] for row in sheets.rows_of_xlsx(full_path(problems[0]))] == ["姓名", "张三", "李四"]
        full_path(whole[0]).unlink()
        again = private_files.report(self.asks(owner), batch.pk)
        assert again is not None and full_path(again[0]).exists()

    def test_an_import_that_went_on_has_more_to_tell(self, batch: ImportBatch, owner: Employee) -> None:
        ImportBatch.objects.update(state=BatchState.CANCELLED, cursor=2)
        early = private_files.report(self.asks(owner), batch.pk)
        ImportBatch.objects.update(state=BatchState.DONE, cursor=3)
        late = private_files.report(self.asks(owner), batch.pk)
        assert early is not None and late is not None and early[0] != late[0]

    @pytest.mark.parametrize(
        "state", [BatchState.UPLOADED, BatchState.PREVIEWED, BatchState.RUNNING, BatchState.REFUSED]
    )
    def test_no_report_before_there_is_a_result(
        self, batch: ImportBatch, owner: Employee, state: str
    ) -> None:
        ImportBatch.objects.update(state=state)
        assert private_files.report(self.asks(owner), batch.pk) is None

    def test_forgotten_files_are_not_there(self, batch: ImportBatch, owner: Employee) -> None:
        ImportBatch.objects.update(path="")
        assert (
            private_files.original(self.asks(owner), batch.pk),
            private_files.report(self.asks(owner), batch.pk),
        ) == (None, None)


def test_of_a_header_in_two_rows_the_report_of_problems_has_both(tmp_path: Path) -> None:
    rows = [
        ["姓名", "联系方式", None, "推荐人", None],
        [None, "手机号", "微信号", "姓名", "电话"],
        ["张三", A, "zhangsan_1", "李四", B],
        ["王五", "12", None, "李四", B],
    ]
    path = sheets.xlsx(tmp_path / "会员.xlsx", rows, merge=["A1:A2", "B1:C1", "D1:E1"])
    batch = files.run_file(path, require="phone")
    out = tmp_path / "问题.xlsx"
    written(batch, out, only_problems=True)
    header = sheets.rows_of_xlsx(out)[0]
    assert header[:3] == ["姓名", "手机号", "微信号"]
    assert header[3:5] == ["推荐人姓名", "推荐人电话"]
    ImportBatch.objects.all().delete()
    again = files.run_file(out, require="phone")
    assert (again.counters["rows"], again.counters["rejected"], again.mapping["targets"][:3]) == (
        1, 1, ["name", "phone", "wechat_id"],
    )  # fmt: skip
