"""Consultants, stores and channels that a sheet names: found, made, or settled once and remembered."""

from pathlib import Path
from typing import Any

import pytest

from customers.choices import NameKind
from customers.models import Channel, Customer, ImportBatch, KnownName
from customers.services.importing import files, matching, names
from customers.services.importing.matching import Unknown
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.importing.runs import by_phone, figures, run
from tests.factories.customers import make_channel
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))
HEAD = ["姓名", "手机号", "归属顾问", "所属门店", "来源"]
ROWS = [
    HEAD,
    ["甲", A, "小何", "西湖店", "抖音"],
    ["乙", B, "小 何", "西湖店", "抖 音"],
    ["丙", C, "小许", None, "无"],
]


@pytest.fixture
def boss(db: None) -> Employee:
    return make_employee(name="老板", role="owner")


def imported(tmp_path: Path, rows: sheets.Rows, **options: Any) -> ImportBatch:
    return files.run_file(sheets.xlsx(tmp_path / "a.xlsx", rows), **options)


def test_nobody_of_the_name_is_a_question_and_never_a_new_employee(tmp_path: Path, boss: Employee) -> None:
    batch = imported(tmp_path, ROWS)
    assert sorted(matching.unknown_names(batch), key=lambda u: (u.kind, u.text)) == [
        Unknown("owner", "小何", 2), Unknown("owner", "小许", 1), Unknown("store", "西湖店", 2),
    ]  # fmt: skip
    assert set(Customer.objects.values_list("owner", "store")) == {(None, None)}
    assert list(Channel.objects.values_list("name", flat=True)) == ["抖音"]


def test_settled_once_for_every_row_that_said_so_in_any_spelling(tmp_path: Path, boss: Employee) -> None:
    batch = imported(tmp_path, ROWS)
    he, west = make_employee(name="何小姐"), make_department("西湖")
    assert matching.match(kind=NameKind.OWNER, text="小何", employee=he, by=boss) == 2
    assert matching.match(kind=NameKind.STORE, text="西湖店", store=west, by=boss) == 2
    assert [(p.owner, p.store) for p in Customer.objects.order_by("pk")] == [
        (he, west),
        (he, west),
        (None, None),
    ]
    assert [u.text for u in matching.unknown_names(batch)] == ["小许"]
    assert AuditEntry.objects.filter(action="import.name_matched").count() == 2


def test_the_next_import_knows(tmp_path: Path, boss: Employee) -> None:
    he = make_employee(name="何小姐")
    imported(tmp_path, ROWS)
    matching.match(kind=NameKind.OWNER, text="小何", employee=he, by=boss)
    batch = imported(tmp_path, [HEAD, ["丁", D, "小　何", None, None], ["戊", E, "小许", None, None]])
    assert (by_phone(D).owner, by_phone(E).owner) == (he, None)
    assert [u.text for u in matching.unknown_names(batch)] == ["小许"]


def test_matching_again_changes_who_is_meant_from_now_on(tmp_path: Path, boss: Employee) -> None:
    one, two = make_employee(name="甲顾问"), make_employee(name="乙顾问")
    imported(tmp_path, ROWS)
    matching.match(kind=NameKind.OWNER, text="小何", employee=one, by=boss)
    assert matching.match(kind=NameKind.OWNER, text="小何", employee=two, by=boss) == 0
    assert (KnownName.objects.count(), by_phone(A).owner) == (1, one)
    imported(tmp_path, [HEAD, ["丁", D, "小何", None, None]])
    assert by_phone(D).owner == two


def test_a_customer_who_has_somebody_keeps_her(tmp_path: Path, boss: Employee) -> None:
    mine, he = make_employee(name="我"), make_employee(name="何小姐")
    imported(tmp_path, ROWS)
    Customer.objects.filter(phone=A).update(owner=mine)
    assert matching.match(kind=NameKind.OWNER, text="小何", employee=he, by=boss) == 1
    assert (by_phone(A).owner, by_phone(B).owner) == (mine, he)


@pytest.mark.parametrize("kind", ["owner", "store", "source", ""])
def test_nobody_chosen_is_refused(boss: Employee, kind: str) -> None:
    with pytest.raises(Refused) as refusal:
        matching.match(kind=kind, text="小何", by=boss)
    assert (refusal.value.code, KnownName.objects.count()) == ("name.no_target", 0)


def test_names_and_numbers_of_people_who_work_here(tmp_path: Path) -> None:
    one = make_employee(name="小 何", phone="13666000001")
    left = make_employee(name="小许", is_active=False)
    make_employee(name="小王")
    make_employee(name="小王")
    rows = [
        HEAD,
        ["甲", A, "小何", None, None],
        ["乙", B, "13666000001", None, None],
        ["丙", C, "小许", None, None],
        ["丁", D, "小王", None, None],
        ["戊", E, "-", None, None],
    ]
    batch = imported(tmp_path, rows)
    assert [p.owner for p in Customer.objects.order_by("pk")] == [one, one, left, None, None]
    assert matching.unknown_names(batch) == [Unknown("owner", "小王", 1)]


def test_who_works_here_comes_before_who_left(tmp_path: Path) -> None:
    make_employee(name="小何", is_active=False)
    here = make_employee(name="小何")
    imported(tmp_path, ROWS)
    assert by_phone(A).owner == here


def test_two_stores_of_one_name_are_none_and_a_closed_one_is_none(tmp_path: Path) -> None:
    make_department("西湖店")
    twin = make_department("西湖店", parent=make_department("浙江"))
    batch = imported(tmp_path, ROWS)
    assert (by_phone(A).store, [u.kind for u in matching.unknown_names(batch) if u.kind == "store"]) == (
        None,
        ["store"],
    )
    twin.is_active = False
    twin.save()
    imported(tmp_path, ROWS)
    assert by_phone(A).store is not None


def test_channels_are_found_in_any_spelling_and_made_once(tmp_path: Path) -> None:
    make_channel("抖音")
    rows = [
        HEAD,
        *(
            [f"人{n}", f"137780{n:05d}", None, None, text]
            for n, text in enumerate(("抖音", "抖 音", "ＤＹ", "dy", "Dy"))
        ),
    ]
    imported(tmp_path, rows)
    assert sorted(Channel.objects.values_list("name", flat=True)) == ["抖音", "ＤＹ"]


def test_prose_makes_no_endless_list_of_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_CHANNELS", 5)
    rows = [HEAD, *([f"人{n}", f"137780{n:05d}", None, None, f"朋友{n}介绍"] for n in range(9))]
    path = sheets.xlsx(tmp_path / "a.xlsx", rows)
    dry = run(path, "--dry-run")
    assert (figures(run(path)), figures(dry), Channel.objects.count()) == (
        (9, 0, 0, 0, 0),
        (9, 0, 0, 0, 0),
        5,
    )
    assert (figures(run(path)), Channel.objects.count()) == ((0, 0, 9, 0, 0), 5)
