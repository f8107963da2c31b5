"""服务环节: whether what was changed helped, and every figure opens the voices behind it."""

import re
from datetime import timedelta
from html import unescape

import pytest

from customers.models import Touchpoint
from scrm.kit import clock
from tests.factories.contacts import make_feedback, make_touchpoint
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
LIST, FEEDBACK = "/admin/customers/touchpoint/", "/admin/customers/feedback/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", owner=employee, store=shop.binjiang)


def heard(juan, point, before=(), after=()):
    """`before` and `after` the start of the day of its change."""
    day = clock.start_of(point.changed_on or clock.today())
    for scores, at in ((before, day - timedelta(minutes=1)), (after, day)):
        for score in scores:
            make_feedback(juan, score, at=at, touchpoint=point)


def column(body, name):
    return [re.sub(r"<[^>]+>", "", part).strip() for part in re.findall(rf'field-{name}[^>]*>(.*?)</td>', body, re.DOTALL)]


def links(body):
    """{figure: where it leads}"""
    found = re.findall(rf'href="({FEEDBACK}[^"]*)">([^<]+)<', body)
    return [(words, unescape(link)) for link, words in found]


class TestList:
    def test_before_and_after(self, client, owner, juan):
        point = make_touchpoint("护理后回访", changed_on=clock.days_ago(14), change="24 小时内回访")
        heard(juan, point, before=[-2, -1, -1, 0], after=[1, 0])
        make_touchpoint("结账")
        client.force_login(owner)
        body = client.get(LIST).content.decode()
        assert column(body, "voices") == ["6 voices, −0.5 in the mean", "none yet"]
        assert column(body, "compared") == ["−1.0 → +0.5 (4 voices before, 2 voices after)", ""]

    def test_every_figure_opens_as_many_voices(self, client, owner, juan):
        point = make_touchpoint(changed_on=clock.days_ago(14))
        heard(juan, point, before=[-2, -1, -1], after=[1])
        heard(juan, make_touchpoint("别的", changed_on=clock.days_ago(3)), before=[2, 2], after=[2])
        client.force_login(owner)
        shown = links(client.get(LIST).content.decode())
        assert [words for words, _link in shown][:3] == ["4 voices", "3 voices", "1 voice"]
        for words, link in shown:
            assert client.get(link).context["cl"].result_count == int(words.split()[0])

    def test_nobody_before(self, client, owner, juan):
        heard(juan, make_touchpoint(changed_on=clock.today()), after=[2])
        client.force_login(owner)
        assert column(client.get(LIST).content.decode(), "compared") == ["— → +2.0 (0 voices before, 1 voice after)"]

    @pytest.mark.parametrize("points", [1, 3])
    def test_constant_in_queries(self, client, owner, juan, points, django_assert_num_queries):
        for n in range(points):
            heard(juan, make_touchpoint(f"环节{n}", changed_on=clock.days_ago(14)), before=[-1], after=[1])
        client.force_login(owner)
        client.get(LIST)
        with django_assert_num_queries(6):
            client.get(LIST)


class TestForm:
    def test_says_it_too(self, client, owner, juan):
        point = make_touchpoint(changed_on=clock.days_ago(14))
        heard(juan, point, before=[-1], after=[1, 1])
        client.force_login(owner)
        body = client.get(f"{LIST}{point.pk}/change/").content.decode()
        assert [words for words, _link in links(body)] == ["3 voices", "1 voice", "2 voices"]
        assert "−1.0 → +1.0" in body

    def test_a_new_one_has_none(self, client, owner):
        client.force_login(owner)
        body = client.get(f"{LIST}add/").content.decode()
        assert "What was improved" in body and "What customers say" not in body

    def test_is_saved_as_before(self, client, owner, juan):
        point = make_touchpoint()
        client.force_login(owner)
        form = {
            "name": "结账", "stage": "paying", "position": 3, "is_active": "on", "changed_on": "2026-03-10", "change": "扫码",
        }  # fmt: skip
        assert client.post(f"{LIST}{point.pk}/change/", form).url == LIST
        saved = Touchpoint.objects.values_list("name", "change").get()
        assert saved == ("结账", "扫码")


class TestFiltersOfFeedback:
    def test_by_touchpoint_and_days(self, client, owner, juan):
        here, there = make_touchpoint("结账"), make_touchpoint("接待")
        day = clock.days_ago(5)
        edges = {
            -2: clock.start_of(day) - timedelta(seconds=1), -1: clock.start_of(day), 1: clock.end_of(day) - timedelta(seconds=1),
            2: clock.end_of(day),
        }  # fmt: skip
        for score, at in edges.items():
            make_feedback(juan, score, at=at, touchpoint=here)
        make_feedback(juan, 0, at=clock.start_of(day), touchpoint=there)
        client.force_login(owner)

        def scores(**query):
            return sorted(row.score for row in client.get(FEEDBACK, query).context["cl"].result_list)

        assert scores(touchpoint=here.pk, **{"from": day, "to": day}) == [-1, 1]
        assert scores(touchpoint=here.pk) == [-2, -1, 1, 2]
        assert scores(to=day) == [-2, -1, 0, 1]
        assert scores(touchpoint=here.pk + there.pk + 1) == []

    def test_what_is_no_day_shows_nothing(self, client, owner, juan):
        make_feedback(juan)
        client.force_login(owner)
        assert client.get(FEEDBACK, {"from": "31.2.2026"}).context["cl"].result_count == 0
        assert client.get(FEEDBACK, {"touchpoint": "x"}).url == f"{FEEDBACK}?e=1"
