"""活动页 for a stranger with a phone: what it shows, what it takes, what it never tells."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client

from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign, Conversion, LandingPage, Link, Participation, Touch
from campaigns.public import pages as landing
from campaigns.services import reading
from campaigns.services.crediting import work
from campaigns.tasks import credit_orders
from customers.choices import Purpose
from customers.models import Consent, Customer, Event
from loyalty.choices import CouponKind
from loyalty.models import CouponGrant
from scrm.kit import clock
from tests.factories.campaigns import make_link, make_page
from tests.factories.customers import make_customer
from tests.factories.loyalty import make_coupon
from tests.factories.orders import make_order, make_product

pytestmark = pytest.mark.django_db
PHONE = "13800000021"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"
QUESTIONS = [
    {"key": "skin", "label": "肤质", "choices": ["干", "油"], "required": True},
    {"key": "more", "label": "想改善什么", "choices": [], "required": False},
]


@pytest.fixture
def link(employee: Any) -> Link:
    page = make_page(
        title="春季体验", words="第一行\n第二行", rules="每人一次", price_fen=9_900, usual_fen=29_800, ask_time=True,
        questions=QUESTIONS, consents=[Purpose.CARE, Purpose.PROMOTION], coupon=make_coupon("新客券"),
    )  # fmt: skip
    return make_link(page.campaign, employee=employee)


@pytest.fixture
def phone() -> Client:
    """A browser that reads English: sentences are asserted in the language of the code."""
    return browser()


def browser(**more: Any) -> Client:
    client = Client(headers={"user-agent": AGENT}, **more)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


def filled(**more: Any) -> dict[str, Any]:
    return {"name": "王小娟", "phone": PHONE, "q-skin": "干"} | more


def send(client: Client, link: Link, **more: Any) -> Any:
    return client.post(f"/p/{link.code}/", filled(**more))


def page_after(client: Client, link: Link, **more: Any) -> str:
    response = client.post(f"/p/{link.code}/", filled(**more), follow=True)
    return str(response.content.decode())


class TestShown:
    def test_everything_on_one_page(self, phone: Client, link: Link) -> None:
        response = phone.get(f"/p/{link.code}/")
        text = response.content.decode()
        assert response.status_code == 200
        for part in ("春季体验", "第一行<br>第二行", "每人一次", "¥99", "¥298", "新客券", "肤质", "小许, 滨江店"):
            assert part in text, part
        assert response.headers["Cache-Control"] == "no-store"

    def test_no_box_is_ticked_and_there_is_one_for_each_purpose(self, phone: Client, link: Link) -> None:
        boxes = re.findall(r"<input[^>]*checkbox[^>]*>", phone.get(f"/p/{link.code}/").content.decode())
        assert [re.search(r'name="([^"]+)"', box)[1] for box in boxes] == ["yes-care", "yes-promotion"]  # type: ignore[index]
        assert not any("checked" in box for box in boxes)

    def test_nothing_from_elsewhere_and_no_script(self, phone: Client, link: Link) -> None:
        response = phone.get(f"/p/{link.code}/")
        text = response.content.decode()
        assert re.findall(r"(?:src|href|action)=\"(?!/|#|data:)[^\"]*\"", text) == []
        assert "<script" not in text and "unfold" not in text
        assert "https://" not in text

    def test_what_people_wrote_is_text(self, phone: Client, link: Link) -> None:
        LandingPage.objects.update(title="<script>alert(1)</script>", words="<img src=x onerror=1>")
        text = phone.get(f"/p/{link.code}/").content.decode()
        assert "<script>" not in text and "<img src=x" not in text

    def test_queries(self, phone: Client, link: Link, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(7):  # the link with all beside it, the touch and the look, each in its transaction
            phone.get(f"/p/{link.code}/")

    def test_a_look_is_told_to_her_timeline_once_she_is_known(self, phone: Client, link: Link) -> None:
        phone.get(f"/p/{link.code}/")
        phone.head(f"/p/{link.code}/")
        phone.get(f"/p/{link.code}/", headers={"Sec-Purpose": "prefetch"})
        Client(headers={"user-agent": "Googlebot/2.1"}).get(f"/p/{link.code}/")
        event = Event.objects.get()
        assert (event.kind, event.object, event.visitor) == ("page.viewed", f"link:{link.pk}", phone.cookies["scrm_v"].value)

    def test_looks_from_one_address_end_somewhere(self, phone: Client, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(landing, "LOOKS", 3)
        for _n in range(6):
            assert phone.get(f"/p/{link.code}/").status_code == 200
        assert Event.objects.count() == 3


class TestClosed:
    def test_a_code_nobody_has_and_odd_ones(self, phone: Client, link: Link) -> None:
        for code in ("abcdefg", "0OIl000", "x", "a" * 300, "😀", "..", "%00"):
            response = phone.get(f"/p/{code}/")
            assert response.status_code == 404, code
        assert "There is nothing at this address." in phone.get("/p/abcdefg/").content.decode()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"state": CampaignState.DRAFT}, "There is nothing at this address."),
            ({"landing": Landing.URL}, "There is nothing at this address."),
            ({"state": CampaignState.SCHEDULED}, "This has not begun yet."),
            ({"starts_on": date(2999, 5, 1)}, "This begins on"),
            ({"state": CampaignState.ENDED}, "This campaign is over."),
            ({"state": CampaignState.SETTLED}, "This campaign is over."),
            ({"ends_on": date(2020, 5, 1)}, "This campaign is over."),
        ],
    )
    def test_a_friendly_page(self, phone: Client, link: Link, change: dict[str, Any], said: str) -> None:
        Campaign.objects.update(**change)
        answers = [phone.get(f"/p/{link.code}/"), send(phone, link)]
        assert [response.status_code for response in answers] == [404, 404]
        for response in answers:
            text = response.content.decode()
            assert said in text
            assert "<form" not in text
            assert ("春季体验" in text) == ("nothing at this address" not in said)
        assert Customer.objects.count() == 0

    def test_switched_off(self, phone: Client, link: Link) -> None:
        LandingPage.objects.update(is_open=False)
        response = send(phone, link)
        assert (response.status_code, Customer.objects.count()) == (404, 0)
        assert "Nobody can sign up here at the moment." in response.content.decode()

    def test_days_are_the_shops(self, phone: Client, link: Link) -> None:
        today = clock.today()
        Campaign.objects.update(starts_on=today, ends_on=today)
        assert phone.get(f"/p/{link.code}/").status_code == 200
        Campaign.objects.update(starts_on=today - timedelta(days=2), ends_on=today - timedelta(days=1))
        assert phone.get(f"/p/{link.code}/").status_code == 404


class TestSent:
    def test_from_the_form_to_the_coupon(self, phone: Client, link: Link) -> None:
        phone.get(f"/p/{link.code}/")
        key = phone.cookies["scrm_v"].value
        response = send(phone, link, day="", **{"yes-care": "on", "q-more": "干燥 😀"})
        assert response.status_code == 302
        assert response.headers["Location"].startswith(f"/p/{link.code}/thanks/?t=")
        row = Participation.objects.get()
        assert (row.customer.name, row.customer.phone, row.answers) == ("王小娟", PHONE, {"skin": "干", "more": "干燥 😀"})
        assert row.visitor is not None and row.visitor.key.hex == key == phone.cookies["scrm_v"].value
        assert [one.purpose for one in Consent.objects.all()] == [Purpose.CARE]
        grant = CouponGrant.objects.get()
        text = phone.get(response.headers["Location"]).content.decode()
        for part in (grant.code, grant.short_code[:4], "data:image/png;base64,", "¥30 off", "valid for 30 days", "小许"):
            assert part in text, part

    def test_a_wished_time(self, phone: Client, link: Link) -> None:
        day = (clock.today() + timedelta(days=2)).isoformat()
        send(phone, link, day=day, time="pm")
        assert Participation.objects.get().wished == f"{day} in the afternoon"

    def test_twice_is_once_and_the_same_coupon(self, phone: Client, link: Link) -> None:
        first, second = page_after(phone, link), page_after(phone, link, name="别名")
        code = CouponGrant.objects.get().code
        assert code in first and code in second
        assert (Participation.objects.count(), Customer.objects.get().name) == (1, "王小娟")

    def test_what_was_typed_stays_with_the_error_beside_it(self, phone: Client, link: Link) -> None:
        response = send(phone, link, phone="12345", name="王 & 李", **{"yes-care": "on", "q-skin": "油"})
        text = response.content.decode()
        assert response.status_code == 200
        for part in ("This is no mobile number", 'value="12345"', "王 &amp; 李", 'value="油" id="f-q-skin_1" checked'):
            assert part in text, part
        assert re.search(r'name="yes-care"[^>]*checked', text)
        assert Customer.objects.count() == 0

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"name": ""}, "Please fill this in."),
            ({"name": "王" * 10_000}, "60"),
            ({"phone": "1" * 10_000}, "40"),
            ({"phone": "😀"}, "This is no mobile number"),
            ({"phone": "021-62345678"}, "This is no mobile number"),
            ({"q-skin": ""}, "Please choose one."),
            ({"q-skin": "鳞"}, ""),
            ({"q-more": "字" * 10_000}, "300"),
            ({"day": "2020-01-01"}, ""),
            ({"name": "a\x00b"}, ""),
        ],
    )  # fmt: skip
    def test_odd_input_is_an_error_of_that_line(self, phone: Client, link: Link, said: dict[str, str], fault: str) -> None:
        response = send(phone, link, **said)
        text = response.content.decode()
        assert (response.status_code, Customer.objects.count()) == (200, 0)
        assert fault in text and "lp-wrong" in text

    @pytest.mark.parametrize("name", ["😀👩‍👩‍👧", "'; DROP TABLE customers--", "<b>王</b>", "\u202e王", "王" * 60])
    def test_odd_names_come_in(self, phone: Client, link: Link, name: str) -> None:
        assert send(phone, link, name=name).status_code == 302
        assert Customer.objects.get().name == name

    def test_whoever_fills_in_the_trap_gets_thanks_and_nothing_is_written(self, phone: Client, link: Link) -> None:
        response = send(phone, link, website="http://spam.example")
        assert response.status_code == 200
        assert "Thank you" in response.content.decode()
        assert (Customer.objects.count(), Participation.objects.count(), CouponGrant.objects.count()) == (0, 0, 0)

    def test_without_the_token_of_the_page(self, link: Link) -> None:
        strict = browser(enforce_csrf_checks=True)
        response = send(strict, link)
        assert (response.status_code, Customer.objects.count()) == (403, 0)
        assert f'href="/p/{link.code}/"' in response.content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', strict.get(f"/p/{link.code}/").content.decode())
        assert token is not None
        assert send(strict, link, csrfmiddlewaretoken="x" * 64).status_code == 403
        assert send(strict, link, csrfmiddlewaretoken=token[1]).status_code == 302
        assert Customer.objects.count() == 1

    def test_another_method(self, phone: Client, link: Link) -> None:
        assert phone.put(f"/p/{link.code}/").status_code == 405
        assert phone.post(f"/p/{link.code}/thanks/").status_code == 405


class TestTooOften:
    def test_one_browser(self, phone: Client, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(landing.MOST, "visitor", 2)
        phone.get(f"/p/{link.code}/")
        key = phone.cookies["scrm_v"].value
        statuses = []
        for _n in range(3):
            phone.cookies["scrm_v"] = key
            statuses.append(send(phone, link).status_code)
        assert statuses == [302, 302, 200]

    def test_one_number(self, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(landing.MOST, "phone", 2)
        responses = [send(browser(), link) for _n in range(3)]
        assert [one.status_code for one in responses] == [302, 302, 200]
        assert "This was sent very often just now." in responses[2].content.decode()

    def test_one_address(self, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(landing.MOST, "address", 2)
        statuses = [send(browser(), link, phone=f"1380000003{n}").status_code for n in range(3)]
        assert (statuses, Customer.objects.count()) == ([302, 302, 200], 2)
        elsewhere = browser(REMOTE_ADDR="203.0.113.9")
        assert send(elsewhere, link, phone="13800000039").status_code == 302


class TestThanks:
    def test_the_address_is_good_for_the_browser_that_sent_it(self, phone: Client, link: Link) -> None:
        address = send(phone, link).headers["Location"]
        code = CouponGrant.objects.get().code
        assert code in phone.get(address).content.decode()
        for other in (browser(), Client()):
            response = other.get(address)
            assert (response.status_code, response.headers["Location"]) == (302, f"/p/{link.code}/")

    def test_not_for_another_campaign_nor_with_a_forged_ticket(self, phone: Client, link: Link) -> None:
        address = send(phone, link).headers["Location"]
        other = make_link(make_page().campaign)
        ticket = address.partition("?")[2]
        for tried in (f"/p/{other.code}/thanks/?{ticket}", f"/p/{link.code}/thanks/?t=x", f"/p/{link.code}/thanks/", f"{address}x"):
            assert phone.get(tried).status_code == 302, tried
        assert phone.get("/p/abcdefg/thanks/?t=x", follow=True).status_code == 404

    def test_still_there_after_the_end(self, phone: Client, link: Link) -> None:
        address = send(phone, link).headers["Location"]
        Campaign.objects.update(state=CampaignState.ENDED)
        assert CouponGrant.objects.get().code in phone.get(address).content.decode()

    def test_whoever_left_is_not_shown(self, phone: Client, link: Link, employee: Any) -> None:
        address = send(phone, link).headers["Location"]
        type(employee).objects.filter(pk=employee.pk).update(is_active=False)
        assert "小许" not in phone.get(address).content.decode()


def told(text: str, grant: CouponGrant) -> str:
    """What is on the page but the code and its picture."""
    text = re.sub(r"data:image/png;base64,[^\"]+", "", text)
    for code in (grant.code, grant.short_code, grant.short_code[:4], grant.short_code[4:]):
        text = text.replace(code, "CODE")
    return text


class TestNothingTellsWhoIsKnown:
    """The same page, sentence for sentence, whether the owner of a number is a customer, joined, or used her coupon."""

    def answer(self, link: Link, number: str) -> tuple[int, list[str], str]:
        client = browser()
        response = send(client, link, phone=number)
        text = client.get(response.headers["Location"]).content.decode()
        grant = CouponGrant.objects.get(customer__phone=number)
        return response.status_code, sorted(response.cookies), told(text, grant)

    def test_new_known_joined_used_archived(self, link: Link, owner: Any) -> None:
        LandingPage.objects.update(coupon=make_coupon("长期券", valid_days=30))
        known, joined, used = (make_customer(f"客{n}", f"1390000001{n}") for n in range(3))
        archived = make_customer("旧客", "13900000014", archived_at=clock.now())
        for one in (joined, used):
            send(browser(), link, phone=one.phone)
        CouponGrant.objects.filter(customer=joined).update(expires_at=clock.end_of(clock.days_ago(-10)))
        CouponGrant.objects.filter(customer=used).update(state="used", used_at=clock.now(), used_by=owner)
        numbers = ("13900000015", known.phone, joined.phone, used.phone, archived.phone)
        first, *others = [self.answer(link, number) for number in numbers]
        assert others == [first] * 4
        assert "长期券" in first[2]


class TestSentOn:
    """The page's own address stands in the address bar: whoever opens that has touched the link too."""

    def test_opened_by_itself_it_is_a_touch_once_an_hour(self, phone: Client, link: Link) -> None:
        for _look in range(3):
            phone.get(f"/p/{link.code}/")
        [touch] = Touch.objects.all()
        assert (touch.link, touch.kind, touch.hint, touch.agent) == (link, "view", "", AGENT)
        assert touch.visitor_key.hex == phone.cookies["scrm_v"].value
        mark = phone.cookies["scrm_l"]
        assert (mark.value, mark["max-age"], mark["path"], mark["httponly"]) == (link.code, 3_600, "/p/", True)

    def test_by_the_links_address_it_is_one_touch_and_not_two(self, phone: Client, link: Link) -> None:
        phone.get(f"/l/{link.code}?s")
        phone.get(f"/p/{link.code}/")
        send(phone, link)
        assert list(Touch.objects.values_list("kind", flat=True)) == ["scan"]

    def test_another_link_of_the_same_browser_is_another_touch(self, phone: Client, link: Link) -> None:
        other = make_link(link.campaign)
        for code in (link.code, other.code):
            phone.get(f"/p/{code}/")
        assert set(Touch.objects.values_list("link", flat=True)) == {link.pk, other.pk}

    def test_a_mark_without_a_key_says_nothing(self, phone: Client, link: Link) -> None:
        phone.cookies["scrm_l"] = link.code
        phone.get(f"/p/{link.code}/")
        assert Touch.objects.count() == 1

    def test_a_form_alone_is_a_touch_of_whoever_sent_it(self, phone: Client, link: Link) -> None:
        send(phone, link)
        send(phone, link)
        assert Touch.objects.get().visitor_key == Participation.objects.get().visitor.key  # type: ignore[union-attr]

    def test_a_robot_leaves_a_touch_of_a_robot(self, link: Link) -> None:
        Client(headers={"user-agent": "curl/8.1"}).get(f"/p/{link.code}/")
        assert Touch.objects.get().visitor_kind == "hash"

    def test_what_she_buys_is_credited(self, phone: Client, link: Link) -> None:
        phone.get(f"/p/{link.code}/")
        send(phone, link)
        reading.step()
        make_order(Customer.objects.get(phone=PHONE), paid_fen=10_000, ordered_at=clock.now())
        work.of_people([Customer.objects.get(phone=PHONE).pk])
        credit_orders()
        assert list(Conversion.objects.values_list("campaign", "net_fen")) == [(link.campaign_id, 10_000)]


def test_a_gift_that_is_called_as_its_product_is_named_once(phone: Client, link: Link) -> None:
    gift = make_coupon("夏日补水礼", kind=CouponKind.GIFT, value_fen=None, product=make_product("夏日补水礼"))
    LandingPage.objects.update(coupon=gift)
    pages = [phone.get(f"/p/{link.code}/").content.decode(), page_after(phone, link)]
    assert [text.count("夏日补水礼") for text in pages] == [1, 1]


def test_too_long_a_name_is_told_in_plain_chinese(link: Link) -> None:
    text = Client(headers={"user-agent": AGENT}).post(f"/p/{link.code}/", filled(name="王" * 61)).content.decode()
    assert re.findall(r"最多 \d+ 个字，现在有 \d+ 个。", text) == ["最多 60 个字，现在有 61 个。"]
