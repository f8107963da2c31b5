"""Two records that are one person: what a merge does, and that undo puts back exactly that."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.birthdays import Birthday
from customers.choices import CandidateState
from customers.models import Customer, CustomerTag, Identity, Merge, MergeCandidate, Opening, Order, Task
from customers.services import feelings, people, visits
from customers.services.importing.planning import living_owners
from customers.services.merging import joining
from customers.services.merging.movers import movers
from customers.services.ordering import listeners, refunding
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from tests.customers.services.merging.standing import standing, totals
from tests.factories.contacts import make_appointment, make_feedback, make_task
from tests.factories.customers import (
    consent,
    identify,
    make_batch,
    make_customer,
    make_opening,
    make_row,
    make_tag,
    tag,
)
from tests.factories.orders import make_order
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
A, B, C = (f"1377700000{n}" for n in range(1, 4))


def code(act: Any, *args: Any, **values: Any) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value.code


def merge(keep: Customer, fold: Customer, by: Employee, **choices: str) -> Merge:
    made = joining.plan(keep=keep, fold=fold, choices=choices)
    return joining.carry_out(made, by=by, choices=choices)


def older(person: Customer) -> Customer:
    Customer.everyone.filter(pk=person.pk).update(updated_at=clock.now() - timedelta(days=9))
    person.refresh_from_db()
    return person


# --- the plan -------------------------------------------------------------------------------------------------


def test_the_plan_counts_and_changes_nothing() -> None:
    keep, fold = make_customer("王丽娟", A), make_customer("Lisa", B)
    for _n in range(3):
        make_order(fold)
    tag(fold, make_tag("VIP"))
    before = standing(keep, fold)
    made = joining.plan(keep=keep, fold=fold)
    assert made.counts == {"identities": 1, "orders": 3, "tags": 1}
    assert [(c.field, c.keep, c.fold) for c in made.choices] == [("name", "王丽娟", "Lisa")]
    assert standing(keep, fold) == before


def test_survivorship() -> None:
    """Only one has it: that one. Both: verified, else the one changed last; a choice beats the rule."""
    keep = older(make_customer("王丽娟", A, city="杭州", birthday=Birthday(None, 5, 1), note="老"))
    fold = make_customer("Lisa", B, address="西湖区", city="宁波", birthday=Birthday(1990, 5, 1), custom={"f_1": "油"})
    made = joining.plan(keep=keep, fold=fold)
    assert {c.field: c.won for c in made.choices} == {"name": "fold", "city": "fold", "birth_md": "fold"}
    assert made.changes == {
        "name": ["王丽娟", "Lisa"], "name_key": ["王丽娟", "lisa"], "birth_year": [None, 1990], "city": ["杭州", "宁波"],
        "address": ["", "西湖区"], "custom": [{}, {"f_1": "油"}],
    }  # fmt: skip
    identify(keep, "wechat_unionid", "u1", verified=True)
    assert [c.won for c in joining.plan(keep=keep, fold=fold).choices] == ["keep"] * 3
    chosen = joining.plan(keep=keep, fold=fold, choices={"city": "fold"})
    assert {c.field: c.won for c in chosen.choices} == {"name": "keep", "city": "fold", "birth_md": "keep"}


def test_two_verified_ids_of_one_kind_are_said() -> None:
    keep, fold = make_customer("王", A), make_customer("王", B)
    identify(keep, "wechat_unionid", "u1", verified=True)
    identify(fold, "wechat_unionid", "u2", verified=True)
    identify(fold, "wechat_id", "w2", verified=True)
    assert joining.plan(keep=keep, fold=fold).clashes == [("wechat_unionid", "u1", "u2")]


def test_verified_phones_that_differ_are_a_conflict(owner: Employee) -> None:
    """Somebody may merge them after the warning; by itself it never happens."""
    keep, fold = make_customer("王", A), make_customer("王", B)
    assert joining.plan(keep=keep, fold=fold).clashes == []
    Identity.objects.filter(value=A).update(verified=True)
    assert joining.plan(keep=keep, fold=fold).clashes == []
    Identity.objects.filter(value=B).update(verified=True)
    identify(fold, "phone", C, verified=True)
    made = joining.plan(keep=keep, fold=fold)
    assert made.clashes == [("phone", A, f"{B}、{C}")]
    assert code(joining.carry_out, made, by=None) == "merge.conflict"
    assert Merge.objects.count() == 0
    assert joining.carry_out(made, by=owner).folded == fold


def test_a_merge_of_nobody_without_a_conflict_is_done() -> None:
    keep, fold = make_customer("王", A), make_customer("王", B)
    assert joining.carry_out(joining.plan(keep=keep, fold=fold), by=None).by is None


def test_what_is_no_plan() -> None:
    keep, gone = make_customer("王", A), make_customer("李", B, archived_at=clock.now())
    assert code(joining.plan, keep=keep, fold=keep) == "merge.same"
    assert code(joining.plan, keep=keep, fold=gone) == "merge.not_living"
    assert code(joining.plan, keep=gone, fold=keep) == "merge.not_living"
    other = make_customer("赵", C)
    assert code(joining.plan, keep=keep, fold=other, choices={"name": "both"}) == "merge.malformed"
    assert code(joining.plan, keep=keep, fold=other, choices={"phone": "keep"}) == "merge.malformed"


# --- doing it -------------------------------------------------------------------------------------------------


def test_everything_hers_is_the_winners(owner: Employee) -> None:
    keep, fold = make_customer("", A), make_customer("王丽娟", B, owner=make_employee("许静"))
    vip, new = make_tag("VIP"), make_tag("新客")
    tag(keep, vip), tag(fold, vip), tag(fold, new)
    orders = [make_order(fold) for _n in range(2)]
    consent(fold)
    row = make_row(make_batch(), fold)
    heard: list[list[int]] = []
    listeners.order_listeners.register("test", lambda ids: heard.append(list(ids)))
    try:
        done = merge(keep, fold, owner)
    finally:
        del listeners.order_listeners._entries["test"]
    assert heard == [[order.pk for order in orders]]
    keep.refresh_from_db()
    fold.refresh_from_db()
    assert (keep.name, keep.phone, keep.owner and keep.owner.name) == ("王丽娟", A, "许静")
    assert (fold.merged_into, fold.is_living, Customer.objects.get()) == (keep, False, keep)
    assert sorted(keep.tag_links.values_list("tag__name", flat=True)) == ["VIP", "新客"]
    assert (keep.orders.count(), keep.consents.count(), keep.import_rows.get(), fold.orders.count()) == (2, 1, row, 0)
    assert living_owners("phone", [B]) == [(B, keep.pk, False, keep.identities.get(value=B).pk)]
    entry = AuditEntry.objects.get(action="person.merged")
    assert (entry.actor, entry.object_id, entry.detail, done.by) == (owner, str(keep.pk), {"folded": fold.pk}, owner)


def test_a_plan_whose_rows_changed_is_refused(owner: Employee) -> None:
    keep, fold = make_customer("王", A), make_customer("李", B)
    made = joining.plan(keep=keep, fold=fold)
    make_order(fold)
    assert code(joining.carry_out, made, by=owner) == "merge.stale"
    made = joining.plan(keep=keep, fold=fold)
    people.change(fold, by=owner, city="杭州")
    assert code(joining.carry_out, made, by=owner) == "merge.stale"
    made = joining.plan(keep=keep, fold=fold)
    joining.carry_out(made, by=owner)
    assert code(joining.carry_out, made, by=owner) == "merge.stale"
    assert (Merge.objects.count(), keep.orders.count()) == (1, 1)


def _an_edit_in_place(name: str, fold: Customer, by: Employee) -> Any:
    """Makes a row of the folded one; returns what changes something in it."""
    if name == "order":
        order = make_order(fold)
        return lambda: refunding.refund(order, amount_fen=1, by=by)
    if name == "appointment":
        visit = make_appointment(fold)
        return lambda: visits.cancel(visit, by=by)
    if name == "identity":
        known = fold.identities.get()
        return lambda: Identity.objects.filter(pk=known.pk).update(verified=True)
    if name == "feedback":
        felt = make_feedback(fold)
        return lambda: feelings.answer(felt, by=by, words="道歉了")
    task = make_task(fold, by)
    return lambda: Task.objects.filter(pk=task.pk).update(note="改了")


@pytest.mark.parametrize("name", ["order", "appointment", "identity", "feedback", "task"])
def test_a_row_edited_in_place_makes_a_plan_stale(owner: Employee, name: str) -> None:
    keep, fold = make_customer("王", A), make_customer("李", B)
    edit = _an_edit_in_place(name, fold, owner)
    made = joining.plan(keep=keep, fold=fold)
    assert joining.plan(keep=keep, fold=fold).stamp == made.stamp
    edit()
    assert code(joining.carry_out, made, by=owner) == "merge.stale"
    assert Merge.objects.count() == 0


def test_pairs_with_the_folded_one_become_pairs_with_the_winner(owner: Employee) -> None:
    keep, fold, x, y = (make_customer(name) for name in "甲乙丙丁")
    pair = MergeCandidate.objects.create(first=keep, second=fold)
    with_x = MergeCandidate.objects.create(first=fold, second=x)
    with_y = MergeCandidate.objects.create(first=fold, second=y)
    known = MergeCandidate.objects.create(first=keep, second=y, state=CandidateState.REJECTED)
    before = standing(keep, fold)
    done = merge(keep, fold, owner)
    assert list(MergeCandidate.objects.order_by("pk").values_list("pk", "first", "second", "state")) == [
        (pair.pk, keep.pk, fold.pk, "merged"), (with_x.pk, keep.pk, x.pk, "open"), (with_y.pk, fold.pk, y.pk, "open"),
        (known.pk, keep.pk, y.pk, "rejected"),
    ]  # fmt: skip
    joining.undo(done, by=owner)
    assert standing(keep, fold) == before


def test_opening_figures_are_added_up_and_taken_apart(owner: Employee) -> None:
    keep, fold = make_customer("甲"), make_customer("乙")
    make_opening(keep, system="老", spend_fen=100, orders=None, last_order_on=date(2026, 1, 1), level="银")
    make_opening(fold, system="老", spend_fen=50, orders=3, last_order_on=date(2026, 2, 1), level="金")
    make_opening(fold, system="新", spend_fen=7)
    before, sums = standing(keep, fold), totals()
    done = merge(keep, fold, owner)
    assert totals() == sums
    assert list(keep.openings.order_by("pk").values_list("system", "spend_fen", "orders", "last_order_on", "level")) == [
        ("老", 150, 3, date(2026, 2, 1), "银"), ("新", 7, None, None, ""),
    ]  # fmt: skip
    joining.undo(done, by=owner)
    assert (totals(), standing(keep, fold)) == (sums, before)


def test_a_person_is_part_of_one_other_at_a_time(owner: Employee) -> None:
    keep, fold, third = make_customer("甲"), make_customer("乙"), make_customer("丙")
    merge(keep, fold, owner)
    assert code(joining.plan, keep=third, fold=fold) == "merge.not_living"
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(kept=third, folded=fold)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(kept=third, folded=third)


# --- undo -----------------------------------------------------------------------------------------------------


def test_undo_puts_back_what_came_with_her_and_leaves_what_came_later(owner: Employee) -> None:
    keep, fold = make_customer("", A), make_customer("王丽娟", B, city="杭州", legacy={"积分": "5"})
    mine = make_order(fold)
    before = standing(keep, fold)
    done = merge(keep, fold, owner)
    keep.refresh_from_db()
    later = make_order(keep)
    people.change(keep, by=owner, city="上海")
    late_tag = tag(keep, make_tag("后来"))
    joining.undo(done, by=owner)
    keep.refresh_from_db()
    fold.refresh_from_db()
    assert (keep.city, keep.name, keep.phone, keep.legacy) == ("上海", "", A, {})
    assert (fold.city, fold.phone, fold.merged_into, list(fold.orders.all())) == ("杭州", B, None, [mine])
    assert (list(keep.orders.all()), list(keep.tag_links.all())) == ([later], [late_tag])
    Order.objects.filter(pk=later.pk).delete()
    late_tag.delete()
    Customer.everyone.filter(pk=keep.pk).update(city="")
    assert standing(keep, fold) == before


def test_what_is_decided_together_goes_back_together(owner: Employee) -> None:
    """A birthday that was corrected since keeps its year, a name its key."""
    keep, fold = make_customer("", A), make_customer("LISA", B, birthday=Birthday(1990, 5, 1))
    done = merge(keep, fold, owner)
    keep.refresh_from_db()
    people.change(keep, by=owner, birthday=Birthday(1990, 6, 2), name="Lisa")
    joining.undo(done, by=owner)
    keep.refresh_from_db()
    assert (keep.birthday, keep.name, keep.name_key) == (Birthday(1990, 6, 2), "Lisa", "lisa")


def test_a_pair_told_apart_since_stays_so(owner: Employee) -> None:
    keep, fold, third = (make_customer(name) for name in "甲乙丙")
    pair = MergeCandidate.objects.create(first=fold, second=third)
    done = merge(keep, fold, owner)
    pair.refresh_from_db()
    assert (pair.first, pair.second) == (keep, third)
    joining.reject(pair, by=owner)
    joining.undo(done, by=owner)
    pair.refresh_from_db()
    assert (pair.first, pair.second, pair.state) == (keep, third, CandidateState.REJECTED)


def test_opening_figures_that_a_sheet_told_since_stay(owner: Employee) -> None:
    keep, fold = make_customer("甲"), make_customer("乙")
    mine = make_opening(keep, system="老", spend_fen=100, last_order_on=date(2026, 1, 1), level="银")
    make_opening(fold, system="老", spend_fen=50, last_order_on=date(2026, 2, 1))
    done = merge(keep, fold, owner)
    Opening.objects.filter(pk=mine.pk).update(last_order_on=date(2026, 3, 1), level="金")
    joining.undo(done, by=owner)
    mine.refresh_from_db()
    assert (mine.spend_fen, mine.last_order_on, mine.level) == (100, date(2026, 3, 1), "金")


def test_undo_refuses(owner: Employee) -> None:
    """Asking whether it can be undone refuses as undoing does."""

    def codes(merge: Merge) -> list[str]:
        return [code(joining.undo_plan, merge), code(joining.undo, merge, by=owner)]

    keep, fold, third = make_customer("甲"), make_customer("乙"), make_customer("丙")
    first = merge(keep, fold, owner)
    second = merge(third, keep, owner)
    assert codes(first) == ["merge.folded"] * 2
    joining.undo(second, by=owner)
    Customer.everyone.filter(pk=fold.pk).update(erased_at=clock.now())
    assert codes(first) == ["merge.erased"] * 2
    Customer.everyone.filter(pk=fold.pk).update(erased_at=None)
    joining.undo(first, by=owner)
    assert codes(first) == ["merge.undone"] * 2
    assert (first.undone_by, Customer.objects.count()) == (owner, 3)
    # After it they can be merged again.
    merge(Customer.objects.get(pk=keep.pk), Customer.objects.get(pk=fold.pk), owner)
    assert Merge.objects.filter(undone_at=None).count() == 1


def test_the_number_beside_the_name_is_her_own_again(owner: Employee) -> None:
    keep, fold = make_customer("甲"), make_customer("乙", B)
    done = merge(keep, fold, owner)
    keep.refresh_from_db()
    assert keep.phone == B
    joining.undo(done, by=owner)
    keep.refresh_from_db()
    fold.refresh_from_db()
    assert (keep.phone, fold.phone) == ("", B)


def test_a_pair_told_apart_is_not_proposed_again(owner: Employee) -> None:
    keep, fold = make_customer("甲"), make_customer("乙")
    pair = MergeCandidate.objects.create(first=keep, second=fold)
    joining.reject(pair, by=owner)
    assert pair.state == CandidateState.REJECTED
    assert code(joining.reject, pair, by=owner) == "candidate.settled"
    assert AuditEntry.objects.get(action="person.two_people").detail == {"other": fold.pk}


# --- every relation is declared -------------------------------------------------------------------------------


def test_every_relation_to_a_customer_has_a_mover() -> None:
    """A table that points at people and is not declared would leave its rows with somebody who is gone."""
    pointing = {
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for relation in Customer._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model is not None
    }
    declared = [relation for mover in movers for relation in mover.relations]
    assert sorted(declared) == sorted(set(declared))
    assert pointing - set(declared) == set()
    assert set(declared) - pointing == set()


def test_ten_thousand_rows_take_a_handful_of_queries(owner: Employee, django_assert_max_num_queries: Any) -> None:
    keep, fold = make_customer("甲"), make_customer("乙")
    Order.objects.bulk_create(
        [Order(source="s", number=str(n), customer=fold, paid_fen=1) for n in range(10_000)]
    )
    made = joining.plan(keep=keep, fold=fold)
    with django_assert_max_num_queries(108):
        done = joining.carry_out(made, by=owner)
    assert keep.orders.count() == 10_000
    joining.undo(done, by=owner)
    assert (keep.orders.count(), fold.orders.count(), CustomerTag.objects.count()) == (0, 10_000, 0)
