"""GET /l/<code>: where it leads, what is stored, and what no request can change about either."""

from datetime import date, timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from campaigns.choices import CampaignState, Hint, Landing, NotCounted, TouchKind, VisitorKind
from campaigns.models import Material, Touch, TouchReading
from campaigns.public.visitors import COOKIE
from campaigns.services import reading
from scrm.kit import clock
from tests.factories.campaigns import make_campaign, make_link, make_touch

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit/605.1.15 MicroMessenger/8.0.53 NetType/4G Language/zh_CN"
TARGET = "https://shop.example.com/item?id=7"


def target(url=TARGET, **fields):
    return make_link(make_campaign(landing=Landing.URL, target_url=url, **fields))


def go(client, link, query="", agent=PERSON, method="get", **headers):
    return getattr(client, method)(f"/l/{link.code}{query}", headers={"user-agent": agent, **headers})


class TestWhere:
    def test_to_an_address(self, client):
        answer = go(client, target())
        assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, TARGET, "no-store")
        assert answer.content == b""

    def test_to_our_own_page(self, client):
        link = make_link(make_campaign(landing=Landing.PAGE))
        assert go(client, link)["Location"] == f"/p/{link.code}/"

    def test_to_the_address_of_a_material(self, client):
        article = Material.objects.create(title="护肤三步", kind="article", url="https://mp.weixin.qq.com/s/abc")
        link = make_link(make_campaign(landing=Landing.PAGE), material=article)
        assert go(client, link)["Location"] == article.url
        words = Material.objects.create(title="文案", body="来店有礼")
        link = make_link(link.campaign, material=words)
        assert go(client, link)["Location"] == f"/p/{link.code}/"

    def test_chinese_in_an_address(self, client):
        answer = go(client, target("https://shop.example.com/活动?店=滨江"))
        assert answer["Location"] == f"https://shop.example.com/{quote('活动')}?{quote('店')}={quote('滨江')}"

    def test_the_query_changes_nothing(self, client):
        link = target()
        for query in ("?next=https://evil.example", "?url=//evil.example&s=1", "?s#//evil", "?" + "a&" * 3000):
            assert go(client, link, query)["Location"] == TARGET

    def test_a_slash_too_many(self, client):
        link = target()
        assert client.get(f"/l/{link.code}/", headers={"user-agent": PERSON})["Location"] == TARGET

    @pytest.mark.parametrize(
        "url", ["", "http://shop.example.com", "javascript:alert(1)", "//evil.example", "https://a\r\nX: y", "/admin/"]
    )
    def test_nobody_is_led_anywhere_else(self, client, url):
        link = target(url)
        answer = go(client, link)
        assert (answer.status_code, "Location" in answer) == (404, False)
        assert Touch.objects.get().link_id == link.pk

    def test_a_new_target_counts_at_once(self, client):
        link = target()
        go(client, link)
        link.campaign.target_url = "https://shop.example.com/new"
        link.campaign.save(update_fields=["target_url"])
        cache.clear()  # what two seconds do
        assert go(client, link)["Location"] == "https://shop.example.com/new"

    def test_a_page_of_the_mini_program(self, client):
        link = make_link(make_campaign("双11护理", landing=Landing.MINI_PROGRAM, mini_path="pages/goods?id=1"))
        answer = go(client, link)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "max-age=0, no-cache, no-store, must-revalidate, private")
        assert "双11护理" in answer.content.decode()
        assert COOKIE in answer.cookies
        assert Touch.objects.get().link_id == link.pk

    @pytest.mark.parametrize("state", CampaignState.values)
    def test_in_every_state(self, client, state):
        assert go(client, target(state=state)).status_code == 302
        assert Touch.objects.count() == 1

    def test_outside_the_dates_it_leads_there_and_is_late(self, client):
        for days in ({"ends_on": clock.days_ago(1)}, {"starts_on": clock.today() + timedelta(days=1)}, {"ends_on": date(2020, 1, 1)}):
            assert go(Client(), target(**days))["Location"] == TARGET
        reading.step()
        assert list(TouchReading.objects.values_list("not_counted", flat=True)) == [NotCounted.LATE] * 3


class TestNotFound:
    @pytest.mark.parametrize("code", ["2222222", "222222", "22222222", "0OIl000", "a" * 3000, "%00%00", "..%2fadmin", "扫码有礼来"])
    def test_a_friendly_page(self, client, code):
        make_link(code="3333333")
        answer = client.get(f"/l/{code}", headers={"user-agent": PERSON})
        page = answer.content.decode()
        assert answer.status_code == 404
        with translation.override("zh-hans"):
            assert gettext("This link leads nowhere, we are sorry.") in page
        assert ("/admin" in page, "<script" in page, COOKIE in answer.cookies) == (False, False, False)
        assert "Content-Security-Policy" in answer
        assert Touch.objects.count() == 0

    def test_what_is_made_meanwhile_is_found(self, client):
        assert client.get("/l/3333333").status_code == 404
        make_link(make_campaign(landing=Landing.PAGE), code="3333333")
        assert client.get("/l/3333333").status_code == 302

    @pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
    def test_only_looking_is_possible(self, method):
        link = target()
        answer = go(Client(enforce_csrf_checks=True), link, method=method)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
        assert Touch.objects.count() == 0


class TestStored:
    def test_what_is_known(self, client):
        link = target()
        go(client, link)
        one = Touch.objects.get()
        assert (one.link_id, one.kind, one.hint, one.agent) == (link.pk, TouchKind.VIEW, Hint.NONE, PERSON)
        assert (one.visitor_kind, len(one.origin)) == (VisitorKind.COOKIE, 16)
        assert abs(clock.now() - one.at) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("query", "kind"),
        [
            ("", "view"), ("?s", "scan"), ("?s=", "scan"), ("?s&from=timeline", "scan"), ("?from=singlemessage&s", "scan"),
            ("?from=s", "view"), ("?sx=1", "view"), ("?x=1&ss", "view"),
        ],
    )  # fmt: skip
    def test_a_scan_is_told_by_its_address(self, client, query, kind):
        link = target()
        assert link.scan_address.endswith(f"/l/{link.code}?s")
        go(client, link, query)
        assert Touch.objects.get().kind == kind

    def test_head(self, client):
        answer = go(client, target(), method="head")
        assert (answer.status_code, answer["Location"]) == (302, TARGET)
        one = Touch.objects.get()
        assert (one.hint, one.visitor_kind, COOKIE in answer.cookies) == (Hint.HEAD, VisitorKind.HASH, False)

    @pytest.mark.parametrize(
        "header",
        [
            {"sec-purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"},
            {"x-purpose": "preview"},
        ],
    )  # fmt: skip
    def test_fetched_ahead(self, client, header):
        answer = go(client, target(), **header)
        one = Touch.objects.get()
        assert (answer.status_code, one.hint, one.visitor_kind) == (302, Hint.PREFETCH, VisitorKind.HASH)
        assert COOKIE not in answer.cookies

    @pytest.mark.parametrize("agent", ["", "curl/8.1", "Mozilla/5.0 (compatible; Baiduspider/2.0)", "Twitterbot/1.0"])
    def test_a_robot_gets_no_cookie_and_is_one_a_day(self, agent):
        link = target()
        for _n in range(2):
            assert COOKIE not in go(Client(), link, agent=agent).cookies
        assert len({one.visitor_key for one in Touch.objects.all()}) == 1
        assert {one.visitor_kind for one in Touch.objects.all()} == {VisitorKind.HASH}
        go(Client(), link, agent="wget/1")
        go(Client(REMOTE_ADDR="192.0.2.1"), link, agent=agent)
        assert len({one.visitor_key for one in Touch.objects.all()}) == 3

    def test_a_long_agent_is_cut(self, client):
        answer = go(client, target(), agent="Mozilla/5.0 " + "a" * 2000)
        assert answer.status_code == 302
        assert Touch.objects.get().agent == "Mozilla/5.0 " + "a" * 288

    @pytest.mark.parametrize(
        ("agent", "kept"), [("a\x00b\x1fc\x7f\x9fd", "abcd"), ("\x00" * 50, ""), ("\ud800x", "x"), ("王", "王")]
    )
    def test_signs_that_no_database_takes(self, client, agent, kept):
        answer = client.get(f"/l/{target().code}", HTTP_USER_AGENT=agent)
        assert answer.status_code == 302
        assert Touch.objects.get().agent == kept

    def test_nothing_else_is_asked_or_set(self, client, django_assert_num_queries):
        """No session, no language, no token; the second time in two seconds one INSERT is all. (In a savepoint, since a
        test is a transaction.)"""
        link = target()
        with django_assert_num_queries(4):
            answer = go(client, link)
        assert set(answer.cookies) == {COOKIE}
        assert set(answer.headers) == {"Content-Type", "Location", "Cache-Control", "Content-Length"}
        with django_assert_num_queries(3):
            go(client, link)

    def test_a_touch_is_never_changed(self):
        one = make_touch(make_link(), uuid4())
        for change in (lambda rows: rows.update(agent="x"), lambda rows: rows._raw_delete("default")):
            with pytest.raises(Error, match="append-only"), transaction.atomic():
                change(Touch.objects.filter(pk=one.pk))
        assert Touch.objects.get().agent == ""


class TestVisitor:
    def test_the_cookie(self, client):
        answer = go(client, target())
        cookie = answer.cookies[COOKIE]
        assert UUID(cookie.value) == Touch.objects.get().visitor_key
        assert (len(cookie.value), cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (32, 31_536_000, True, "Lax")
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == ("", "/", "")

    def test_secure_where_we_are(self, client, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        answer = go(client, target(), **{"x-forwarded-proto": "https"})
        assert answer.cookies[COOKIE]["secure"] is True

    def test_she_comes_again(self, client):
        link = target()
        go(client, link)
        answer = go(client, link)
        assert COOKIE not in answer.cookies
        assert len({one.visitor_key for one in Touch.objects.all()}) == 1

    @pytest.mark.parametrize(
        "cookie",
        ["", "x", "1" * 31, "1" * 33, "G" * 32, "A" * 32, "1_1" + "1" * 29, "{" + "1" * 30 + "}", "１".encode().decode("latin-1") * 32, "a" * 3900, '"; x=', "a\x00" * 16],
    )
    def test_what_was_never_ours_is_replaced(self, cookie):
        answer = Client().get(f"/l/{target().code}", HTTP_USER_AGENT=PERSON, HTTP_COOKIE=f"{COOKIE}={cookie}")
        assert answer.status_code == 302
        fresh = answer.cookies[COOKIE].value
        assert fresh != cookie
        assert Touch.objects.get().visitor_key == UUID(fresh)

    def test_an_address_is_not_kept_and_tells_no_day_from_another(self, client, settings):
        link, seen = target(), []
        for day in ("2026-11-10T08:00:00+08:00", "2026-11-10T20:00:00+08:00", "2026-11-11T08:00:00+08:00"):
            with time_machine.travel(day, tick=False):
                go(Client(REMOTE_ADDR="203.0.113.7"), link, agent="curl/8")
                seen.append(Touch.objects.order_by("-id")[0])
        assert seen[0].origin == seen[1].origin != seen[2].origin
        assert seen[0].visitor_key == seen[1].visitor_key != seen[2].visitor_key
        assert "203" not in seen[0].origin

    def test_behind_a_proxy(self, settings):
        settings.PROXY_COUNT = 1
        link, origins = target(), []
        for claimed in ("198.51.100.1", "6.6.6.6, 198.51.100.1", "198.51.100.2"):
            go(Client(REMOTE_ADDR="10.0.0.1"), link, **{"x-forwarded-for": claimed})
            origins.append(Touch.objects.order_by("-id")[0].origin)
        assert origins[0] == origins[1] != origins[2]

    def test_no_address_at_all(self):
        answer = go(Client(REMOTE_ADDR=""), target())
        assert (answer.status_code, Touch.objects.get().origin) == (302, "")


class TestWhenStatisticsDoNotWork:
    def test_the_visitor_goes_on(self, client):
        """The table is away: the redirect is not."""
        link = target()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE campaigns_touch RENAME TO away")
        answer = go(client, link)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO campaigns_touch")
        assert (answer.status_code, answer["Location"]) == (302, TARGET)
        assert COOKIE in answer.cookies
        assert Touch.objects.count() == 0

    def test_without_knowing_where_to_nobody_is_sent(self, client):
        link = target()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE campaigns_material RENAME TO away")
        answer = go(client, link)  # the rest of this test's transaction is lost with it
        assert (answer.status_code, "Location" in answer) == (503, False)


def test_a_flood_is_sent_on_and_not_counted(client):
    link = target()
    for _n in range(62):
        assert go(Client(), link).status_code == 302
    reading.step()
    assert TouchReading.objects.filter(not_counted="").count() == 60
    assert TouchReading.objects.filter(not_counted=NotCounted.FLOOD).count() == 2
