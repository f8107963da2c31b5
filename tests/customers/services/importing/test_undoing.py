"""Taking an import back: what goes, what returns, what stays and is named."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from customers.choices import BatchState, TagSetBy
from customers.models import (
    Consent,
    Customer,
    CustomerTag,
    Identity,
    ImportBatch,
    ImportRow,
    MergeCandidate,
    Opening,
)
from customers.services import people
from customers.services.importing import drafts, files, undoing
from scrm.kit import clock, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers import sheets
from tests.customers.services.importing.runs import by_phone, last_batch, names_and_phones, run, tags_of
from tests.factories.customers import identify, make_customer, make_opening, make_tag, tag
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))
HEAD = ["姓名", "手机号", "微信号", "城市", "生日", "标签", "备注", "累计消费", "消费次数", "来源", "随便"]
OLD = [HEAD, ["张三", A, None, "杭州", "5月1日", "VIP", "老备注", 100, None, None, "1"]]
NEW = [
    HEAD,
    ["张三丰", A, "zs", "上海", "1990-05-01", "新客", "新备注", 200, 3, "抖音", "2"],
    ["李四", B, None, "北京", None, "新客", None, 50, None, None, None],
    ["李 四", B, "ls", None, None, "回头客", None, None, None, None, "x"],
    ["王五", C, None, None, None, None, None, None, None, None, None],
]


@pytest.fixture
def boss(db: None) -> Employee:
    return make_employee(name="老板", role="owner")


def imported(tmp_path: Path, rows: sheets.Rows, **options: Any) -> ImportBatch:
    return files.run_file(sheets.xlsx(tmp_path / "a.xlsx", rows), system="旧", **options)


def undo(batch: ImportBatch, boss: Employee) -> ImportBatch:
    undoing.ask(batch, by=boss)
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    return batch


def snapshot() -> list[Any]:
    """Everything an import may touch, without primary keys and times."""
    return [
        list(
            Customer.everyone.order_by("phone", "name").values_list(
                "name", "name_key", "phone", "gender", "birth_year", "birth_md", "birth_lunar", "city", "address", "company", "note",
                "custom", "legacy", "source", "store", "owner", "known_since", "archived_at",
            )
        ),
        sorted(Identity.objects.values_list("customer__phone", "kind", "value")),
        sorted(CustomerTag.objects.values_list("customer__phone", "tag__name")),
        sorted(Opening.objects.values_list("customer__phone", "system", "spend_fen", "orders", "level")),
        Consent.objects.count(),
        MergeCandidate.objects.count(),
    ]  # fmt: skip


def test_people_it_made_are_gone_and_the_plan_said_so(tmp_path: Path, boss: Employee) -> None:
    before = snapshot()
    batch = imported(tmp_path, NEW, consent=True, consent_ground="签字")
    plan = undoing.plan(batch)
    assert (plan.people_removed, plan.people_archived, plan.people_kept, plan.people_restored) == (3, 0, 0, 0)
    assert (plan.rows, plan.kept, plan.possible, plan.why_not) == (4, [], True, "")
    undo(batch, boss)
    assert snapshot() == before
    assert batch.counters["undo"] == {"removed": 3, "restored": 0, "archived": 0, "kept": 0, "named": []}
    assert (batch.counters["customers_total"], batch.undone_at is not None) == (0, True)
    assert set(ImportRow.objects.filter(batch=batch).values_list("customer", flat=True)) == {None}
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "import.undo_asked", "import.undone",
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["fill", "overwrite", "append"])
def test_people_who_were_here_are_as_they_were(tmp_path: Path, boss: Employee, rule: str) -> None:
    imported(tmp_path, OLD)
    before = snapshot()
    batch = imported(tmp_path, NEW, on_conflict=rule)
    assert snapshot() != before
    plan = undoing.plan(batch)
    assert (plan.people_removed, plan.people_restored, plan.people_kept) == (2, 1, 0)
    undo(batch, boss)
    assert snapshot() == before


def test_an_archived_person_goes_back_to_the_archive(tmp_path: Path, boss: Employee) -> None:
    imported(tmp_path, OLD)
    Customer.everyone.update(archived_at=clock.now())
    before = snapshot()
    batch = imported(tmp_path, OLD)
    assert Customer.objects.count() == 1
    undo(batch, boss)
    assert (snapshot(), Customer.objects.count()) == (before, 0)


def test_what_somebody_changed_since_is_left(tmp_path: Path, boss: Employee) -> None:
    imported(tmp_path, OLD)
    batch = imported(tmp_path, NEW, on_conflict="overwrite")
    Customer.objects.filter(phone=A).update(city="广州")
    one = by_phone(A)
    one.legacy = {**one.legacy, "随便": "3"}
    one.save(update_fields=["legacy"])
    Opening.objects.filter(customer=one).update(spend_fen=77_700)
    undo(batch, boss)
    one = by_phone(A)
    assert (one.name, one.city, one.note, one.legacy["随便"]) == ("张三", "广州", "老备注", "3")
    assert (one.openings.get().spend_fen, one.openings.get().orders) == (77_700, None)


def test_a_person_somebody_edited_stays_and_is_named(tmp_path: Path, boss: Employee) -> None:
    batch = imported(tmp_path, NEW)
    people.change(by_phone(B), by=boss, city="南京")
    plan = undoing.plan(batch)
    assert (plan.people_removed, plan.people_kept, plan.kept) == (2, 1, ["李四"])
    kept = by_phone(B).pk
    undo(batch, boss)
    assert names_and_phones() == [("李四", B)]
    assert batch.counters["undo"] == {"removed": 2, "restored": 0, "archived": 0, "kept": 1, "named": [kept]}
    assert by_phone(B).imported_in is None


def test_a_person_somebody_tagged_or_identified_stays(tmp_path: Path, boss: Employee) -> None:
    batch = imported(tmp_path, NEW)
    tag(by_phone(A), make_tag("手工"), TagSetBy.PERSON)
    identify(by_phone(B), "wechat_unionid", "u1")
    undo(batch, boss)
    assert names_and_phones() == [("张三丰", A), ("李四", B)]


def test_a_person_with_a_consent_of_her_own_is_archived_without_opening_figures(
    tmp_path: Path, boss: Employee
) -> None:
    batch = imported(tmp_path, NEW, consent=True, consent_ground="签字")
    Consent.objects.create(
        customer=by_phone(B), purpose="promotion", medium="any", given=False, source="by hand"
    )
    plan = undoing.plan(batch)
    assert (plan.people_removed, plan.people_archived, plan.kept) == (2, 1, ["李四"])
    undo(batch, boss)
    one = Customer.everyone.get()
    assert (one.phone, one.archived_at is not None, one.openings.count(), Customer.objects.count()) == (
        B,
        True,
        0,
        0,
    )
    assert list(Consent.objects.values_list("given", flat=True)) == [False]
    assert batch.counters["undo"]["named"] == [one.pk]


def test_another_import_that_met_her_since_keeps_her(tmp_path: Path, boss: Employee) -> None:
    first = imported(tmp_path, NEW)
    second = imported(tmp_path, [HEAD, ["张三丰", A, *[None] * 8, "9"]])
    assert undoing.plan(first).people_kept == 1
    undo(first, boss)
    assert names_and_phones() == [("张三丰", A)]
    undo(second, boss)
    assert names_and_phones() == [("张三丰", A)]


def test_an_import_that_was_itself_undone_keeps_nobody(tmp_path: Path, boss: Employee) -> None:
    first, second = imported(tmp_path, NEW), imported(tmp_path, NEW)
    undo(second, boss)
    assert len(names_and_phones()) == 3
    assert undoing.plan(first).people_removed == 3
    undo(first, boss)
    assert names_and_phones() == []


def test_the_last_of_two_imports_goes_first_then_the_other(tmp_path: Path, boss: Employee) -> None:
    nothing = snapshot()
    first = imported(tmp_path, OLD)
    between = snapshot()
    second = imported(tmp_path, NEW, on_conflict="overwrite")
    undo(second, boss)
    assert snapshot() == between
    undo(first, boss)
    assert snapshot() == nothing


def test_opening_figures_of_another_system_stay(tmp_path: Path, boss: Employee) -> None:
    one = make_customer("张三", A)
    make_opening(one, "别的", spend_fen=5, last_order_on=date(2020, 1, 1))
    before = snapshot()
    batch = imported(tmp_path, NEW)
    assert Opening.objects.filter(customer=one).count() == 2
    undo(batch, boss)
    assert snapshot() == before


def test_pairs_it_proposed_are_forgotten_those_settled_stay(tmp_path: Path, boss: Employee) -> None:
    make_customer("张三", A)
    identify(make_customer("李四", D), "wechat_id", "zs")
    batch = imported(tmp_path, NEW)
    assert MergeCandidate.objects.count() == 1
    undo(batch, boss)
    assert (MergeCandidate.objects.count(), len(names_and_phones())) == (0, 2)
    settled = imported(tmp_path, NEW)
    MergeCandidate.objects.update(state="rejected")
    undo(settled, boss)
    assert MergeCandidate.objects.count() == 1


def test_in_slices_and_from_any_point_again(
    tmp_path: Path, boss: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(tmp_path, OLD)
    before = snapshot()
    rows = [HEAD, *NEW[1:], *([f"人{n}", f"137780{n:05d}", *[None] * 9] for n in range(23))]
    batch = imported(tmp_path, rows, on_conflict="overwrite")
    monkeypatch.setattr(undoing, "SLICE", 5)
    undoing.ask(batch, by=boss)
    steps = 0
    while True:
        batch = ImportBatch.objects.get(pk=batch.pk)
        steps += 1
        if undoing.step(batch):
            break
    assert (snapshot(), steps) == (before, 6 + 5 + 1)
    assert ImportBatch.objects.get(pk=batch.pk).counters["undo"]["removed"] == 25


def test_twice_is_refused_and_so_is_one_that_never_ran(tmp_path: Path, boss: Employee) -> None:
    batch = imported(tmp_path, NEW)
    undo(batch, boss)
    with translation.override("en"), pytest.raises(Refused) as refusal:
        undoing.ask(batch, by=boss)
    assert (refusal.value.code, str(refusal.value)) == (
        "undo.impossible",
        "This import has been undone already.",
    )
    ImportBatch.objects.update(state=BatchState.PREVIEWED)
    batch.refresh_from_db()
    with translation.override("en"):
        assert undoing.plan(batch).why_not == "Only an import that has run can be undone."
    with pytest.raises(Refused):
        drafts.resume(batch, by=boss)


def test_the_file_comes_in_again_after_undo(tmp_path: Path, boss: Employee) -> None:
    path = sheets.xlsx(tmp_path / "b.xlsx", NEW)
    run(path, "--system", "旧")
    after = snapshot()
    undo(last_batch(), boss)
    answer = run(path, "--system", "旧")
    assert (answer["created"], answer["merged"], snapshot()) == (3, 1, after)
    assert tags_of(by_phone(B)) == {"新客", "回头客"}


def test_the_same_sheet_once_more_does_not_hold_back_the_undo_of_the_first(tmp_path: Path, boss: Employee) -> None:
    """Corrected rows are uploaded with all the others: those that changed nothing are nobody's work."""
    first = imported(tmp_path, NEW)
    files.run_file(tmp_path / "a.xlsx", system="旧")
    people.change(by_phone(C), by=boss, city="宁波")
    assert (undoing.plan(first).people_kept, undoing.plan(first).later) == (1, [])
    done = undo(first, boss)
    assert (done.counters["undo"]["removed"], done.counters["undo"]["kept"]) == (2, 1)
    assert names_and_phones() == [("王五", C)]


def test_a_later_sheet_that_filled_a_field_holds_her_back(tmp_path: Path, boss: Employee) -> None:
    first = imported(tmp_path, NEW)
    imported(tmp_path, [HEAD, ["王五", C, None, "宁波", *[None] * 7]])
    second = last_batch()
    assert undoing.plan(first).later == [second]
    undo(second, boss)
    assert undoing.plan(first).later == []
    assert undo(first, boss).counters["undo"] == {"removed": 3, "restored": 0, "archived": 0, "kept": 0, "named": []}
    assert names_and_phones() == []


def test_people_taken_back_are_in_no_history(tmp_path: Path, boss: Employee) -> None:
    """The history of edits has no end: whoever was removed would be kept in it."""
    batch = imported(tmp_path, NEW)
    undo(batch, boss)
    assert (names_and_phones(), Customer.history.count()) == ([], 0)


def test_a_settled_pair_does_not_outlive_whom_it_names(tmp_path: Path, boss: Employee) -> None:
    other = make_customer("李思", D)
    batch = imported(tmp_path, NEW)
    MergeCandidate.objects.create(first=other, second=by_phone(B), state="rejected")
    undo(batch, boss)
    assert (names_and_phones(), MergeCandidate.objects.count()) == ([("李思", D)], 0)


def test_the_place_in_the_sheet_is_kept_while_it_runs_and_gone_at_the_end(
    tmp_path: Path, boss: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = imported(tmp_path, NEW)
    monkeypatch.setattr(undoing, "SLICE", 2)
    undoing.ask(batch, by=boss)
    places = []
    while not undoing.step(batch):
        places.append(batch.counters["undo"]["row"])
    assert places == [4, 2, 2, 2]
    assert "row" not in ImportBatch.objects.get(pk=batch.pk).counters["undo"]


@pytest.mark.parametrize("slice_of", [1, 500])
def test_opening_figures_of_many_go_back_in_one_statement(
    tmp_path: Path, boss: Employee, monkeypatch: pytest.MonkeyPatch, slice_of: int
) -> None:
    rows = [HEAD, *([f"人{n}", f"137780{n:05d}", *[None] * 5, 10 + n, 1, None, None] for n in range(5))]
    imported(tmp_path, rows)
    before = snapshot()
    changed = [HEAD, *([f"人{n}", f"137780{n:05d}", *[None] * 5, 90 + n, 2, None, None] for n in range(5))]
    batch = imported(tmp_path, changed, on_conflict="overwrite")
    assert snapshot() != before
    monkeypatch.setattr(undoing, "SLICE", slice_of)
    undo(batch, boss)
    assert snapshot() == before
