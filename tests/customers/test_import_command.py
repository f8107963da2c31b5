"""The door of the main job: one JSON object, exit codes, options, a dry run that writes nothing, a report that comes
back."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from customers.choices import BatchState
from customers.models import Customer, CustomField, Identity, ImportBatch, ImportMapping, Opening
from customers.services import fields as own_fields
from customers.services.importing import files, mapping, running
from scrm.kit import claims
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    CASES,
    by_phone,
    everything_counted,
    figures,
    last_batch,
    names_and_phones,
    needs_cases,
    outcomes,
    rejected,
    run,
    tags_of,
)
from tests.kit import processes

KEYS = [
    "file", "sheet", "rows", "created", "updated", "unchanged", "merged", "rejected", "skipped", "conflicts", "warnings", "customers_total",
    "rejections", "rejections_more", "refused",
]  # fmt: skip
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))
SIMPLE = [["姓名", "手机号"], ["张三", A], ["李四", B], ["王五", "021-61234567"]]


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def simple(tmp_path: Path) -> Path:
    return sheets.xlsx(tmp_path / "会员.xlsx", SIMPLE)


# --- what it says -----------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestAnswer:
    def test_every_key_is_there_and_numbers_are_whole(self, simple: Path) -> None:
        answer = run(simple)
        assert list(answer) == KEYS
        assert answer == {
            "file": "会员.xlsx", "sheet": "Sheet1", "rows": 3, "created": 2, "updated": 0, "unchanged": 0, "merged": 0, "rejected": 1,
            "skipped": 1, "conflicts": 0, "warnings": 0, "customers_total": 2, "rejections": answer["rejections"], "rejections_more": 0,
            "refused": None,
        }  # fmt: skip
        assert [list(row) for row in answer["rejections"]] == [["row", "code", "reason"]]
        assert rejected(answer) == [(4, "phone.landline")]

    def test_a_refused_file_has_the_same_keys_and_one_sentence(self, tmp_path: Path) -> None:
        answer = run(tmp_path / "nowhere.xlsx")
        assert list(answer) == KEYS
        assert (answer["sheet"], answer["rejections"], answer["rows"]) == (None, [], 0)
        assert "nowhere.xlsx" in answer["refused"] and "\n" not in answer["refused"]

    def test_the_reason_names_the_cell_in_the_language_of_the_site(self, simple: Path) -> None:
        with translation.override("en"):
            reason = run(simple)["rejections"][0]["reason"]
        assert reason == "手机号 (B4): “021-61234567” is a landline, a mobile number is needed"

    def test_at_most_a_thousand_rejections_are_told_and_the_rest_counted(self, tmp_path: Path) -> None:
        rows = [["姓名", "手机号"], *(["人", f"021-6{n:07d}"] for n in range(1_003)), ["张三", A]]
        for flags in ((), ("--dry-run",)):
            answer = run(sheets.csv_file(tmp_path / "a.csv", rows), *flags)
            assert (answer["rejected"], len(answer["rejections"]), answer["rejections_more"]) == (
                1003,
                1000,
                3,
            )
            assert [row["row"] for row in answer["rejections"]] == list(range(2, 1002))

    def test_people_read_a_sentence(self, simple: Path) -> None:
        out = io.StringIO()
        with translation.override("en"):
            call_command("import_customers", str(simple), stdout=out)
        assert out.getvalue().splitlines() == [
            "3 rows: created 2, updated 0, unchanged 0, joined within the sheet 0, rejected 1; 1 titles, headers and blank rows not counted",
            "  row 4: 手机号 (B4): “021-61234567” is a landline, a mobile number is needed",
        ]

    def test_people_read_why_not_on_stderr(self, tmp_path: Path) -> None:
        out, err = io.StringIO(), io.StringIO()
        (tmp_path / "a.csv").write_bytes(b"")
        with pytest.raises(SystemExit) as end, translation.override("en"):
            call_command("import_customers", str(tmp_path / "a.csv"), stdout=out, stderr=err)
        assert (end.value.code, out.getvalue(), err.getvalue()) == (
            1, "", "The file is empty. Please choose another file.\n",
        )  # fmt: skip

    def test_a_remark_on_the_whole_file_goes_to_stderr(self, tmp_path: Path) -> None:
        """ "?" stands where a converter had no letter: who imports it should know."""
        path = tmp_path / "a.csv"
        path.write_bytes("姓名,手机号\n?野家,13777000001\n王?,13777000002\n?,?13777000003\n".encode("gbk"))
        for flags in (("--dry-run",), ()):
            out, err = io.StringIO(), io.StringIO()
            call_command("import_customers", str(path), "--json", *flags, stdout=out, stderr=err)
            assert json.loads(out.getvalue())["refused"] is None
            assert len(err.getvalue().splitlines()) == 1 and len(err.getvalue()) > 40

    def test_unknown_options_and_values_are_the_parsers(self, simple: Path) -> None:
        for flags in (("--require", "age"), ("--on-conflict", "merge"), ("--frobnicate",)):
            with pytest.raises(CommandError):
                call_command("import_customers", str(simple), *flags)
        assert ImportBatch.objects.count() == 0


@pytest.mark.django_db(transaction=True)
class TestProcess:
    def start(self, *args: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "import_customers", *args],
            cwd=processes.ROOT,
            env=processes.environment(DATA_DIR=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def test_stdout_is_one_object_and_nothing_else(self, simple: Path, tmp_path: Path) -> None:
        done = self.start(str(simple), "--json", tmp_path=tmp_path)
        assert (done.returncode, done.stdout.count("\n"), list(json.loads(done.stdout))) == (0, 1, KEYS)
        assert done.stderr == ""
        assert names_and_phones() == [("张三", A), ("李四", B)]

    def test_a_refusal_ends_with_one_and_without_a_traceback(self, tmp_path: Path) -> None:
        (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
        done = self.start(str(tmp_path / "a.xlsx"), "--json", tmp_path=tmp_path)
        answer = json.loads(done.stdout)
        assert (done.returncode, list(answer), done.stderr) == (1, KEYS, "")
        assert answer["refused"] and ImportBatch.objects.count() == 0


# --- nothing is written -----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestDryRun:
    def test_the_figures_of_the_run_and_not_a_row_in_any_table(self, tmp_path: Path) -> None:
        rows = [
            ["姓名", "手机号", "微信号", "来源", "标签", "门店", "累计消费", "生日"],
            ["张三", A, "zs", "抖音", "VIP、新", "一店", 100, "1990-05-01"],
            ["张 三", A, "zs", "小红书", "老", "二店", 200, "?"],
            ["李四", B, "zs", None, None, None, None, None],
            ["王五", None, None, None, None, None, None, None],
            ["赵六", f"{C}/{B}", None, "线下", "新", None, None, None],
        ]
        path = sheets.xlsx(tmp_path / "a.xlsx", rows)
        for rule in ("phone", "identity", "name"):
            before = everything_counted()
            dry = run(path, "--require", rule, "--dry-run")
            assert everything_counted() == before
            assert not (tmp_path / "private").exists() or rule != "phone"
            real = run(path, "--require", rule)
            dry["customers_total"] = real["customers_total"]
            assert dry == real

    @needs_cases
    @pytest.mark.parametrize("name", sorted(p.name for p in (CASES / "sheets").glob("S*")))
    def test_every_case_says_before_what_it_does(self, name: str) -> None:
        path = CASES / "sheets" / name
        before = everything_counted()
        dry = run(path, "--dry-run")
        assert everything_counted() == before
        real = run(path)
        assert {**dry, "customers_total": 0} == {**real, "customers_total": 0}
        dry_again = run(path, "--dry-run")
        real_again = run(path)
        assert dry_again == real_again and figures(real_again)[:2] == (0, 0)

    def test_a_refused_dry_run_leaves_no_file(self, tmp_path: Path) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", [["苹果", "香蕉"], ["x", "y"]])
        assert run(path, "--dry-run")["refused"] and run(path)["refused"]
        assert ImportBatch.objects.count() == 0
        assert not list((tmp_path / "private").rglob("*.*")) if (tmp_path / "private").exists() else True


# --- the report -------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestReport:
    ROWS = [
        ["一月会员"],
        ["姓名", "手机号", "生日", "备注"],
        ["张三", 13777000001, "1990-13-45", "=1+1"],
        ["李四", "1.38E+10", None, None],
        [],
        ["王五", B, "1990-05-01", "@x"],
        ["王太太", B, None, None],
        ["合计", "3人", None, None],
    ]

    def test_the_own_sheet_with_two_columns_more(self, tmp_path: Path) -> None:
        path, out = sheets.xlsx(tmp_path / "a.xlsx", self.ROWS, merge=["A1:D1"]), tmp_path / "out.xlsx"
        for flags in (("--dry-run",), ()):
            run(path, "--report", str(out), *flags)
            rows = sheets.rows_of_xlsx(out)
            assert [row[:4] for row in rows if any(row)] == [
                [cell if cell != "" else None for cell in (*row, *[None] * 4)][:4] for row in self.ROWS if row
            ]
            assert rows[1][4:6] == ["导入结果", "错误原因"]
            told = {row[0]: row[4:6] for row in rows[2:] if row[0]}
            assert told["张三"][1] and "C3" in told["张三"][1]
            assert "B4" in told["李四"][1] and told["王五"][1] in (None, "")
            assert "王太太" in told["王太太"][1] and told["合计"] == [None, None]

    def test_it_comes_back_as_a_sheet_and_changes_nobody(self, tmp_path: Path) -> None:
        path, out = sheets.xlsx(tmp_path / "a.xlsx", self.ROWS, merge=["A1:D1"]), tmp_path / "out.xlsx"
        first = run(path, "--system", "旧", "--report", str(out))
        before = [(p.name, p.phone, p.legacy) for p in Customer.objects.order_by("pk")]
        again = run(out, "--system", "旧", "--report", str(tmp_path / "again.xlsx"))
        assert (figures(first), figures(again)) == ((2, 0, 0, 1, 1), (0, 0, 2, 1, 1))
        assert [(p.name, p.phone, p.legacy) for p in Customer.objects.order_by("pk")] == before
        assert sheets.rows_of_xlsx(tmp_path / "again.xlsx")[1] == sheets.rows_of_xlsx(out)[1]

    def test_a_mended_report_brings_in_who_was_rejected(self, tmp_path: Path) -> None:
        path, out = sheets.xlsx(tmp_path / "a.xlsx", self.ROWS), tmp_path / "out.xlsx"
        run(path, "--report", str(out))
        rows = sheets.rows_of_xlsx(out)
        rows[3][1] = C
        assert figures(run(sheets.xlsx(tmp_path / "b.xlsx", rows))) == (1, 0, 2, 1, 0)
        assert by_phone(C).name == "李四" and "错误原因" not in by_phone(C).legacy

    @needs_cases
    def test_s14_and_its_report_are_the_same_people(self, tmp_path: Path) -> None:
        out = tmp_path / "out.xlsx"
        run(CASES / "sheets" / "S14_会员台账.xlsx", "--require", "phone", "--report", str(out))
        assert figures(run(out, "--require", "phone")) == (0, 0, 25, 3, 7)

    def test_without_a_folder_nothing_is_done(self, simple: Path, tmp_path: Path) -> None:
        answer = run(simple, "--report", str(tmp_path / "no" / "out.xlsx"))
        assert answer["refused"] and Customer.objects.count() == 0


# --- columns ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestMap:
    ROWS = [["甲", "乙", "丙", "手机号"], ["张三", A, "x", B], ["李四", C, "y", D]]

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return sheets.csv_file(tmp_path / "a.csv", self.ROWS)

    @pytest.mark.parametrize("column", ["乙", "B", "b", " 乙 "])
    def test_by_header_and_by_letter(self, path: Path, column: str) -> None:
        answer = run(path, "--map", f"phone={column}", "--map", "name=A")
        assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("张三", A), ("李四", C)])
        assert by_phone(A).legacy == {"丙": "x", "手机号": B}

    def test_repeated_for_two_columns_of_one_field(self, path: Path) -> None:
        run(path, "--map", "phone=B", "--map", "phone=D", "--map", "name=甲")
        assert [set(p.identities.values_list("value", flat=True)) for p in Customer.objects.order_by("pk")] == [
            {A, B}, {C, D},
        ]  # fmt: skip

    def test_a_column_may_be_left_out(self, path: Path) -> None:
        run(path, "--map", "ignore=丙", "--map", "name=A")
        assert by_phone(B).legacy == {"乙": A}

    @pytest.mark.parametrize("text", ["phone", "phone=", "=B", "", "==", "=手机号"])
    def test_malformed(self, path: Path, text: str) -> None:
        answer = run(path, f"--map={text}")
        assert text in answer["refused"] and Customer.objects.count() == 0

    def test_unknown_field_and_missing_column_name_what_there_is(self, path: Path) -> None:
        assert "shoe" in (no_field := run(path, "--map", "shoe=B")["refused"]) and "wechat_id" in no_field
        assert "戊" in (no_column := run(path, "--map", "phone=戊")["refused"]) and "手机号" in no_column
        assert run(path, "--map", "phone=ZZ")["refused"]
        assert ImportBatch.objects.count() == 0

    def test_no_column_says_who(self, tmp_path: Path) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", [["姓名", "城市"], ["张三", "杭州"]])
        assert "--map phone=B" in run(path)["refused"]
        assert "--map phone=B" in run(path, "--require", "phone")["refused"]
        assert figures(run(path, "--require", "name")) == (1, 0, 0, 0, 0)

    def test_every_field_can_be_named(self, tmp_path: Path) -> None:
        own_fields.create_field(label="险种", by=None)
        cells = {
            "name": "张三", "phone": A, "wechat_id": "zs", "wechat_unionid": "u1", "wechat_openid": "wx1:o1", "wecom_external_userid": "wm1",
            "member_no": "M1", "card_no": "K1", "gender": "女", "birthday": "1990-05-01", "city": "杭州", "address": "一路", "company": "甲",
            "occupation": "教师", "education": "本科", "income_band": "高", "spending_band": "中", "budget": "1万", "source": "抖音",
            "store": "一店", "owner": "小何", "known_since": "2020-01-02", "note": "n", "tags": "a,b", "points": "7", "opening_spend": "12.5",
            "opening_orders": "3", "opening_last_order": "2024-01-01", "opening_level": "金", "险种": "重疾",
        }  # fmt: skip
        path = sheets.csv_file(
            tmp_path / "a.csv", [[f"列{n}" for n in range(len(cells))], list(cells.values())]
        )
        flags = [part for n, field in enumerate(cells) for part in ("--map", f"{field}=列{n}")]
        answer = run(path, *flags, "--system", "旧")
        one = by_phone(A)
        assert (figures(answer), answer["warnings"], one.custom) == (
            (1, 0, 0, 0, 0), 0, {CustomField.objects.get().key: "重疾"},
        )  # fmt: skip
        assert set(one.identities.values_list("kind", "value")) == {
            ("phone", A), ("wechat_id", "zs"), ("wechat_unionid", "u1"), ("wechat_openid", "wx1:o1"), ("wecom_external_userid", "wm1"),
            ("member_no", "M1"), ("legacy:旧", "K1"),
        }  # fmt: skip
        assert (one.gender, str(one.birthday), one.city, one.address, one.company, one.occupation) == (
            "female", "1990-05-01", "杭州", "一路", "甲", "教师",
        )  # fmt: skip
        assert (one.education, one.income_band, one.spending_band, one.budget, one.note, tags_of(one)) == (
            "本科", "高", "中", "1万", "n", {"a", "b"},
        )  # fmt: skip
        opening = one.openings.get()
        assert (opening.spend_fen, opening.orders, str(opening.last_order_on), opening.level, opening.system) == (
            1250, 3, "2024-01-01", "金", "旧",
        )  # fmt: skip
        assert last_batch().rows.get().unknown == {"store": "一店", "owner": "小何"}

    def test_a_saved_mapping_by_name_and_for_the_same_header(self, path: Path, tmp_path: Path) -> None:
        with running.open_file(path, overrides=["phone=乙", "name=甲", "ignore=手机号"]) as opened:
            mapping.remember(opened.layout, opened.targets, name="老系统")
        assert run(path, "--mapping", "新系统")["refused"] and ImportBatch.objects.count() == 0
        run(path)
        assert (names_and_phones(), last_batch().mapping_name, last_batch().system) == (
            [("张三", A), ("李四", C)], "老系统", "老系统",
        )  # fmt: skip
        other = sheets.csv_file(tmp_path / "b.csv", [["*乙", "甲（必填）", "丁"], [E, "孙七", "z"]])
        run(other, "--mapping", "老系统")
        assert (by_phone(E).name, by_phone(E).legacy) == ("孙七", {"丁": "z"})
        assert ImportMapping.objects.count() == 1

    def test_the_system_of_card_numbers(self, tmp_path: Path) -> None:
        path = sheets.csv_file(tmp_path / "a.csv", [["会员卡号", "姓名"], ["K1", "张三"]])
        run(path, "--system", "甲")
        run(path, "--system", "乙")
        run(path)
        kinds = set(Identity.objects.values_list("kind", flat=True))
        assert {"legacy:甲", "legacy:乙"} < kinds and len(kinds) == 3
        assert figures(run(path)) == (0, 0, 1, 0, 0)

    def test_a_sheet_by_name(self, tmp_path: Path) -> None:
        book = {
            "一店": [["姓名", "手机号"], ["张三", A]],
            "二店": [["姓名", "手机号"], ["李四", B]],
            "三店": [["苹果"], ["x"]],
        }
        path = sheets.xlsx(tmp_path / "a.xlsx", book)
        assert {"一店", "二店"} <= set(
            run(path)["refused"]
            .replace("。", "、")
            .replace("：", "、")
            .replace(". ", "、")
            .replace(": ", "、")
            .split("、")
        )
        answer = run(path, "--sheet", "二店")
        assert (answer["sheet"], names_and_phones()) == ("二店", [("李四", B)])
        assert "四店" in run(path, "--sheet", "四店")["refused"]


# --- which value stays ------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestOnConflict:
    FIRST = [
        ["姓名", "手机号", "城市", "备注", "标签", "累计消费", "随便"],
        ["张三", A, "杭州", "怕疼", "VIP", 100, "1"],
        ["李四", B, None, None, None, None, None],
    ]
    SECOND = [
        ["姓名", "手机号", "城市", "备注", "标签", "累计消费", "随便"],
        ["张三丰", A, "上海", "爱笑", "老客", 200, "2"],
        ["李四", B, "北京", "新", None, 300, "3"],
        ["张三丰", A, "广州", "再来", "老客", 400, "4"],
    ]  # fmt: skip

    @pytest.fixture
    def second(self, tmp_path: Path) -> Path:
        run(sheets.csv_file(tmp_path / "a.csv", self.FIRST), "--system", "旧")
        return sheets.csv_file(tmp_path / "b.csv", self.SECOND)

    def facts(self) -> tuple[Any, ...]:
        one = by_phone(A)
        return one.name, one.city, one.note, tags_of(one), one.openings.get().spend_fen, one.legacy["随便"]

    def test_fill_leaves_what_is_there(self, second: Path) -> None:
        answer = run(second, "--system", "旧")
        assert (figures(answer), answer["conflicts"]) == ((0, 2, 0, 1, 0), 2)
        assert self.facts() == ("张三", "杭州", "怕疼", {"VIP", "老客"}, 10_000, "1")
        assert (by_phone(B).city, by_phone(B).note) == ("北京", "新")
        assert figures(run(second, "--system", "旧")) == (0, 0, 2, 1, 0)

    def test_overwrite_takes_the_first_row_of_the_sheet(self, second: Path) -> None:
        flags = ("--system", "旧", "--on-conflict", "overwrite")
        answer = run(second, *flags)
        assert figures(answer) == (0, 2, 0, 1, 0)
        assert self.facts() == ("张三丰", "上海", "爱笑", {"VIP", "老客"}, 20_000, "2")
        assert figures(run(second, *flags)) == (0, 0, 2, 1, 0)
        assert self.facts()[:2] == ("张三丰", "上海")

    def test_append_adds_notes_once(self, second: Path) -> None:
        flags = ("--system", "旧", "--on-conflict", "append")
        assert figures(run(second, *flags)) == (0, 2, 0, 1, 0)
        assert self.facts()[:3] == ("张三", "杭州", "怕疼\n爱笑\n再来")
        assert figures(run(second, *flags)) == (0, 0, 2, 1, 0)
        assert self.facts()[2] == "怕疼\n爱笑\n再来"

    def test_empty_cells_overwrite_nothing(self, tmp_path: Path) -> None:
        run(sheets.csv_file(tmp_path / "a.csv", self.FIRST), "--system", "旧")
        rows = [self.FIRST[0], [None, A, "-", None, "无", "NULL", None]]
        answer = run(
            sheets.csv_file(tmp_path / "b.csv", rows), "--system", "旧", "--on-conflict", "overwrite"
        )
        assert figures(answer) == (0, 0, 1, 0, 0)
        assert self.facts() == ("张三", "杭州", "怕疼", {"VIP"}, 10_000, "1")

    def test_rows_of_one_person_by_two_of_her_identities_do_not_swap_for_ever(self, tmp_path: Path) -> None:
        run(sheets.csv_file(tmp_path / "a.csv", [["姓名", "手机号", "微信号"], ["张三", A, "zs"]]))
        rows = [["手机号", "微信号", "城市"], [A, None, "杭州"], [None, "zs", "上海"]]
        path = sheets.csv_file(tmp_path / "b.csv", rows)
        assert figures(run(path, "--on-conflict", "overwrite")) == (0, 1, 0, 1, 0)
        assert figures(run(path, "--on-conflict", "overwrite")) == (0, 0, 1, 1, 0)
        assert by_phone(A).city == "杭州"

    @needs_cases
    @pytest.mark.parametrize("rule", ["fill", "overwrite", "append"])
    @pytest.mark.parametrize("require", ["phone", "name"])
    def test_s14_twice_changes_nobody_the_second_time(self, rule: str, require: str) -> None:
        path = CASES / "sheets" / "S14_会员台账.xlsx"
        first = run(path, "--on-conflict", rule, "--require", require)
        again = run(path, "--on-conflict", rule, "--require", require)
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, first["created"])


# --- the same file again ----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestAgain:
    def test_an_archived_person_is_brought_back(self, simple: Path) -> None:
        run(simple)
        Customer.everyone.filter(phone=A).update(archived_at="2026-01-01T00:00:00Z")
        answer = run(simple)
        assert (figures(answer), answer["customers_total"]) == ((0, 1, 1, 0, 1), 2)
        assert outcomes()[2] == "updated" and by_phone(A).archived_at is None

    def test_a_folded_person_leads_to_who_she_is_now(self, simple: Path) -> None:
        run(simple)
        keep, fold = by_phone(A), by_phone(B)
        Customer.everyone.filter(pk=fold.pk).update(merged_into=keep)
        answer = run(simple)
        assert (figures(answer), answer["conflicts"]) == ((0, 0, 1, 1, 1), 1)
        assert last_batch().rows.get(number=3).customer == keep

    def test_an_imports_batch_tells_the_story(self, simple: Path) -> None:
        run(simple)
        batch = last_batch()
        assert (batch.state, batch.file_name, batch.cursor, batch.total, batch.refused) == (
            BatchState.DONE, "会员.xlsx", 3, 3, "",
        )  # fmt: skip
        assert (len(batch.sha256), batch.require, batch.on_conflict, batch.counters["customers_total"]) == (
            64, "identity", "fill", 2,
        )  # fmt: skip
        rows = list(batch.rows.values_list("number", "outcome", "cells"))
        assert rows == [(2, "created", None), (3, "created", None), (4, "rejected", ["王五", "021-61234567"])]

    def test_a_claim_that_is_held_makes_it_wait_and_say_so(
        self, simple: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = claims.take(running.CLAIM)
        waited: list[float] = []

        def pause(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                claims.release(running.CLAIM, token)

        monkeypatch.setattr(files.time, "sleep", pause)
        err = io.StringIO()
        call_command("import_customers", str(simple), "--json", stdout=io.StringIO(), stderr=err)
        assert (len(waited), len(err.getvalue().splitlines())) == (3, 1)
        assert Customer.objects.count() == 2 and Opening.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["import_customers", "import_orders"])
def test_a_report_never_replaces_the_sheet(command: str, tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "会员.xlsx", SIMPLE)
    before = path.read_bytes()
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(command, str(path), "--report", str(tmp_path / "." / "会员.xlsx"), "--json", stdout=out)
    assert json.loads(out.getvalue())["refused"] == "报告会覆盖原来的表格，请换一个文件名。"
    assert path.read_bytes() == before


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["import_customers", "import_orders", "import_appointments", "import_followups"])
@pytest.mark.parametrize("place", ["folder", "no/report.xlsx", "file/report.xlsx"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is(command: str, place: str, tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "会员.xlsx", SIMPLE)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(command, str(path), "--report", str(tmp_path / place), "--json", stdout=out)
    said = json.loads(out.getvalue())["refused"]
    assert said == (
        f"“{tmp_path / place}”是一个文件夹，请给报告起一个文件名。" if place == "folder"
        else f"“{tmp_path / place}”所在的文件夹不存在。"
    )  # fmt: skip
    assert (Customer.objects.count(), ImportBatch.objects.count()) == (0, 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.django_db
def test_a_disk_that_is_full_by_then_takes_nothing_back(tmp_path: Path) -> None:
    path = sheets.xlsx(tmp_path / "会员.xlsx", SIMPLE)
    out, err = io.StringIO(), io.StringIO()
    call_command("import_customers", str(path), "--report", "/dev/full", "--json", stdout=out, stderr=err)
    answer = json.loads(out.getvalue())
    assert (answer["refused"], answer["created"], Customer.objects.count()) == (None, 2, 2)
    assert "/dev/full" in err.getvalue()
