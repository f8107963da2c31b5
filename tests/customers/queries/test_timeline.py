"""One timeline from many tables: order, pages, filters, what a viewer may read, how many queries."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.choices import AppointmentState, Approval, OrderState, Purpose
from customers.models import Merge, Refund
from customers.queries import timeline
from customers.queries.person import Reader
from customers.services import following
from scrm.kit import clock
from tests.factories.contacts import (
    make_appointment,
    make_event,
    make_feedback,
    make_follow_up,
    make_owner_change,
    make_task,
    make_touchpoint,
)
from tests.factories.customers import consent, make_batch, make_customer, make_row, make_tag, tag
from tests.factories.orders import credit, make_line, make_order, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def juan(shop, employee):
    made = clock.now() - timedelta(days=900)
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang, created_at=made)


@pytest.fixture
def reader(juan, owner):
    return Reader(juan, owner)


def titles(reader, **values):
    return [entry.title for entry in timeline.page(reader, **values)[0]]


def ago(**values):
    return clock.now() - timedelta(**values)


def test_everything_newest_first(juan, reader, owner, employee):
    order = make_order(juan, paid_fen=29_800, ordered_at=ago(days=5))
    make_line(order, make_product("舒缓护理"))
    make_line(order, make_product("面膜"))
    credit(order, employee)
    Refund.objects.create(order=order, amount_fen=5_000, at=ago(days=3), reason="过敏", recorded_by=owner)
    make_follow_up(juan, "聊了换季", at=ago(days=4), author=employee, medium="phone")
    make_appointment(juan, starts_at=ago(days=6), state=AppointmentState.NO_SHOW)
    make_feedback(juan, -2, at=ago(days=2), words="没人回", touchpoint=make_touchpoint("咨询"))
    make_event(juan, at=ago(days=1))
    make_owner_change(juan, employee, before=owner, at=ago(days=7), note="调店")
    consent(juan, at=ago(days=8), purpose=Purpose.CARE)
    consent(juan, False, at=ago(days=8, hours=-1))
    label = tag(juan, make_tag("敏感肌"))
    label.at = ago(days=9)
    label.save()
    make_task(juan, employee, state="done", done_at=ago(days=10), done_by=employee)
    Merge.objects.create(kept=juan, folded=make_customer("Lisa"), at=ago(days=11), by=owner)
    with translation.override("en"):
        found, more = timeline.page(reader)
    assert more is None
    assert [(entry.title, entry.text, entry.by, entry.tone) for entry in found] == [
        ("Looked at a page", "", "", ""),
        ("Feeling: 咨询", "没人回", "", "bad"),
        ("Given back ¥50.00", "过敏", "钱总", "bad"),
        ("We got in touch (phone call)", "聊了换季", "小许", ""),
        ("Bought for ¥298.00", "舒缓护理 and 1 more", "", "good"),
        ("Appointment: did not come", "", "", "bad"),
        ("Owner: 钱总 → 小许", "调店", "", ""),
        ("Withdrew: marketing · every medium", "", "", "bad"),
        ("Agreed: care · every medium", "", "", ""),
        ("Tag: 敏感肌", "", "", ""),
        ("Task done: other matter", "", "小许", ""),
        ("Lisa was merged into her", "", "钱总", ""),
        ("Entered in the system", "", "", ""),
    ]
    assert found[4].more == "served by 小许" and found[4].about == f"order:{order.pk}"


@pytest.mark.parametrize(
    ("group", "count"),
    [("contacts", 1), ("orders", 1), ("visits", 1), ("feelings", 1), ("traces", 1), ("changes", 1), ("", 6)],
)
def test_filters(juan, reader, group, count):
    make_follow_up(juan)
    make_order(juan)
    make_appointment(juan)
    make_feedback(juan)
    make_event(juan)
    assert len(titles(reader, group=group)) == count


def test_a_feeling_inside_a_follow_up_stands_there_and_under_its_own_filter(juan, reader, employee, manager):
    following.record([following.Contact(customer=juan, content="脸红", feeling=-2)], by=employee)
    [entry, _arrival] = timeline.page(reader)[0]
    assert (entry.emoji, entry.tone, "尚未回访" in entry.more) == ("😡", "bad", True)
    assert [entry.text for entry in timeline.page(reader, group="feelings")[0]] == ["脸红"]


def test_pages_hold_each_row_once_also_at_one_moment(juan, reader):
    """70 rows of four tables at one and the same moment, and one older one."""
    at = ago(days=1)
    for n in range(20):
        make_follow_up(juan, f"跟进{n}", at=at)
        make_order(juan, ordered_at=at)
        make_event(juan, at=at)
    for _n in range(10):
        make_appointment(juan, starts_at=at)
    seen, before, pages = [], None, 0
    while True:
        found, before = timeline.page(reader, before=before)
        seen += [(entry.at, entry.title, entry.text, entry.about) for entry in found]
        pages += 1
        if before is None:
            break
        before = timeline.Place.read(str(before))
    assert (len(seen), pages) == (71, 3)
    assert len({row for row in seen if row[2].startswith("跟进")}) == 20
    assert len({row[3] for row in seen if row[3].startswith("order")}) == 20
    assert [row[0] for row in seen] == sorted((row[0] for row in seen), reverse=True)


@pytest.mark.parametrize("text", ["", "x", "2026-01-01~1~1", "2026-01-01T00:00:00+00:00~1", "2026-13-01T00:00:00+00:00~1~1",
                                  "2026-01-01T00:00:00+00:00~-1~1", "2026-01-01T00:00:00+00:00~1~" + "9" * 30])  # fmt: skip
def test_a_place_that_no_page_wrote_is_none(text):
    assert timeline.Place.read(text) is None


def test_numbers_in_what_was_said_are_masked(juan, owner):
    make_follow_up(juan, "新号 13911112222", author_name="小何 13933334444")
    [entry, _arrival] = timeline.page(Reader(juan, owner))[0]
    assert (entry.text, entry.by) == ("新号 139****2222", "小何 139****4444")
    [entry, _arrival] = timeline.page(Reader(juan, owner, revealed=True))[0]
    assert entry.text == "新号 13911112222"


def test_without_the_right_to_orders_there_are_none(juan, agency):
    order = make_order(juan)
    Refund.objects.create(order=order, amount_fen=100, at=clock.now())
    assert len(titles(Reader(juan, agency))) == 1


def test_orders_that_do_not_count_say_so(juan, reader):
    make_order(juan, approval=Approval.PENDING)
    make_order(juan, state=OrderState.CANCELLED)
    with translation.override("en"):
        told = [entry.more for entry in timeline.page(reader, group="orders")[0]]
    assert sorted(told) == ["cancelled", "waits for approval"]


def test_an_order_without_a_time_is_in_no_timeline(juan, reader):
    make_order(juan, ordered_at=None)
    assert titles(reader, group="orders") == []


def test_somebody_elses_rows_are_not_hers(juan, reader, employee):
    other = make_customer("别人")
    make_follow_up(other)
    make_order(other)
    make_event(other)
    make_task(other, employee, state="done", done_at=clock.now())
    assert len(titles(reader)) == 1


def test_the_sheet_that_knew_more_of_her_and_the_one_that_tagged_her(juan, reader, operator):
    batch = make_batch("西湖店会员表2023.xlsx", started_at=ago(days=3), created_by=operator)
    changes = {"birth_year": [None, 1991], "birth_md": [None, 914], "note": ["", "周六"], "opening.spend_fen": [None, 1]}
    make_row(batch, juan, 27, outcome="updated", changes=changes, conflict=True, detail={"name": "王丽娟", "kept": "王小娟"})
    make_row(batch, juan, 28, outcome="merged")
    make_row(batch, juan, 29, outcome="updated", undone=True, changes=changes)
    make_row(make_batch(kind="orders"), juan, 2, outcome="updated")
    make_row(batch, make_customer("别人"), 30, outcome="updated")
    label = tag(juan, make_tag("敏感肌"), "import", batch=batch)
    label.at = ago(days=4)
    label.save()
    with translation.override("en"):
        [update, tagged, _arrival] = timeline.page(reader, group="changes")[0]
    assert (update.at, update.title, update.by, update.more) == (
        batch.started_at, "Updated from a sheet", operator.name, "birthday, note, Opening figures",
    )  # fmt: skip
    assert update.text == "西湖店会员表2023.xlsx, row 27\nThe sheet calls her 王丽娟."
    assert (tagged.title, tagged.more) == ("Tag: 敏感肌", "西湖店会员表2023.xlsx")


def test_what_a_sheet_is_called_is_masked_like_all_else(juan, reader):
    batch = make_batch("13911112222的客户.xlsx")
    make_row(batch, juan, 2, outcome="updated", conflict=True, detail={"name": "王姐13911112222", "kept": "王小娟"})
    [update, _arrival] = timeline.page(reader)[0]
    assert "139****2222" in update.text and "13911112222" not in update.text


def test_constant_in_queries(juan, reader, employee, django_assert_num_queries):
    def fill():
        order = make_order(juan, ordered_at=clock.now())
        make_line(order, make_product())
        credit(order, employee)
        following.record([following.Contact(customer=juan, content="x", feeling=1)], by=employee)
        make_appointment(juan, service=make_product(), employee=employee, store=juan.store)
        make_feedback(juan, 1)
        make_event(juan)

    fill()
    with django_assert_num_queries(19):
        timeline.page(reader)
    for _n in range(9):
        fill()
    with django_assert_num_queries(19):
        timeline.page(reader)
