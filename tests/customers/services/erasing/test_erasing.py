"""Personal data emptied for good: what goes, what stays, and what is refused."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import ForeignKey

from customers.models import (
    Appointment,
    Consent,
    Customer,
    ErasedIdentity,
    Event,
    Export,
    Feedback,
    FollowUp,
    Identity,
    ImportRow,
    Merge,
    MergeCandidate,
    Opening,
    Order,
    OrderCredit,
    OwnerChange,
    Relation,
    Task,
)
from customers.queries import erased
from customers.services import people
from customers.services.erasing import erasing
from customers.services.erasing.erasers import Keeps, erasers
from customers.services.merging import joining
from scrm.kit import clock, files
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.customers.services.erasing.people import (
    CARD,
    PHONE,
    SECOND,
    SECRET,
    everything,
    make_full,
)
from tests.factories.customers import make_batch, make_customer, make_row
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def her(owner, shop):
    return make_full(owner, shop)


def erase(customer, by):
    erasing.carry_out(erasing.plan(customer, by=by), by=by)


def code(act, *args, **values):
    with pytest.raises(Refused) as no:
        act(*args, **values)
    assert str(no.value) != no.value.code
    return no.value.code


def test_nothing_of_her_is_left_in_any_table(her, owner):
    before = everything()
    assert [word in before for word in (SECRET, PHONE, SECOND, CARD, "敏感肌")] == [True] * 5
    erase(her, owner)
    left = [line for line in everything().splitlines() if any(word in line for word in (SECRET, PHONE, SECOND, CARD))]
    assert left == []


def test_her_row_stays_empty(her, owner):
    erase(her, owner)
    assert (her.name, her.phone, her.custom, her.legacy, her.birthday, her.is_living) == ("", "", {}, {}, None, False)
    assert (her.erased_at is not None, her.imported_in, her.gender, her.owner) == (True, None, "", owner)
    folded = Customer.everyone.get(merged_into=her)
    assert (folded.erased_at is not None, folded.name, folded.note, folded.phone) == (True, "", "", "")


def test_what_stays_for_the_figures(her, owner):
    erase(her, owner)
    order = Order.objects.get(customer=her)
    assert (order.paid_fen, order.refunded_fen, order.number, order.note, order.proof, order.digest) == (
        10_000, 2_000, f"#{order.pk}", "", "", "",
    )  # fmt: skip
    assert (order.lines.get().amount_fen, order.refunds.get().amount_fen, OrderCredit.objects.get().employee) == (
        10_000, 2_000, owner,
    )  # fmt: skip
    assert (Opening.objects.get().spend_fen, Opening.objects.get().level) == (345670, "金卡")
    assert (Feedback.objects.get().score, Feedback.objects.get().words) == (-2, "")
    assert (FollowUp.objects.get().content, FollowUp.objects.get().author) == ("", owner)
    assert (Consent.objects.get().given, Consent.objects.get().ground) == (True, "")
    assert (Event.objects.get().properties, Event.objects.get().object) == ({}, "product:1")
    assert (Relation.objects.get().remark, OwnerChange.objects.filter(after=owner).get().note) == ("", "")
    assert (Merge.objects.get().evidence, Merge.objects.get().changes, Merge.objects.get().moved) == ([], {}, {})
    assert (Identity.objects.filter(customer=her).count(), MergeCandidate.objects.count()) == (0, 0)
    assert ImportRow.objects.get(number=2).outcome == "updated"


def test_nobody_is_reminded_of_her(her, owner):
    erase(her, owner)
    assert (Task.objects.get().state, Task.objects.get().done_at is not None) == ("dropped", True)
    assert Appointment.objects.get().state == "cancelled"


def test_files_go_once_it_is_committed(her, owner, django_capture_on_commit_callbacks):
    proof, export = Order.objects.get().proof, Export.objects.get().path
    sheet = ImportRow.objects.get(number=2).batch.path
    with django_capture_on_commit_callbacks(execute=True):
        erase(her, owner)
        assert files.full_path(proof).exists()
    assert [files.full_path(path).exists() for path in (proof, export, sheet)] == [False, False, True]
    assert (Export.objects.get().state, Export.objects.get().path) == ("gone", "")


def test_an_export_from_before_she_came_is_left(her, owner):
    Export.objects.update(at=her.created_at - timedelta(days=1))
    erase(her, owner)
    assert Export.objects.get().state == "done"


def test_it_waits_for_an_export_that_is_being_written(her, owner):
    Export.objects.update(state="running")
    assert code(erase, her, owner) == "erase.exporting"
    Export.objects.update(at=clock.now() - timedelta(hours=1))
    erase(her, owner)
    assert her.erased_at is not None


def test_the_plan_says_what_goes_and_what_stays(her, owner):
    before = everything()
    made = erasing.plan(her, by=owner)
    assert made.counts == {
        "strays": 1, "exports": 1, "identities": 4, "tags": 1, "candidates": 1, "follow_ups": 1, "feedback": 1,
        "tasks": 1, "appointments": 1, "events": 1, "orders": 1, "refunds": 1, "consents": 1, "owner_changes": 1,
        "relations": 1, "relation_history": 2, "history": made.counts["history"], "merges": 1, "import_rows": 1,
        "herself": 2,
    }  # fmt: skip
    assert (made.orders, len(made.people), [batch.file_name for batch in made.sheets]) == (1, 2, ["会员.xlsx"])
    assert made.sheets_until == clock.today() + timedelta(days=30)
    assert everything() == before


def test_the_audit_line_holds_nothing_of_her(her, owner):
    erase(her, owner)
    entry = AuditEntry.objects.get(action="person.erased")
    assert (entry.actor, entry.object_id, set(entry.detail), entry.detail["records"]) == (
        owner, str(her.pk), {"records", "rows"}, 2,
    )  # fmt: skip
    said = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert [word in said for word in (SECRET, PHONE, SECOND, CARD)] == [False] * 4


def test_only_the_owner(her, operator, manager, employee, agency):
    answers = [code(erasing.plan, her, by=who) for who in (operator, manager, employee, agency)]
    assert answers == ["erase.not_allowed"] * 4


def test_a_second_time_is_refused(her, owner):
    made = erasing.plan(her, by=owner)
    erasing.carry_out(made, by=owner)
    assert (code(erasing.carry_out, made, by=owner), code(erasing.plan, her, by=owner)) == ("person.erased",) * 2
    assert AuditEntry.objects.filter(action="person.erased").count() == 1


def test_a_stale_plan_is_refused_and_nothing_is_gone(her, owner):
    made = erasing.plan(her, by=owner)
    FollowUp.objects.create(customer=her, content="刚刚")
    before = everything()
    assert code(erasing.carry_out, made, by=owner) == "erase.stale"
    assert (everything(), AuditEntry.objects.filter(action="person.erased").count()) == (before, 0)


def test_a_folded_record_goes_with_the_one_she_became(her, owner):
    folded = Customer.everyone.get(merged_into=her)
    assert code(erasing.plan, folded, by=owner) == "erase.folded"


def test_an_archived_person_can_be_erased(owner):
    person = people.archive(make_customer("王小娟", "13800000021"), by=owner)
    erase(person, owner)
    assert (person.erased_at is not None, person.archived_at, person.name) == (True, None, "")


def test_it_is_all_or_nothing(her, owner, monkeypatch):
    class Broken(Keeps):
        def erase(self, people):
            raise RuntimeError

    erasers.register("test", Broken(()))
    before = everything()
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            erase(her, owner)
    finally:
        erasers._entries.pop("test")
    assert everything() == before


def test_undo_of_a_merge_brings_nothing_back(her, owner):
    erase(her, owner)
    after = everything()
    assert code(joining.undo, Merge.objects.get(), by=owner) == "merge.erased"
    assert everything() == after


def test_a_card_number_inside_an_order_number_is_chance(her, owner):
    chance = make_order(her, number=f"2025{CARD}")
    erase(her, owner)
    chance.refresh_from_db()
    assert chance.number == f"2025{CARD}"


def test_hashes_are_keyed_and_former_keys_still_tell(her, owner, settings):
    erase(her, owner)
    assert ErasedIdentity.objects.count() == 4
    asked = [("phone", PHONE), ("phone", SECOND), ("legacy:收银", CARD), ("phone", "13999999999")]
    assert erased.among(asked) == set(asked[:3])
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key"
    assert erased.among(asked) == set(asked[:3])
    settings.SECRET_KEY_FALLBACKS = []
    assert erased.among(asked) == set()


def test_nothing_is_asked_while_nobody_was_erased(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert erased.among([("phone", f"138{n:08d}") for n in range(1000)]) == set()
    with django_assert_num_queries(0):
        assert erased.among([]) == set()


def test_every_relation_has_its_eraser():
    """Whoever adds a table that points at people says what erasing does with it."""
    answered = {label for eraser in erasers for label in eraser.relations}
    missing = [
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for relation in Customer._meta.get_fields(include_hidden=True)
        if isinstance(getattr(relation, "field", None), ForeignKey)
        and f"{relation.related_model._meta.label_lower}.{relation.field.name}" not in answered
    ]
    assert missing == []


def test_ten_thousand_rows_in_two_seconds(owner):
    person = make_customer("王小娟", "13800000021")
    batch = make_batch(path="")
    FollowUp.objects.bulk_create(FollowUp(customer=person, content="说了什么") for _ in range(4_000))
    Event.objects.bulk_create(Event(customer=person, kind="page.viewed", properties={"n": n}) for n in range(4_000))
    for n in range(20):
        make_order(person, note=f"备注{n}")
    ImportRow.objects.bulk_create(
        ImportRow(batch=batch, customer=person, number=n, outcome="updated", cells=["x"]) for n in range(2_000)
    )
    make_row(batch, None, 9_999)
    made = erasing.plan(person, by=owner)
    started = time.monotonic()
    erasing.carry_out(made, by=owner)
    assert time.monotonic() - started < 2
    assert (FollowUp.objects.exclude(content="").count(), Event.objects.exclude(properties={}).count()) == (0, 0)
