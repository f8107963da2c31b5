"""How touchpoints feel before and after a change: means, the day itself, scope, queries."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.queries import journey
from customers.queries.journey import Mean, Voices
from tests.factories.contacts import make_feedback, make_touchpoint
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
MIDNIGHT = datetime(2026, 3, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", owner=employee, store=shop.binjiang)


class TestMean:
    @pytest.mark.parametrize(
        ("voices", "total", "shown"),
        [
            (10, -9, "−0.9"), (10, 6, "+0.6"), (0, 0, "—"), (3, 0, "0.0"), (1, 2, "+2.0"), (3, 2, "+0.7"),
            (20, 1, "+0.1"), (20, -1, "−0.1"), (100, 4, "0.0"), (100, -4, "0.0"), (8, 6, "+0.8"), (8, -6, "−0.8"),
        ],
    )  # fmt: skip
    def test_one_decimal_half_up_with_its_sign(self, voices, total, shown):
        assert str(Mean(voices, total)) == shown


class TestVoices:
    def test_the_day_of_the_change_belongs_to_after(self, juan, owner):
        point = make_touchpoint("护理后回访", changed_on=DAY)
        for score, at in ((-2, MIDNIGHT - timedelta(microseconds=1)), (-1, MIDNIGHT - timedelta(days=90)), (2, MIDNIGHT)):
            make_feedback(juan, score, at=at, touchpoint=point)
        found = journey.voices_of([point], owner)
        assert found == {point.pk: Voices(Mean(3, -1), Mean(2, -3), Mean(1, 2), date(2026, 3, 9))}

    def test_each_by_its_own_day_and_without_one_only_in_all(self, juan, owner):
        changed, plain, silent = (
            make_touchpoint("结账", changed_on=DAY), make_touchpoint("接待"), make_touchpoint("咨询", changed_on=DAY),
        )  # fmt: skip
        for point in (changed, plain):
            make_feedback(juan, 1, at=MIDNIGHT - timedelta(hours=1), touchpoint=point)
        make_feedback(juan, -2, at=MIDNIGHT)  # belongs to no touchpoint
        assert journey.voices_of([changed, plain, silent], owner) == {
            changed.pk: Voices(Mean(1, 1), Mean(1, 1), Mean(), date(2026, 3, 9)),
            plain.pk: Voices(Mean(1, 1)),
            silent.pk: Voices(Mean(), Mean(), Mean(), date(2026, 3, 9)),
        }

    def test_only_of_people_the_viewer_sees(self, shop, juan, owner, manager, employee):
        point = make_touchpoint()
        make_feedback(juan, -1, touchpoint=point)
        make_feedback(make_customer("李小明", store=shop.xihu), 2, touchpoint=point)
        seen = {who.role: journey.voices_of([point], who)[point.pk].all for who in (owner, manager, employee)}
        assert seen == {"owner": Mean(2, 1), "manager": Mean(1, -1), "employee": Mean(1, -1)}

    @pytest.mark.parametrize("points", [1, 5])
    def test_one_query(self, juan, owner, points, django_assert_num_queries):
        rows = [make_touchpoint(f"环节{n}", changed_on=DAY) for n in range(points)]
        for row in rows:
            make_feedback(juan, 1, touchpoint=row)
        with django_assert_num_queries(1):
            assert {voices.after for voices in journey.voices_of(rows, owner).values()} == {Mean(1, 1)}
