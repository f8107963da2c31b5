"""Reading touches: what each counts as, slice by slice, in whatever order they turn up."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from campaigns import tasks
from campaigns.choices import NotCounted, TouchKind, VisitorKind
from campaigns.models import BoardWork, OrderWork, OriginHour, Place, Touch, TouchReading, Visitor
from campaigns.services import reading, setting_up
from campaigns.services.reading import slices
from scrm.kit import clock, jobs
from scrm.kit.models import JobRun
from tests.factories.campaigns import make_campaign, make_link, make_touch, make_visitor
from tests.factories.customers import make_channel, make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime.fromisoformat("2026-11-11T12:00:00+08:00")


def told(*touches: Touch) -> list[tuple[str, bool, bool]]:
    """(why not, unique, first) of each."""
    rows = TouchReading.objects.in_bulk([one.pk for one in touches])
    return [(rows[one.pk].not_counted, rows[one.pk].unique, rows[one.pk].first) for one in touches]


def touch(link, who, at=NOON, **fields):
    fields.setdefault("agent", PERSON)
    return make_touch(link, who, at=at, **fields)


class TestOne:
    def test_what_is_written(self):
        link, key = make_link(), uuid4()
        one = touch(link, key, kind=TouchKind.SCAN, visitor_kind=VisitorKind.HASH)
        assert reading.step() == one.pk
        visitor = Visitor.objects.get()
        assert (visitor.key, visitor.kind, visitor.customer_id, visitor.first_seen) == (key, "hash", None, NOON)
        row = TouchReading.objects.get()
        assert (row.touch_id, row.visitor_id, row.link_id, row.campaign_id) == (one.pk, visitor.pk, link.pk, link.campaign_id)
        assert (row.kind, row.at, row.day) == (TouchKind.SCAN, NOON, date(2026, 11, 11))
        assert (row.not_counted, row.unique, row.first) == ("", True, True)

    def test_a_known_visitor_stays_as_she_is(self):
        visitor = make_visitor(make_customer("王小娟"), first_seen=NOON - HOUR)
        touch(make_link(), visitor)
        reading.step()
        assert Visitor.objects.get() == visitor
        assert Visitor.objects.get().first_seen == NOON - HOUR

    def test_the_day_is_the_shops(self):
        touch(make_link(), uuid4(), at=datetime.fromisoformat("2026-11-10T16:00:00+00:00"))
        reading.step()
        assert TouchReading.objects.get().day == date(2026, 11, 11)

    @pytest.mark.parametrize(
        ("starts", "ends", "late"),
        [(11, 11, False), (None, 10, True), (12, None, True), (None, None, False), (None, 11, False)],
    )
    def test_late(self, starts, ends, late):
        days = {"starts_on": starts and date(2026, 11, starts), "ends_on": ends and date(2026, 11, ends)}
        one = touch(make_link(make_campaign(**days)), uuid4())
        reading.step()
        assert told(one) == [(NotCounted.LATE, False, False) if late else ("", True, True)]

    def test_nothing_to_read(self):
        assert reading.step() is None
        touch(make_link(), uuid4())
        assert (reading.step() is None, reading.step()) == (False, None)


class TestUnique:
    def test_per_link_and_visitor(self):
        link, who = make_link(), uuid4()
        other = make_link(link.campaign, channel=make_channel())
        touches = [
            touch(link, who), touch(link, who, NOON + HOUR - MINUTE), touch(other, who, NOON + MINUTE), touch(link, uuid4()),
            touch(link, who, NOON + HOUR),
        ]  # fmt: skip
        reading.step()
        assert told(*touches) == [
            ("", True, True), ("", False, False), ("", True, False), ("", True, True), ("", True, False)
        ]  # fmt: skip

    def test_what_is_not_counted_suppresses_nothing(self):
        link, who = make_link(), uuid4()
        touches = [touch(link, who, agent="curl/8"), touch(link, who, NOON + MINUTE)]
        reading.step()
        assert told(*touches) == [(NotCounted.BOT, False, False), ("", True, True)]

    def test_a_contact_made_right_after_the_scan_counts(self):
        link, who = make_link(), uuid4()
        kinds = (TouchKind.SCAN, TouchKind.VIEW, TouchKind.FRIEND, TouchKind.REFERRAL, TouchKind.FRIEND)
        touches = [touch(link, who, NOON + n * MINUTE, kind=kind) for n, kind in enumerate(kinds)]
        reading.step()
        assert [unique for _why, unique, _first in told(*touches)] == [True, False, True, True, False]

    def test_first_is_per_campaign(self):
        who = uuid4()
        touches = [touch(make_link(), who), touch(make_link(), who, NOON + MINUTE)]
        reading.step()
        assert told(*touches) == [("", True, True), ("", True, True)]

    def test_one_slice_or_many(self, monkeypatch):
        monkeypatch.setattr(slices, "SLICE", 1)
        link, who = make_link(), uuid4()
        touches = [touch(link, who, NOON + n * HOUR / 2) for n in range(4)]
        for one in touches:
            assert reading.step() == one.pk
        assert told(*touches) == [("", True, True), ("", False, False), ("", True, False), ("", False, False)]

    def test_read_in_the_wrong_order(self, monkeypatch):
        """The later one has the lower id; the earlier one takes "first" and "unique" from it."""
        link, who = make_link(), uuid4()
        late = touch(link, who, NOON + MINUTE)
        reading.step()
        assert told(late) == [("", True, True)]
        early = touch(link, who, NOON)
        reading.step()
        assert told(early, late) == [("", True, True), ("", False, False)]


class TestFlood:
    def test_the_rest_of_the_hour(self):
        link = make_link()
        crowd = [touch(link, uuid4(), NOON + timedelta(seconds=n), origin="a" * 16) for n in range(62)]
        others = [
            touch(link, uuid4(), NOON + HOUR, origin="a" * 16), touch(link, uuid4(), origin="b" * 16), touch(link, uuid4())
        ]  # fmt: skip
        reading.step()
        assert [why for why, _unique, _first in told(*crowd)] == [""] * 60 + ["flood"] * 2
        assert [why for why, _unique, _first in told(*others)] == ["", "", ""]

    def test_over_slices(self, monkeypatch):
        monkeypatch.setattr(slices, "SLICE", 25)
        link = make_link()
        crowd = [touch(link, uuid4(), NOON + timedelta(seconds=n), origin="a" * 16) for n in range(62)]
        while reading.step() is not None:
            pass
        assert [why for why, _unique, _first in told(*crowd)] == [""] * 60 + ["flood"] * 2
        assert list(OriginHour.objects.values_list("origin", "touches")) == []  # of days gone by: let go again

    def test_a_robot_stays_a_robot(self):
        link = make_link()
        crowd = [touch(link, uuid4(), NOON, origin="a" * 16, agent="curl/8") for _n in range(61)]
        person = touch(link, uuid4(), NOON, origin="a" * 16)
        reading.step()
        assert {why for why, _unique, _first in told(*crowd)} == {"bot"}
        assert told(person) == [("flood", False, False)]


class TestPlace:
    def test_a_touch_that_is_committed_late(self):
        """Its id is lower than that of one that was read: the watermark stands back."""
        link = make_link()
        with time_machine.travel(NOON, tick=False) as moment:
            first = touch(link, uuid4())
            gap = bump(Touch)
            last = touch(link, uuid4())
            assert (reading.step(), reading.step()) == (last.pk, None)
            moment.shift(4 * MINUTE)
            late = touch(link, uuid4(), pk=gap)
            assert (reading.step(), reading.step()) == (gap, None)
            moment.shift(2 * MINUTE)
            assert reading.step() is None
            assert Place.objects.get(pk=slices.READ).at == last.pk
        assert told(first, late, last) == [("", True, True)] * 3

    def test_it_does_not_pass_what_is_unread(self):
        link = make_link()
        with time_machine.travel(NOON, tick=False) as moment:
            gap = bump(Touch)
            last = touch(link, uuid4())
            assert (reading.step(), reading.step()) == (last.pk, None)
            moment.shift(6 * MINUTE)
            touch(link, uuid4(), pk=gap)
            # A run that is in the middle of its way does not see it; the next one does.
            assert reading.step(last.pk) is None
            assert Place.objects.get(pk=slices.READ).at == 0
            assert (reading.step(), reading.step()) == (gap, None)
            assert Place.objects.get(pk=slices.READ).at == last.pk

    @pytest.mark.parametrize("touches", [1, 3])
    def test_constant_in_queries(self, touches, django_assert_num_queries):
        link = make_link()
        reading.step()
        for _n in range(touches):
            touch(link, uuid4(), origin="a" * 16)
        more = connection.vendor == "sqlite"  # a row of `bulk` is a statement; on PostgreSQL a COPY is none of Django's
        with django_assert_num_queries(14 + more):
            reading.step()


class TestKnown:
    def test_orders_after_it_are_credited_anew(self):
        juan = make_customer("王小娟")
        make_order(juan, ordered_at=NOON - MINUTE)
        after = make_order(juan, ordered_at=NOON)
        make_order(make_customer("别人"), ordered_at=NOON)
        touch(make_link(), make_visitor(juan))
        reading.step()
        assert list(OrderWork.objects.values_list("order", flat=True)) == [after.pk]

    def test_what_does_not_count_changes_no_credit(self):
        juan = make_customer("王小娟")
        make_order(juan, ordered_at=NOON)
        touch(make_link(), make_visitor(juan), agent="curl/8")
        reading.step()
        assert OrderWork.objects.count() == 0


class TestTold:
    def test_the_boards_days(self, monkeypatch):
        link, who = make_link(), uuid4()
        touch(link, who, NOON + 12 * HOUR)
        touch(link, uuid4(), NOON, agent="curl/8")
        reading.step()
        told = BoardWork.objects.order_by("day").values_list("campaign", "day")
        assert list(told) == [(link.campaign_id, date(2026, 11, 11)), (link.campaign_id, date(2026, 11, 12))]
        BoardWork.objects.all().delete()
        touch(link, who, NOON + 11.9 * HOUR)  # takes "first" from a touch of the next day
        reading.step()
        assert list(told.all()) == [(link.campaign_id, date(2026, 11, 11)), (link.campaign_id, date(2026, 11, 12))]

    def test_whether_there_is_something_to_do(self):
        with time_machine.travel(NOON, tick=False) as moment:
            assert reading.waits() is False
            touch(make_link(), uuid4())
            assert reading.waits() is True
            tasks.read_touches()
            assert reading.waits() is True  # somebody may still commit a lower id
            moment.shift(6 * MINUTE)
            tasks.read_when_needed()
            jobs.drain()
            assert reading.waits() is False
            tasks.read_when_needed()
            assert JobRun.objects.count() == 1


class TestAgain:
    def test_asked_for_by_whoever_changes_the_dates(self, owner):
        link = make_link(make_campaign(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 10)))
        one = touch(link, uuid4())
        reading.step()
        setting_up.save(link.campaign, values={"ends_on": clock.today() + timedelta(days=1)}, by=owner)
        jobs.drain()
        assert told(one) == [("", True, True)]
        setting_up.save(link.campaign, values={"note": "x"}, by=owner)
        assert JobRun.objects.filter(name="campaigns.tasks.read_again").count() == 1

    def test_a_campaign_that_goes_on_longer(self):
        campaign = make_campaign(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 10))
        link, who = make_link(campaign), uuid4()
        touches = [touch(link, who), touch(link, who, NOON + MINUTE), touch(link, uuid4(), agent="curl/8")]
        elsewhere = touch(make_link(make_campaign(ends_on=date(2026, 11, 10))), who)
        reading.step()
        late = (NotCounted.LATE, False, False)
        assert told(*touches, elsewhere) == [late, late, (NotCounted.BOT, False, False), late]
        campaign.ends_on = date(2026, 11, 11)
        campaign.save(update_fields=["ends_on"])
        jobs.enqueue("campaigns.tasks.read_again", campaign.pk)
        jobs.drain()
        counted = [("", True, True), ("", False, False), (NotCounted.BOT, False, False)]
        assert told(*touches, elsewhere) == [*counted, late]
        campaign.ends_on = date(2026, 11, 10)
        campaign.save(update_fields=["ends_on"])
        tasks.read_again(campaign.pk)
        assert told(*touches, elsewhere) == [late, late, (NotCounted.BOT, False, False), late]

    def test_the_first_day_moves(self):
        """The first touch falls away: the next one is the first, and unique."""
        campaign = make_campaign(starts_on=date(2026, 11, 10))
        link, juan = make_link(campaign), make_customer("王小娟")
        visitor, midnight = make_visitor(juan), clock.start_of(date(2026, 11, 11))
        order = make_order(juan, ordered_at=midnight + HOUR)
        touches = [touch(link, visitor, midnight - MINUTE), touch(link, visitor, midnight)]
        reading.step()
        assert told(*touches) == [("", True, True), ("", False, False)]
        OrderWork.objects.all().delete()
        campaign.starts_on = date(2026, 11, 11)
        campaign.save(update_fields=["starts_on"])
        tasks.read_again(campaign.pk)
        assert told(*touches) == [(NotCounted.LATE, False, False), ("", True, True)]
        assert set(OrderWork.objects.values_list("order", flat=True)) == {order.pk}

    def test_slice_by_slice(self, monkeypatch):
        monkeypatch.setattr("campaigns.services.reading.again.SLICE", 1)
        campaign = make_campaign(ends_on=date(2026, 11, 10))
        link, who = make_link(campaign), uuid4()
        touches = [touch(link, who, NOON + n * MINUTE) for n in range(3)]
        reading.step()
        campaign.ends_on = None
        campaign.save(update_fields=["ends_on"])
        tasks.read_again(campaign.pk)
        assert told(*touches) == [("", True, True), ("", False, False), ("", False, False)]


def test_the_job(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 2)
    link = make_link()
    touches = [touch(link, uuid4()) for _n in range(5)]
    tasks.read_when_needed()
    assert jobs.drain() == 1
    assert JobRun.objects.get().state == JobRun.State.DONE
    assert TouchReading.objects.count() == len(touches)


def test_the_job_goes_on_where_it_stood(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 2)
    monkeypatch.setattr(tasks, "SECONDS", -1)
    link = make_link()
    for _n in range(5):
        touch(link, uuid4())
    jobs.fire("campaigns.tasks.read_touches")
    assert jobs.drain() == 4  # two, two, one, none
    assert TouchReading.objects.count() == 5


def bump(model) -> int:
    """An id that is given and not used yet, as by a transaction that is still open."""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [table])
        given = int(cursor.fetchone()[0])
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, given])
        return given
