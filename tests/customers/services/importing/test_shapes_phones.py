"""Numbers in all their spellings, and numbers that are somebody else's."""

from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    by_phone,
    figures,
    names_and_phones,
    outcomes,
    phones_of,
    rejected,
    run,
    warnings,
)
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))


def test_one_number_in_every_spelling_is_one_person(tmp_path: Path) -> None:
    spellings: list[Any] = [
        13777000001,
        13777000001.0,
        "13777000001",
        "137 7700 0001",
        "137-7700-0001",
        "(137)7700-0001",
        "+8613777000001",
        "+86 137 7700 0001",
        "0086-13777000001",
        "86 137 7700 0001",
        "１３７７７０００００１",
        "\u202d13777000001\u202c",
        "\ufeff13777000001\t",
        "137.7700.0001",
        "137\n7700\n0001",
        "13777000001(微信同号)",
        "电话：13777000001",
        "张三13777000001",
        "'13777000001",
    ]
    rows = [["姓名", "手机号"], *(["张三", spelling] for spelling in spellings)]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert figures(answer) == (1, 0, 0, len(spellings) - 1, 0)
    assert names_and_phones() == [("张三", A)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.39E+10", "phone.precision_lost"),
        ("1.3900000001E+10", "phone.precision_lost"),
        ("1390000000", "phone.too_short"),
        ("139000000011", "phone.too_long"),
        ("12900000001", "phone.unreadable"),
        ("0571-88886666", "phone.landline"),
        ("(021)61234567-801", "phone.landline"),
        ("400-820-8820", "phone.landline"),
        ("139****0001", "phone.unreadable"),
        ("张三", "phone.unreadable"),
        ("无", "phone.missing"),
        ("—", "phone.missing"),
        ("N/A", "phone.missing"),
        ("#N/A", "phone.unreadable"),
        (45000.5, "phone.unreadable"),
        (True, "phone.unreadable"),
    ],
)
def test_a_cell_without_a_number_says_why(tmp_path: Path, cell: Any, code: str) -> None:
    answer = run(
        sheets.xlsx(tmp_path / "a.xlsx", [["姓名", "手机号"], ["李四", cell], ["张三", A]]),
        "--require",
        "phone",
    )
    assert (figures(answer), rejected(answer)) == ((1, 0, 0, 0, 1), [(2, code)])
    assert "B2" in answer["rejections"][0]["reason"]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (f"{A}/{B}", [A, B]),
        (f"{A}、{B}；{C}", [A, B, C]),
        (f"{A} {B}", [A, B]),
        (f"{A}{B}", [A, B]),
        (f"137 7700 0001/{B}", [A, B]),
        (f"{A} 137 7700 0002", [A, B]),
        (f"{A}(本人) {B}(老公)", [A, B]),
        (f"{A}\n0571-88886666", [A]),
        (f"0571-88886666 / {A}", [A]),
        (f"{A},{A}", [A]),
    ],
)  # fmt: skip
def test_several_numbers_in_a_cell_are_kept_the_first_is_the_key(
    tmp_path: Path, cell: str, numbers: list[str]
) -> None:
    run(sheets.xlsx(tmp_path / "a.xlsx", [["姓名", "手机号"], ["张三", cell]]))
    person = Customer.objects.get()
    assert (person.phone, phones_of(person)) == (numbers[0], numbers)


def test_several_columns_of_numbers(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号1", "手机号2", "备用电话"],
        ["张三", A, B, None],
        ["李四", None, C, "0571-88886666"],
        ["王五", "0571-88886666", None, D],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), names_and_phones()) == ((3, 0, 0, 0, 0), [("张三", A), ("李四", C), ("王五", D)])
    assert phones_of(by_phone(A)) == [A, B]
    assert by_phone(D).legacy["手机号1"] == "0571-88886666"


def test_a_second_number_that_is_another_rows_first_stays_there(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], ["张三", f"{A}/{B}"], ["李四", B]]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), phones_of(by_phone(A)), phones_of(by_phone(B))) == ((2, 0, 0, 0, 0), [A], [B])


@pytest.mark.parametrize("header", ["姓名电话", "姓名/电话", "联系人手机号", "姓名+手机", "姓名及联系方式"])
def test_name_and_number_in_one_cell(tmp_path: Path, header: str) -> None:
    rows = [[header, "备注"], [f"张三 {A}", "x"], [f"李四:{B}", None], [f"{C}王五（老客）", None], [D, None]]
    run(sheets.csv_file(tmp_path / "a.csv", rows))
    if header == "联系人手机号":  # the contact's number: who writes a name there keeps it as a remark
        assert names_and_phones() == [("", A), ("", B), ("", C), ("", D)]
    else:
        assert names_and_phones() == [("张三", A), ("李四", B), ("王五", C), ("", D)]


def test_a_pasted_list_without_header(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"张三 {A}\n李四 {B}\n王五{C}\n{D}（老公）\n", encoding="utf-8")
    answer = run(path)
    assert figures(answer) == (4, 0, 0, 0, 0)
    assert names_and_phones() == [("张三", A), ("李四", B), ("王五", C), ("", D)]


@pytest.mark.parametrize(
    "header",
    [
        "推荐人电话", "推荐人手机号", "介绍人联系方式", "紧急联系电话", "紧急联系人手机", "导购手机号", "顾问电话", "客户经理电话", "店长手机", "门店电话",
        "配偶电话", "老公手机号", "家属联系电话", "推广员手机号", "快递员电话", "送修人电话", "公司电话", "电话（推荐人）", "手机(导购)", "QQ", "备注",
    ],
)  # fmt: skip
def test_somebody_elses_number_is_not_the_customers(tmp_path: Path, header: str) -> None:
    rows = [["姓名", "手机号", header], ["张三", A, B], ["李四", None, C]]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), rejected(answer)) == ((1, 0, 0, 0, 1), [(3, "identity.missing")])
    assert phones_of(Customer.objects.get()) == [A]


def test_who_receives_is_not_who_pays(tmp_path: Path) -> None:
    rows = [
        ["会员姓名", "会员手机号", "收货人", "收货人手机号"],
        ["张三", A, "李四", B],
        ["王五", None, "赵六", C],
    ]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), names_and_phones()) == ((1, 0, 0, 0, 1), [("张三", A)])
    only = run(sheets.csv_file(tmp_path / "b.csv", [["收货人", "收货人手机号"], ["李四", B]]))
    assert (figures(only), by_phone(B).name) == ((1, 0, 0, 0, 0), "李四")


def test_a_number_beside_five_names_is_nobodys(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "微信号"], *([f"人{n}", A, f"wx{n}"] for n in range(5)), ["孤", A, None]]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), rejected(answer)) == ((5, 0, 0, 0, 1), [(7, "phone.shared")])
    assert {p.phone for p in Customer.objects.all()} == {""}
    again = run(tmp_path / "a.csv")
    assert figures(again) == (0, 0, 5, 0, 1)


def test_a_number_beside_four_names_is_one_person(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], *([f"人{n}", A] for n in range(4))]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), answer["conflicts"]) == ((1, 0, 0, 3, 0), 3)


def test_one_name_in_five_spellings_is_one_name(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号"],
        *([name, A] for name in ("李四", "李 四", "李\u3000四", " 李四 ", "李  四", None)),
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["conflicts"]) == ((1, 0, 0, 5, 0), 0)


def test_a_shared_number_beside_an_own_one_leaves_the_own_one(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], *([f"人{n}", f"{A}/1377700010{n}"] for n in range(5))]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert figures(answer) == (5, 0, 0, 0, 0)
    assert [phones_of(p) for p in Customer.objects.order_by("pk")] == [[f"1377700010{n}"] for n in range(5)]


def test_two_shared_numbers_in_one_cell_join_nobody(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "微信号"], *([f"人{n}", f"{A}/{B}", f"wx{n}"] for n in range(6))]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), {p.phone for p in Customer.objects.all()}) == ((6, 0, 0, 0, 0), {""})


def test_the_employees_own_number_is_nobodys(tmp_path: Path) -> None:
    make_employee(name="小王", phone=E)
    rows = [["姓名", "手机号", "微信号"], ["张三", E, "zs"], ["李四", f"{E}/{B}", None], ["王五", E, None]]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert (figures(answer), rejected(answer)) == ((2, 0, 0, 0, 1), [(4, "phone.employee")])
    assert names_and_phones() == [("张三", ""), ("李四", B)]
    assert figures(run(tmp_path / "a.csv")) == (0, 0, 2, 0, 1)


def test_a_row_shifted_by_one_column_says_so(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "微信号", "备注"], ["张三", A, "zs", "x"], [None, "李四", B, "ls"]]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows), "--require", "phone")
    assert (figures(answer), rejected(answer)) == ((1, 0, 0, 0, 1), [(3, "phone.unreadable")])


def test_row_numbers_are_no_identity(tmp_path: Path) -> None:
    rows = [
        ["序号", "姓名", "手机号", "邮编", "订单号"],
        [1, "张三", A, "310000", "D1"],
        [1, "李四", B, "310000", "D1"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert figures(answer) == (2, 0, 0, 0, 0)
    assert set(Customer.objects.values_list("identities__kind", flat=True)) == {"phone"}


def test_card_numbers_keep_their_zeros_and_lose_only_a_float_tail(tmp_path: Path) -> None:
    rows = [
        ["会员卡号", "姓名"],
        ["000123", "张三"],
        [17850.0, "李四"],
        ["17850.0", "李四"],
        ["6222020213800001001", "王五"],
        ["００１２３", "赵六"],
        ["K-001 23", "孙七"],
        ["0", "周八"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--system", "旧")
    assert figures(answer) == (5, 0, 0, 1, 1)
    values = Customer.objects.order_by("pk").values_list("identities__kind", "identities__value")
    assert list(values) == [
        ("legacy:旧", value) for value in ("000123", "17850", "6222020213800001001", "00123", "K-00123")
    ]


def test_id_cards_are_not_taken_in(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "身份证号", "会员卡号", "证件"],
        ["张三", A, "33010619900501123X", "330106199005011234", "33010619900501123X"],
    ]
    run(sheets.csv_file(tmp_path / "a.csv", rows))
    person = Customer.objects.get()
    assert (person.legacy, list(person.identities.values_list("kind", flat=True))) == ({}, ["phone"])


def test_a_remark_in_the_wechat_column_joins_nobody(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机号", "微信号"],
        ["张三", A, "同手机号"],
        ["李四", B, "同手机号"],
        ["王五", C, "无"],
        ["赵六", D, "-"],
    ]
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows))
    assert figures(answer) == (4, 0, 0, 0, 0)
    assert outcomes() == dict.fromkeys((2, 3, 4, 5), "created")
    assert warnings() == [(2, "identity.unusable"), (3, "identity.unusable")]
