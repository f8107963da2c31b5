"""A person by hand: made, changed, archived, her number shown."""

import pytest
import time_machine
from django.utils import translation

from customers.birthdays import Birthday
from customers.models import Customer, CustomField, Identity
from customers.queries import duplicates
from customers.queries.edits import Edits
from customers.services import people
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.customers import identify, make_channel, make_customer, make_tag, tag

pytestmark = pytest.mark.django_db


def refusal(act, *args, **values):
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value


def acts():
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor__name", "object_id", "count"))


def test_a_number_makes_a_person_and_all_that_hangs_on_it(employee, shop):
    label = make_tag("敏感肌")
    person = people.create(
        phone="+86 138-0000 0021",
        by=employee,
        name=" 王 小娟\u3000",
        birthday=Birthday(None, 8, 15, lunar=True),
        owner=employee,
        store=shop.binjiang,
        tags=[label],
    )
    person = Customer.objects.get(pk=person.pk)
    assert (person.name, person.name_key, person.phone) == ("王 小娟", "王小娟", "13800000021")
    assert (person.birth_year, person.birth_md, person.birth_lunar) == (None, 815, True)
    assert (person.owner, person.store) == (employee, shop.binjiang)
    identity = person.identities.get()
    assert (identity.kind, identity.value, identity.tail) == ("phone", "13800000021", "0021")
    assert (identity.source, identity.verified) == ("person", False)
    link = person.tag_links.get()
    assert (link.tag, link.set_by, link.employee) == (label, "person", employee)
    first = person.history.get()
    assert (first.history_type, first.history_user, first.phone) == ("+", employee, "13800000021")
    assert acts() == [("tag.added", "小许", str(label.pk), 1), ("person.created", "小许", str(person.pk), 1)]


@pytest.mark.parametrize("text", ["", "12345", "12800000021", "0571-8888 6666", "138000000210"])
def test_what_is_no_mobile_number(employee, text):
    assert refusal(people.create, phone=text, by=employee, name="王小娟").code == "phone.invalid"
    assert Customer.everyone.count() == 0


def test_a_second_person_with_the_number_is_refused_and_nothing_is_written(employee, owner):
    known = make_customer("王小娟", "13800000021", owner=employee)
    before = AuditEntry.objects.count()
    no = refusal(people.create, phone="138 0000 0021", by=owner, name="小娟", tags=[make_tag()])
    assert (no.code, no.detail) == ("person.exists", {"customer": known.pk})
    assert str(no) == duplicates.by_phone("13800000021", asking=owner).sentence
    assert list(Customer.everyone.all()) == [known]
    assert AuditEntry.objects.count() == before


def test_a_foreign_person_is_not_named_by_id(employee, manager, shop):
    make_customer("王小娟", "13800000021", store=shop.xihu)
    assert refusal(people.create, phone="13800000021", by=employee).detail == {"customer": None}


def test_the_number_of_an_archived_person_is_refused_too(owner):
    gone = make_customer("王小娟", "13800000021", archived_at=clock.now())
    assert refusal(people.create, phone="13800000021", by=owner).code == "person.archived"
    assert list(Customer.everyone.all()) == [gone]


def test_whom_and_where_one_may_choose(owner, manager, employee, shop):
    def makes(by, **values):
        return people.create(phone=f"138{Customer.everyone.count():08d}", by=by, **values)

    assert refusal(makes, employee, owner=manager).code == "owner.not_yours"
    assert refusal(makes, employee, store=shop.xihu).code == "store.not_yours"
    assert refusal(makes, manager, owner=owner).code == "owner.not_yours"
    assert refusal(makes, manager, store=shop.company).code == "store.not_yours"
    assert makes(employee, owner=employee, store=shop.binjiang).owner == employee
    assert makes(manager, owner=employee, store=shop.binjiang).owner == employee
    assert makes(owner, owner=manager, store=shop.xihu).owner == manager
    assert makes(None, owner=owner, store=shop.company).owner == owner


def test_nobody_gets_customers_who_has_left(owner, employee):
    employee.is_active = False
    employee.save()
    assert refusal(people.create, phone="13800000021", by=owner, owner=employee).code == "owner.not_yours"


def test_a_change_writes_what_differs_and_who_did_it(owner, employee):
    person = make_customer("王小娟", "13800000021", owner=employee, city="杭州")
    then = person.updated_at
    changed = people.change(person, by=owner, name="王 小绢", city="杭州", note="周末方便", source=None)
    person.refresh_from_db()
    assert changed == ["name", "note"]
    assert (person.name, person.name_key, person.note, person.city) == (
        "王 小绢",
        "王小绢",
        "周末方便",
        "杭州",
    )
    assert person.updated_at > then
    newest = person.history.first()
    assert (newest.history_type, newest.history_user) == ("~", owner)


def test_a_change_of_nothing_leaves_no_history(owner):
    label = make_tag()
    person = make_customer("王小娟", "13800000021")
    tag(person, label)
    records = person.history.count()
    assert people.change(person, by=owner, name="王小娟", phone="13800000021", tags=[label], custom={}) == []
    assert person.history.count() == records
    assert acts() == []


def test_a_new_number_is_shown_and_the_old_one_still_finds_her(owner):
    person = make_customer("王小娟", "13800000021")
    assert people.change(person, by=owner, phone="139 0000 0022") == ["phone"]
    person.refresh_from_db()
    assert person.phone == "13900000022"
    assert list(person.identities.values_list("value", "tail")) == [
        ("13800000021", "0021"),
        ("13900000022", "0022"),
    ]
    assert people.change(person, by=owner, phone="13800000021") == ["phone"]
    assert Identity.objects.count() == 2


def test_another_persons_number_is_refused(owner):
    make_customer("李小明", "13900000022")
    person = make_customer("王小娟", "13800000021")
    assert refusal(people.change, person, by=owner, phone="13900000022", name="新").code == "person.exists"
    person.refresh_from_db()
    assert (person.name, person.phone) == ("王小娟", "13800000021")


def test_own_fields_are_merged_key_by_key(owner):
    skin, since = (CustomField.objects.create(key=key, label=key) for key in ("skin", "since"))
    person = make_customer("王小娟", custom={"skin": "干性", "since": "去年", "old": "x"})
    assert people.change(person, by=owner, custom={"skin": "敏感肌", "since": ""}) == ["custom"]
    person.refresh_from_db()
    assert person.custom == {"skin": "敏感肌", "old": "x"}
    assert refusal(people.change, person, by=owner, custom={"nope": "1"}).code == "field.unknown"
    assert (skin.label, since.label) == ("skin", "since")


def test_an_owner_is_handed_on_only_by_who_may(owner, manager, employee):
    person = make_customer("王小娟", owner=employee)
    assert refusal(people.change, person, by=employee, owner=manager).code == "owner.not_yours"
    assert refusal(people.change, person, by=employee, owner=None).code == "owner.not_yours"
    assert people.change(person, by=manager, owner=None) == ["owner"]
    assert people.change(person, by=owner, owner=employee, source=make_channel()) == ["owner", "source"]


def test_unknown_names_are_a_mistake_of_the_caller(owner):
    with pytest.raises(TypeError, match="merged_into"):
        people.change(make_customer("王小娟"), by=owner, merged_into=1)


def test_archived_and_brought_back(owner, operator, manager):
    person = make_customer("王小娟", "13800000021")
    assert refusal(people.archive, person, by=manager).code == "person.archive_not_allowed"
    people.archive(person, by=operator)
    assert list(Customer.objects.all()) == []
    assert refusal(people.archive, person, by=operator).code == "person.not_living"
    assert refusal(people.bring_back, person, by=manager).code == "person.archive_not_allowed"
    people.bring_back(person, by=owner)
    assert list(Customer.objects.all()) == [person]
    assert refusal(people.bring_back, person, by=owner).code == "person.not_archived"
    pk = str(person.pk)
    assert acts() == [("person.archived", "孙运营", pk, 1), ("person.brought_back", "钱总", pk, 1)]
    assert [row.history_user for row in person.history.all()[:2]] == [owner, operator]


def test_one_merged_away_does_not_come_back_by_this_door(owner):
    winner = make_customer("王小娟")
    folded = make_customer("王小娟", merged_into=winner, archived_at=clock.now())
    assert refusal(people.bring_back, folded, by=owner).code == "person.not_archived"


def test_who_may_have_a_number_shown(owner, operator, manager, employee, agency):
    own = make_customer("王小娟", "13800000021", owner=employee)
    other = make_customer("李小明", "13800000022", owner=manager)
    for looker in (owner, operator, manager, employee):
        assert people.show_phone(own, by=looker) == "13800000021"
    assert refusal(people.show_phone, other, by=employee).code == "phone.not_yours"
    assert refusal(people.show_phone, own, by=agency).code == "phone.not_yours"
    own.owner = agency
    assert refusal(people.show_phone, own, by=agency).code == "phone.not_yours"
    assert [(action, name) for action, name, *_ in acts()] == [
        ("phone.shown", name) for name in ("钱总", "孙运营", "李店长", "小许")
    ]


def test_the_fifty_first_number_of_a_day(owner, employee):
    own = [make_customer(f"客{n}", f"138000001{n:02d}", owner=employee) for n in range(51)]
    for customer in own[:50]:
        people.show_phone(customer, by=employee)
    assert refusal(people.show_phone, own[50], by=employee).code == "phone.limit"
    assert people.shown_today(employee) == 50
    # Once more at a number she has had today: logged, but no further number.
    assert people.show_phone(own[0], by=employee) == "13800000100"
    assert (people.shown_today(employee), AuditEntry.objects.filter(action="phone.shown").count()) == (50, 51)
    assert people.show_phone(own[50], by=owner) == "13800000150"


def edits_of(customer, viewer):
    return [
        (edit.by, edit.created, [(change.before, change.after) for change in edit.changes])
        for edit in Edits(customer, viewer)
    ]


def test_the_first_edit_of_an_imported_customer_is_told(owner, manager):
    juan = make_customer("王小娟", "13800000021", city="杭州")
    juan.history.all().delete()  # as an import leaves her
    people.change(juan, city="上海", by=manager)
    assert edits_of(juan, owner) == [(manager.name, False, [("杭州", "上海")])]


def test_what_a_sheet_said_since_is_not_told_as_the_next_edit(owner, manager):
    juan = people.create(phone="13800000021", name="王小娟", city="杭州", by=owner)
    Customer.objects.filter(pk=juan.pk).update(city="宁波", note="表格里的")  # an import
    juan.refresh_from_db()
    people.change(juan, city="上海", by=manager)
    people.change(juan, city="苏州", by=owner)
    assert edits_of(juan, owner) == [
        (owner.name, False, [("上海", "苏州")]),
        (manager.name, False, [("宁波", "上海")]),
        (owner.name, True, []),
    ]
    assert juan.history.count() == 4


def test_who_archived_an_imported_customer_is_told(owner):
    juan = make_customer("王小娟", "13800000021")
    juan.history.all().delete()
    people.archive(juan, by=owner)
    with translation.override("en"):
        assert edits_of(juan, owner) == [(owner.name, False, [("no", "yes")])]


def test_the_count_begins_anew_at_midnight(employee):
    own = make_customer("王小娟", "13800000021", owner=employee)
    with time_machine.travel("2026-11-20T15:59:00Z", tick=False):  # 23:59 in Shanghai
        people.show_phone(own, by=employee)
        assert people.shown_today(employee) == 1
    with time_machine.travel("2026-11-20T16:01:00Z", tick=False):
        assert people.shown_today(employee) == 0


def test_a_doubled_identity_of_another_kind_is_no_duplicate(owner):
    identify(make_customer("李小明"), "wechat_id", "13800000021")
    assert people.create(phone="13800000021", by=owner).name == ""
