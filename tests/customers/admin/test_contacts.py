"""Being in touch in the admin: doors for each role, forms, taps, the day, today's list, the customer's page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.choices import AppointmentState, TaskReason, TaskState
from customers.models import Appointment, Customer, Feedback, FollowUp, Task
from customers.services import feelings, visits
from customers.services.owning import acts
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.contacts import (
    make_appointment,
    make_feedback,
    make_follow_up,
    make_task,
    make_touchpoint,
)
from tests.factories.customers import make_customer
from tests.factories.orders import make_product
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role
BASE = "/admin/customers/"
TODAY, DAY_PAGE = f"{BASE}task/", f"{BASE}appointment/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


@pytest.fixture
def foreign(shop):
    return make_customer("李小明", "13900000022", store=shop.xihu)


def person(customer, act=""):
    return f"{BASE}customer/{customer.pk}/{act or 'change/'}"


def at(**values):
    return timezone.localtime(clock.now() + timedelta(**values)).strftime("%Y-%m-%dT%H:%M")


def written(**values):
    return {
        "key": "k1", "task": "", "content": "聊了换季", "medium": "phone", "began": "us", "contact_class": "service",
        "outcome": "", "next_at": "", "next_words": "",
    } | values  # fmt: skip


def booking(**values):
    return {"key": "k1", "starts_at": at(hours=3), "minutes": "60", "service": "", "employee": "", "store": "", "note": ""} | values


def messages(response):
    return [str(said) for said in response.context["messages"]]


def statuses(client, everyone, *calls):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = tuple(call().status_code for call in calls)
    return answers


class TestDoors:
    def test_pages(self, client, everyone, juan, foreign):
        calls = [
            lambda: client.get(TODAY),
            lambda: client.get(DAY_PAGE),
            lambda: client.get(f"{DAY_PAGE}add/"),
            lambda: client.get(f"{BASE}followup/"),
            lambda: client.get(f"{BASE}feedback/"),
            lambda: client.get(f"{BASE}touchpoint/"),
            lambda: client.get(person(juan, "follow-up/")),
            lambda: client.get(person(foreign, "follow-up/")),
            lambda: client.get(person(juan, "book/")),
            lambda: client.get(person(foreign, "book/")),
        ]
        assert statuses(client, everyone, *calls) == {
            OWNER: (200,) * 10,
            OPERATOR: (200,) * 10,
            MANAGER: (200, 200, 200, 200, 200, 200, 200, 404, 200, 404),
            EMPLOYEE: (200, 200, 200, 200, 200, 200, 200, 404, 200, 404),
            AGENCY: (403,) * 10,
        }

    def test_acts(self, client, everyone, juan, foreign, employee, manager):
        """A foreign row is a 404 for whoever may act, and nothing happens."""
        far = make_task(foreign, make_employee("别店"))
        near = make_task(juan, employee)
        row = make_appointment(foreign, starts_at=clock.now() - timedelta(minutes=5))
        calls = [
            lambda: client.post(f"{TODAY}{far.pk}/settle/", {"outcome": "done"}),
            lambda: client.post(f"{TODAY}{near.pk}/put-off/", {"to": at(days=1)}),
            lambda: client.post(f"{DAY_PAGE}{row.pk}/act/", {"act": "nonsense"}),
        ]
        assert statuses(client, {role: everyone[role] for role in (MANAGER, EMPLOYEE, AGENCY)}, *calls) == {
            MANAGER: (404, 302, 404),
            EMPLOYEE: (404, 302, 404),
            AGENCY: (403, 403, 403),
        }
        far.refresh_from_db()
        row.refresh_from_db()
        assert (far.state, row.state) == (TaskState.OPEN, AppointmentState.BOOKED)

    def test_no_act_by_looking(self, client, employee, juan):
        client.force_login(employee)
        task, row = make_task(juan, employee), make_appointment(juan)
        urls = [f"{TODAY}{task.pk}/settle/", f"{TODAY}{task.pk}/put-off/", f"{DAY_PAGE}{row.pk}/act/"]
        assert [client.get(url).status_code for url in urls] == [405, 405, 405]

    def test_nobody_logged_in(self, client, juan):
        assert client.get(TODAY).status_code == 302
        assert client.post(person(juan, "follow-up/"), written()).status_code == 302
        assert FollowUp.objects.count() == 0


class TestFollowUp:
    def test_written_with_a_feeling_and_a_next_time(self, client, shop, juan, manager, employee):
        point = make_touchpoint("护理中")
        client.force_login(employee)
        answer = client.post(
            person(juan, "follow-up/"),
            written(feeling="-2", touchpoint=point.pk, next_at=at(days=2), next_words="问皮肤", next_for=employee.pk),
            follow=True,
        )
        assert answer.redirect_chain == [(person(juan), 302)]
        row = FollowUp.objects.get()
        assert (row.customer, row.author, row.content, row.feeling, row.medium) == (juan, employee, "聊了换季", -2, "phone")
        assert sorted(Task.objects.values_list("reason", "employee")) == [
            ("bad_feeling", manager.pk), ("follow_up", employee.pk),
        ]  # fmt: skip
        assert Feedback.objects.get().touchpoint == point
        [said] = messages(answer)
        assert said.startswith("Written down. The manager has a task to call her within 24 hours")

    def test_sent_twice_it_is_there_once(self, client, juan, employee):
        client.force_login(employee)
        for _n in range(2):
            assert client.post(person(juan, "follow-up/"), written()).status_code == 302
        assert FollowUp.objects.count() == 1

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"content": "", "feeling": ""}, "content"),
            ({"next_at": "2020-01-01T10:00"}, "next_at"),
            ({"next_at": "morgen"}, "next_at"),
            ({"feeling": "7"}, "feeling"),
            ({"medium": "any"}, "medium"),
            ({"content": "x" * 5001}, "content"),
        ],
    )
    def test_what_is_wrong_is_said_where_it_is_wrong_and_kept(self, client, juan, employee, values, field):
        client.force_login(employee)
        answer = client.post(person(juan, "follow-up/"), written(next_words="问皮肤", **values))
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == [field]
        assert 'value="问皮肤"' in answer.content.decode()
        assert FollowUp.objects.count() == 0

    def test_it_settles_the_task_it_was_written_for(self, client, juan, employee, manager):
        client.force_login(employee)
        mine, colleagues = make_task(juan, employee), make_task(juan, manager)
        other = make_task(make_customer("另一位", owner=employee), employee)
        for task in (mine, colleagues, other):
            client.post(person(juan, "follow-up/"), written(key=f"k{task.pk}", task=task.pk))
        assert list(Task.objects.filter(state=TaskState.DONE)) == [mine]

    def test_it_leads_back_where_she_came_from_and_nowhere_else(self, client, juan, employee):
        client.force_login(employee)
        there = client.post(person(juan, "follow-up/"), written(back="/admin/customers/task/?who=team"))
        away = client.post(person(juan, "follow-up/"), written(key="k2", back="https://evil.example/"))
        assert (there.url, away.url) == ("/admin/customers/task/?who=team", person(juan))


class TestBooking:
    def test_booked_from_her_page(self, client, shop, juan, employee):
        care = make_product("舒缓护理", code="SH1")
        client.force_login(employee)
        answer = client.post(
            person(juan, "book/"), booking(service="sh1".upper(), employee=employee.pk, store=shop.binjiang.pk), follow=True
        )
        row = Appointment.objects.get()
        assert (row.customer, row.service, row.employee, row.store, row.minutes) == (juan, care, employee, shop.binjiang, 60)
        assert messages(answer) == [f"Booked for {timezone.localtime(row.starts_at):%m-%d %H:%M}."]

    def test_two_at_once_for_a_colleague_are_told(self, client, juan, employee):
        make_appointment(make_customer("另一位"), starts_at=clock.now() + timedelta(hours=3, minutes=10), employee=employee)
        client.force_login(employee)
        answer = client.post(person(juan, "book/"), booking(employee=employee.pk), follow=True)
        assert len(messages(answer)) == 2
        assert messages(answer)[1].startswith("The same colleague has another appointment then")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"starts_at": "2020-01-01T10:00"}, "starts_at"),
            ({"starts_at": ""}, "starts_at"),
            ({"minutes": "7"}, "minutes"),
            ({"service": "没有的项目"}, "service"),
            ({"employee": "99999"}, "employee"),
        ],
    )
    def test_what_is_wrong_is_said_where_it_is_wrong(self, client, juan, employee, values, field):
        client.force_login(employee)
        answer = client.post(person(juan, "book/"), booking(**values))
        assert list(answer.context["form"].errors) == [field]
        assert Appointment.objects.count() == 0

    def test_she_has_one_then_already(self, client, juan, employee):
        make_appointment(juan, starts_at=clock.now() + timedelta(hours=3))
        client.force_login(employee)
        answer = client.post(person(juan, "book/"), booking())
        assert answer.context["form"].errors["starts_at"] == ["She has an appointment at this time already."]

    def test_for_whom(self, client, juan, foreign, employee):
        client.force_login(employee)
        page = client.get(f"{DAY_PAGE}add/", {"q": "王小"}).content.decode()
        assert (person(juan, "book/") in page, "138****0021" in page, "13800000021" in page) == (True, True, False)
        assert client.get(f"{DAY_PAGE}add/", {"q": "李小明"}).context["found"] == []
        assert client.get(f"{DAY_PAGE}add/", {"q": "   "}).context["found"] == []

    def test_moved(self, client, juan, employee):
        row = make_appointment(juan, minutes=50)
        client.force_login(employee)
        url = f"{DAY_PAGE}{row.pk}/move/"
        assert client.get(url).context["form"]["minutes"].value() == 50
        assert client.post(url, booking(starts_at="2020-01-01T10:00")).context["form"].errors["starts_at"] == [
            "This time has passed. Choose a later one."
        ]
        client.post(url, booking(starts_at=at(days=2), minutes="50"))
        row.refresh_from_db()
        assert (row.state, row.moved_to.state, row.moved_to.minutes) == ("rescheduled", "booked", 50)
        again = client.post(url, booking(starts_at=at(days=3)))
        assert again.status_code == 200
        assert "says “rescheduled” by now" in str(again.context["form"].non_field_errors())


class TestDay:
    def test_by_store_and_hour(self, client, shop, owner, juan, foreign):
        midday = clock.start_of(clock.today()) + timedelta(hours=12)
        second = make_appointment(juan, starts_at=midday + timedelta(hours=1), store=shop.binjiang)
        first = make_appointment(juan, starts_at=midday, store=shop.binjiang)
        other = make_appointment(foreign, starts_at=midday, store=shop.xihu)
        nowhere = make_appointment(foreign, starts_at=midday + timedelta(hours=2))
        make_appointment(juan, starts_at=midday + timedelta(days=1))
        client.force_login(owner)
        page = client.get(DAY_PAGE)
        assert [(name, [one["row"] for one in rows]) for name, rows in page.context["groups"]] == [
            ("without store", [nowhere]), ("滨江店", [first, second]), ("西湖店", [other]),
        ]  # fmt: skip
        assert page.context["counts"] == [("booked", 4)]
        one = client.get(DAY_PAGE, {"store": shop.xihu.pk})
        assert [name for name, _rows in one.context["groups"]] == ["西湖店"]

    @pytest.mark.parametrize("day", ["", "morgen", "2026-02-30", "9999-99-99", "1066-01-01"])
    def test_an_unknown_day_is_today(self, client, owner, day):
        client.force_login(owner)
        assert client.get(DAY_PAGE, {"day": day}).context["day"] == clock.today()

    def test_no_number_stands_on_the_pages_of_a_booking(self, client, juan, owner):
        """Neither of a note nor of a product that somebody named so."""
        care = make_product("护理 13955556666")
        row = make_appointment(juan, service=care, note="打 13933334444", starts_at=clock.now())
        client.force_login(owner)
        pages = [DAY_PAGE, f"{DAY_PAGE}{row.pk}/move/", person(juan, "book/")]
        bodies = [client.get(page).content.decode() for page in pages]
        assert [("13955556666" in body, "13933334444" in body) for body in bodies] == [(False, False)] * 3
        assert "139****6666" in bodies[0] and "139****4444" in bodies[0]

    def test_an_empty_day_offers_the_next_step(self, client, employee):
        client.force_login(employee)
        page = client.get(DAY_PAGE, {"day": "2026-01-05"}).content.decode()
        assert 'id="nothing"' in page and f'href="{DAY_PAGE}add/"' in page

    def test_who_sees_whose(self, client, shop, everyone, juan, foreign):
        now = clock.start_of(clock.today()) + timedelta(hours=12)
        make_appointment(juan, starts_at=now, store=shop.binjiang)
        make_appointment(foreign, starts_at=now, store=shop.xihu)
        make_appointment(foreign, starts_at=now, store=shop.xihu, employee=everyone[EMPLOYEE])
        seen = {}
        for role in (OWNER, OPERATOR, MANAGER, EMPLOYEE):
            client.force_login(everyone[role])
            seen[role] = sum(len(rows) for _name, rows in client.get(DAY_PAGE).context["groups"])
        assert seen == {OWNER: 3, OPERATOR: 3, MANAGER: 1, EMPLOYEE: 2}

    @pytest.mark.parametrize(
        ("act", "state"), [("arrive", "arrived"), ("miss", "no_show"), ("cancel", "cancelled")]
    )
    def test_one_tap(self, client, juan, employee, act, state):
        row = make_appointment(juan, starts_at=clock.now() - timedelta(minutes=10))
        client.force_login(employee)
        answer = client.post(f"{DAY_PAGE}{row.pk}/act/", {"act": act, "back": TODAY})
        row.refresh_from_db()
        assert (answer.url, row.state) == (TODAY, state)
        client.get(TODAY)
        again = client.post(f"{DAY_PAGE}{row.pk}/act/", {"act": "cancel"}, follow=True)
        assert len(messages(again)) == 1

    def test_a_thousand_bookings_are_a_handful_of_queries(self, client, juan, employee, django_assert_max_num_queries):
        client.force_login(employee)
        for n in range(30):
            make_appointment(juan, starts_at=clock.now() + timedelta(seconds=n), employee=employee, service=make_product())
        with django_assert_max_num_queries(14):
            client.get(DAY_PAGE)


class TestToday:
    @pytest.mark.parametrize(("phone", "more"), [("13800000031", ["done", "not_reached"]), ("", ["done"])])
    def test_after_the_words_were_copied(self, client, employee, phone, more):
        """Sent, not sent, does not fit; not reached only where there is a number to ring."""
        task = make_task(make_customer("赵一", phone, owner=employee), employee, words="在吗")
        client.force_login(employee)
        page = client.get(TODAY).content.decode()
        assert re.findall(r'name="outcome" value="(\w+)"', page) == ["sent", "not_sent", "unfitting", *more]
        answer = client.post(f"{TODAY}{task.pk}/settle/", {"outcome": "not_sent", "back": TODAY}, follow=True)
        assert messages(answer) == ["赵一: not sent, stays on the list."]
        page = answer.content.decode()
        assert (f'id="task-{task.pk}"' in page, "Not sent before" in page) == (True, True)

    def test_cards_and_taps(self, client, juan, employee):
        task = make_task(juan, employee, reason=TaskReason.BIRTHDAY)
        client.force_login(employee)
        page = client.get(TODAY).content.decode()
        assert f'id="task-{task.pk}"' in page
        assert "王小娟, happy birthday!" in page and "13800000021" not in page
        answer = client.post(f"{TODAY}{task.pk}/settle/", {"outcome": "sent", "back": TODAY}, follow=True)
        assert messages(answer) == ["王小娟: done."]
        assert answer.context["today"].done == 1
        again = client.post(f"{TODAY}{task.pk}/settle/", {"outcome": "sent"}, follow=True)
        assert messages(again) == ["Somebody has settled this already. Look at the list again."]
        assert FollowUp.objects.count() == 1

    def test_who_missed_her_appointment_is_booked_from_the_card(self, client, juan, employee, agency):
        visits.miss(make_appointment(juan, starts_at=clock.now() - timedelta(hours=1)), by=employee)
        client.force_login(employee)
        page = client.get(TODAY).content.decode()
        assert f'href="{person(juan, "book/")}?back={TODAY}"' in page
        assert page.count("Make an appointment") == 1
        make_task(juan, employee)
        assert client.get(TODAY).content.decode().count("Make an appointment") == 1

    def test_put_off(self, client, juan, employee):
        task = make_task(juan, employee)
        client.force_login(employee)
        url = f"{TODAY}{task.pk}/put-off/"
        assert messages(client.post(url, {"to": "x"}, follow=True)) == ["Choose a day and a time."]
        assert messages(client.post(url, {"to": at(days=-2)}, follow=True)) == ["This time has passed. Choose a later one."]
        assert messages(client.post(url, {"to": at(days=2)}, follow=True)) == ["Put off."]
        assert client.get(TODAY).context["today"].open == 0

    def test_a_bad_feeling_is_answered_with_words(self, client, juan, manager, employee):
        feelings.felt([feelings.Feeling(juan, -2, "问了两天没人回 13911112222")], by=employee)
        task = Task.objects.get()
        client.force_login(manager)
        url = f"{TODAY}{task.pk}/answer/"
        page = client.get(url).content.decode()
        assert "139****2222" in page and "13911112222" not in page
        [missing] = client.post(url, {"words": " "}).context["form"].errors.as_data()["words"]
        assert missing.code == "required"
        assert Feedback.objects.unanswered().count() == 1
        assert client.post(url, {"words": "已致电"}).url == TODAY
        assert Feedback.objects.unanswered().count() == 0

    def test_who_is_late_reads_who_answered_once_and_is_asked_nothing(self, client, juan, owner, manager, employee):
        feelings.felt([feelings.Feeling(juan, -2, "没人回")], by=employee)
        url = f"{TODAY}{Task.objects.get().pk}/answer/"
        client.force_login(owner)
        assert 'name="words"' in client.get(url).content.decode()
        feelings.answer(Feedback.objects.get(), by=manager, words="已致电 13911112222")
        for page in (client.post(url, {"words": "再次"}), client.get(url)):
            body = page.content.decode()
            assert body.count("Somebody has answered this already.") == 1
            assert ("李店长: 已致电 139****2222" in body, 'name="words"' in body, "13911112222" in body) == (True, False, False)
        assert Feedback.objects.get().closing_words == "已致电 13911112222"

    def test_only_a_bad_feeling_is_answered(self, client, juan, employee):
        client.force_login(employee)
        assert client.get(f"{TODAY}{make_task(juan, employee).pk}/answer/").status_code == 404

    def test_nothing_to_do_says_what_else(self, client, employee):
        client.force_login(employee)
        page = client.get(TODAY).content.decode()
        assert 'id="nothing"' in page and "?quiet=90" in page

    def test_very_many_at_once_are_one_line(self, client, owner, employee):
        people = [make_customer(f"客户{n}") for n in range(21)]
        acts.assign(Customer.objects.filter(pk__in=[one.pk for one in people[:20]]), to=employee, by=owner)
        client.force_login(employee)
        assert (client.get(TODAY).context["newly"], Task.objects.count()) == (0, 20)
        Customer.objects.update(owner=None)
        acts.assign(Customer.objects.all(), to=employee, by=owner)
        page = client.get(TODAY)
        assert page.context["newly"] == 21
        listed = client.get("/admin/customers/customer/?newly=mine").context["cl"]
        assert listed.result_count == 21

    def test_the_team_is_for_whoever_has_one(self, client, shop, juan, manager, employee):
        make_task(juan, employee)
        counts = {}
        for who in (manager, employee):
            client.force_login(who)
            page = client.get(TODAY, {"who": "team"})
            counts[who.role] = (page.context["team"], len(page.context["cards"]))
        assert counts == {"manager": (True, 1), "employee": (False, 1)}

    def test_constant_in_queries(self, client, juan, employee, django_assert_num_queries):
        client.force_login(employee)
        client.get(TODAY)
        for count in (1, 9):
            for n in range(count):
                make_task(make_customer(f"客户{n}", owner=employee), employee)
                make_appointment(make_customer(f"约{n}"), starts_at=clock.now(), employee=employee)
            visits.ask_who_came()
            with django_assert_num_queries(7):
                client.get(TODAY)


class TestLists:
    def test_follow_ups(self, client, juan, foreign, owner, employee):
        make_follow_up(juan, "打给 13911112222", author=employee, feeling=-1, medium="phone")
        make_follow_up(foreign, "别店的", author=owner, feeling=1)
        client.force_login(owner)
        url = f"{BASE}followup/"

        def found(**asked):
            return [row.customer.name for row in client.get(url, asked).context["cl"].result_list]

        assert found() == ["李小明", "王小娟"]
        assert found(feeling="bad") == ["王小娟"]
        assert found(feeling="good") == ["李小明"]
        assert found(medium="phone") == ["王小娟"]
        assert found(author=owner.pk) == ["李小明"]
        assert found(q="王小") == ["王小娟"]
        page = client.get(url).content.decode()
        assert "139****2222" in page and "13911112222" not in page
        client.force_login(employee)
        assert found() == ["王小娟"]

    def test_a_follow_up_opens_in_her_timeline(self, client, juan, foreign, employee):
        mine, far = make_follow_up(juan), make_follow_up(foreign)
        client.force_login(employee)
        assert client.get(f"{BASE}followup/{mine.pk}/change/").url == f"{person(juan)}?show=contacts#timeline"
        assert client.get(f"{BASE}followup/{far.pk}/change/").status_code == 404

    def test_feelings_that_wait(self, client, juan, owner, manager, employee):
        feelings.felt([feelings.Feeling(juan, -2, "x"), feelings.Feeling(juan, 1, "y")], by=employee)
        make_feedback(juan, -1, closed_at=clock.now(), closed_by=owner, closing_words="好了")
        client.force_login(owner)
        rows = client.get(f"{BASE}feedback/", {"answer": "waiting"}).context["cl"].result_list
        assert [row.score for row in rows] == [-2]
        page = client.get(f"{BASE}feedback/").content.decode()
        assert f"{TODAY}{Task.objects.get().pk}/answer/" in page and "钱总 好了" in page

    @pytest.mark.parametrize(("noun", "queries"), [("followup", 5), ("feedback", 6)])
    def test_lists_are_constant_in_queries(self, client, noun, queries, juan, manager, employee, owner, django_assert_num_queries):
        client.force_login(owner)

        def fill(count):
            for n in range(count):
                one = make_customer(f"客户{n}", store=juan.store)
                make_follow_up(one, author=employee)
                feelings.felt([feelings.Feeling(one, -1)], by=employee)

        fill(1)
        client.get(f"{BASE}{noun}/")
        with django_assert_num_queries(queries):
            client.get(f"{BASE}{noun}/")
        fill(3)
        with django_assert_num_queries(queries):
            client.get(f"{BASE}{noun}/")

    def test_quiet_customers(self, client, juan, owner):
        quiet = make_customer("久未联系", last_contact_at=clock.now() - timedelta(days=100))
        client.force_login(owner)
        found = client.get(f"{BASE}customer/", {"quiet": "90"}).context["cl"].result_list
        assert [row.pk for row in found] == [quiet.pk]

    def test_touchpoints_are_set_by_head_office(self, client, owner, employee):
        client.force_login(owner)
        client.post(f"{BASE}touchpoint/add/", {"name": "结账", "stage": "paying", "position": 3, "is_active": "on"})
        client.force_login(employee)
        assert client.get(f"{BASE}touchpoint/add/").status_code == 403


class TestHerPage:
    def test_opens_to_be_read(self, client, juan, manager, employee):
        make_follow_up(juan, "问了换季", author=employee)
        feelings.felt([feelings.Feeling(juan, -2, "没人回")], by=employee)
        client.force_login(manager)
        page = client.get(person(juan))
        assert (page.context["step"].key, page.context["left_off"].last_text) == ("answer", "问了换季")
        assert list(page.context["tab_names"]) == [
            "timeline", "details", "tags", "orders", "benefits", "owner", "contact", "identities",
        ]  # fmt: skip
        body = page.content.decode()
        assert f"{TODAY}{Task.objects.get().pk}/answer/" in body

    def test_the_timeline_is_filtered_and_paged(self, client, juan, employee):
        for n in range(35):
            make_follow_up(juan, f"跟进{n}", at=clock.now() - timedelta(minutes=n))
        make_appointment(juan)
        client.force_login(employee)
        first = client.get(person(juan), {"show": "contacts"})
        assert [len(first.context["timeline"]), first.context["timeline_group"]] == [30, "contacts"]
        second = client.get(person(juan), {"show": "contacts", "before": first.context["timeline_next"]})
        assert [line["entry"].text for line in second.context["timeline"]] == [f"跟进{n}" for n in range(30, 35)]
        assert client.get(person(juan), {"show": "nonsense", "before": "x"}).context["timeline_group"] == ""

    def test_whoever_is_archived_gets_no_buttons(self, client, juan, owner):
        juan.archived_at = clock.now()
        juan.save(update_fields=["archived_at"])
        client.force_login(owner)
        body = client.get(person(juan)).content.decode()
        assert "follow-up/" not in body and "/book/" not in body
