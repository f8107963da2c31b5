"""改归属 for the ticked and for one, what her page tells of it, and the pages of a hand-over."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from customers.choices import RelationHow, Side
from customers.models import Customer, OwnerChange, Relation
from customers.queries import handovers
from customers.services import owning
from customers.services.owning import handing_over, moving
from scrm.kit import clock, jobs
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff.choices import Role
from scrm.staff.services import employees
from tests.factories.contacts import make_appointment, make_task
from tests.factories.customers import make_batch, make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/customer/"
HANDOVER = "/admin/customers/handover/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def wang(shop):
    return make_employee("王蕾", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def he(shop):
    return make_employee("何莹", Role.EMPLOYEE, department=shop.binjiang)


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def said(response):
    return [str(message) for message in response.context["messages"]]


def status(client, path, data=None):
    return (client.post(path, data) if data is not None else client.get(path)).status_code


class TestList:
    def data(self, action, people, across="0", **more):
        return {"action": action, "select_across": across, "_selected_action": [row.pk for row in people], **more}

    def test_assigned_with_a_note(self, client, owner, wang, juan):
        client.force_login(owner)
        page = client.post(LIST, {**self.data("assign_owner", [juan]), "index": "0"}).content.decode()
        assert "For 1 person." in page
        response = client.post(LIST, self.data("assign_owner", [juan], confirmed="1", to=wang.pk, note="休假"), follow=True)
        assert said(response) == ["王蕾 looks after 1 customer more."]
        assert list(OwnerChange.objects.values_list("before__name", "after__name", "note")) == [("小许", "王蕾", "休假")]
        response = client.post(LIST, self.data("assign_owner", [juan], confirmed="1", to=wang.pk, note=""), follow=True)
        assert said(response) == ["Nothing to do: 王蕾 looks after all of them already."]

    def test_given_back(self, client, owner, juan):
        client.force_login(owner)
        response = client.post(LIST, self.data("release_owner", [juan], confirmed="1", note="联系不上"), follow=True)
        assert said(response) == ["1 customer is in the pool now."]
        assert Customer.objects.get().owner is None

    @pytest.mark.parametrize("act", ["assign_owner", "release_owner"])
    def test_each_role(self, client, everyone, wang, juan, shop, act):
        foreign = make_customer("外店", store=shop.xihu, owner=make_employee("别人", Role.EMPLOYEE))
        reached = {}
        for role, user in everyone.items():
            for across in "01":
                juan.owner, foreign.owner = everyone[EMPLOYEE], foreign.owner
                Customer.objects.filter(pk=juan.pk).update(owner=everyone[EMPLOYEE])
                Customer.objects.filter(pk=foreign.pk).update(owner=foreign.owner)
                before = OwnerChange.objects.count()
                client.force_login(user)
                client.post(LIST, self.data(act, [juan, foreign], across, confirmed="1", to=wang.pk, note=""))
                reached[role, across] = OwnerChange.objects.count() - before
        may = {OWNER: 2, OPERATOR: 2, MANAGER: 1}
        assert reached == {(role, across): may.get(role, 0) for role in Role for across in "01"}

    def test_newly_mine(self, client, owner, employee, wang, juan):
        old = make_customer("早就是", owner=wang)
        owning.assign(Customer.objects.filter(pk=juan.pk), to=wang, by=owner)
        owning.assign(Customer.objects.filter(pk=old.pk), to=employee, by=owner)
        owning.assign(Customer.objects.filter(pk=old.pk), to=wang, by=owner)
        OwnerChange.objects.filter(customer=old).update(at=clock.now() - timedelta(days=8))
        client.force_login(wang)
        assert list(client.get(f"{LIST}?newly=mine").context["cl"].result_list) == [juan]
        client.force_login(owner)
        assert list(client.get(f"{LIST}?newly=mine").context["cl"].result_list) == []


class TestOne:
    def test_to_a_colleague_with_a_note(self, client, owner, wang, juan):
        client.force_login(owner)
        path = f"{LIST}{juan.pk}/owner/"
        assert "小许 looks after her now." in client.get(path).content.decode()
        response = client.post(path, {"to": wang.pk, "note": "搬家"}, follow=True)
        assert said(response) == ["王蕾 looks after 王小娟 now."]
        page = client.get(f"{LIST}{juan.pk}/change/").content.decode()
        told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.split('id="owner-changes"')[1].split("</ul>")[0]))
        assert ("小许 → 王蕾 assigned" in told, "搬家" in told, "钱总" in told) == (True, True, True)

    def test_back_to_the_pool_is_a_button_of_its_own(self, client, owner, juan):
        client.force_login(owner)
        path = f"{LIST}{juan.pk}/owner/"
        assert "This field is required." in client.post(path, {"to": "", "note": ""}).content.decode()
        assert Customer.objects.get().owner is not None
        client.post(path, {"release": "1", "note": "联系不上"})
        assert Customer.objects.get().owner is None
        assert 'id="release"' not in client.get(path).content.decode()

    def test_as_it_is_already(self, client, owner, employee, juan):
        client.force_login(owner)
        page = client.post(f"{LIST}{juan.pk}/owner/", {"to": employee.pk, "note": "原样"}).content.decode()
        assert ("That is how it is already." in page, 'value="原样"' in page) == (True, True)
        assert OwnerChange.objects.count() == 0

    def test_out_of_sight_leads_to_the_list(self, client, manager, juan, shop, operator):
        Customer.objects.filter(pk=juan.pk).update(store=shop.xihu)
        client.force_login(manager)
        response = client.post(f"{LIST}{juan.pk}/owner/", {"release": "1", "note": ""})
        assert (response.status_code, response["Location"]) == (302, LIST)

    def test_doors(self, client, everyone, juan, shop):
        foreign = make_customer("外店", store=shop.xihu)
        answers = {}
        for role, user in everyone.items():
            client.force_login(user)
            answers[role] = tuple(status(client, f"{LIST}{person.pk}/owner/") for person in (juan, foreign))
        assert answers == {
            OWNER: (200, 200), OPERATOR: (200, 200), MANAGER: (200, 404), EMPLOYEE: (403, 404), AGENCY: (403, 403),
        }  # fmt: skip

    def test_archived_people_are_not_moved(self, client, owner, wang, juan):
        Customer.objects.update(archived_at=clock.now())
        client.force_login(owner)
        response = client.post(f"{LIST}{juan.pk}/owner/", {"to": wang.pk, "note": ""}, follow=True)
        assert said(response) == ["Bring her back first: archived people are not edited."]
        assert OwnerChange.objects.count() == 0


class TestPanel:
    def panel(self, client, person):
        page = client.get(f"{LIST}{person.pk}/change/").content.decode()
        part = page.split('<section class="person-card" id="owner">')[1].split("</section>")[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))

    def test_who_brought_her_who_has_her_and_who_lost_her(self, client, owner, employee, wang, juan):
        Customer.objects.update(source=make_channel("小红书 13900001111"), imported_in=make_batch("老表.xlsx"))
        Relation.objects.create(employee=employee, customer=juan, remark="娟姐13900002222", how=RelationHow.SCANNED)
        Relation.objects.create(
            employee=wang, customer=juan, remark="小娟", deleted_by=Side.CUSTOMER, deleted_at=clock.now(),
            blocked_by=Side.CUSTOMER, blocked_at=clock.now(),
        )  # fmt: skip
        client.force_login(owner)
        told = self.panel(client, juan)
        for part in ("小许", "小红书 139****1111", "老表.xlsx", "娟姐139****2222", "王蕾: 小娟", "blocked by the customer", "deleted by the customer"):
            assert part in told
        assert "13900002222" not in told and "13900001111" not in told

    def test_since_when_and_why_only_if_it_is_still_so(self, client, owner, employee, wang, juan):
        owning.assign(Customer.objects.all(), to=wang, by=owner, note="接手 13900003333")
        client.force_login(owner)
        told = self.panel(client, juan)
        assert ("since" in told, "接手 139****3333" in told, "13900003333" in told) == (True, True, False)
        # A sheet said otherwise later: it writes no change of its own.
        Customer.objects.update(owner=employee)
        assert "since" not in self.panel(client, juan)

    def test_only_who_may_assign_gets_the_button(self, client, everyone, juan):
        seen = {}
        for role in (OWNER, OPERATOR, MANAGER, EMPLOYEE):
            client.force_login(everyone[role])
            seen[role] = "owner-link" in client.get(f"{LIST}{juan.pk}/change/").content.decode()
        assert seen == {OWNER: True, OPERATOR: True, MANAGER: True, EMPLOYEE: False}


class TestHandOver:
    @pytest.fixture
    def people(self, he, shop):
        return [
            make_customer("甲", owner=he, store=shop.binjiang),
            make_customer("乙", owner=he, store=shop.xihu),
            make_customer("丙", owner=he, store=shop.binjiang),
        ]

    def stamp(self, client, path):
        return re.search(r'data-stamp="(\w+)"', client.get(path).content.decode())[1]

    def test_doors(self, client, everyone, he, people, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        answers = {}
        for role, user in everyone.items():
            client.force_login(user)
            answers[role] = tuple(
                status(client, HANDOVER + path) for path in ("", f"{he.pk}/", f"{zhao.pk}/", "999999/", f"{everyone[AGENCY].pk}/")
            )
        head, shut = (200, 200, 200, 404, 404), (403, 403, 403, 403, 403)
        assert answers == {
            OWNER: head, OPERATOR: head, MANAGER: (200, 200, 404, 404, 404), EMPLOYEE: shut, AGENCY: shut,
        }  # fmt: skip

    def test_nobody_stands_in_the_list_of_colleagues(self, client, owner, he, wang, people):
        """The field says what to do until one is chosen; an option of dashes stood there twice."""
        client.force_login(owner)
        data = {"action": "assign_owner", "_selected_action": [people[0].pk]}
        for page in (client.get(HANDOVER), client.get(f"{HANDOVER}{he.pk}/"), client.post(LIST, data)):
            body = page.content.decode()
            selects = re.findall(r"<select[^>]*autocomplete[^>]*>.*?</select>", body, re.DOTALL)
            single = [select for select in selects if " multiple" not in select]
            assert single and all('data-placeholder="Choose a colleague"' in select for select in single)
            assert "—" not in "".join(selects)

    def test_choosing_whose(self, client, manager, he, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        client.force_login(manager)
        page = client.get(HANDOVER).content.decode()
        assert (f'value="{he.pk}"' in page, f'value="{zhao.pk}"' in page) == (True, False)
        assert client.get(f"{HANDOVER}?leaver={he.pk}")["Location"] == f"{HANDOVER}{he.pk}/"
        assert client.get(f"{HANDOVER}?leaver={zhao.pk}").status_code == 200

    def test_plan_confirm_do_and_what_went_to_whom(self, client, owner, he, wang, employee, people, shop):
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk, employee.pk], "note": "离职", "deactivate": "on", "stamp": self.stamp(client, path)}
        page = client.post(path, {**data, "step": "plan"}).content.decode()
        assert 'id="shares"' in page
        assert OwnerChange.objects.count() == 0
        response = client.post(path, {**data, "step": "do"}, follow=True)
        entry = AuditEntry.objects.get(action=handing_over.DONE)
        assert response.redirect_chain[-1][0] == f"{HANDOVER}done/{entry.pk}/"
        got = {one.employee.name: (one.customers, one.link) for one in response.context["done"].got}
        assert sorted(count for count, _link in got.values()) == [1, 2]
        for name, (count, link) in got.items():
            listed = client.get(link).context["cl"].result_list
            assert ({person.owner.name for person in listed}, len(listed)) == ({name}, count)
        he.refresh_from_db()
        assert he.is_active is False

    def test_by_store(self, client, owner, he, wang, people, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "stores", f"store_{shop.binjiang.pk}": wang.pk, "note": "", "stamp": self.stamp(client, path)}
        page = client.post(path, {**data, "step": "do"}).content.decode()
        assert "Choose who takes the customers of: 西湖店." in page
        client.post(path, {**data, f"store_{shop.xihu.pk}": zhao.pk, "step": "do"})
        assert dict(Customer.objects.values_list("name", "owner__name")) == {"甲": "王蕾", "乙": "赵倩", "丙": "王蕾"}

    def test_stale_nobody_chosen_and_the_leaver_herself(self, client, owner, he, wang, people):
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk], "note": "离职", "stamp": self.stamp(client, path), "step": "do"}
        make_customer("后来", owner=he)
        page = client.post(path, data).content.decode()
        assert ("Something has changed since you looked." in page, 'value="离职"' in page) == (True, True)
        page = client.post(path, {**data, "among": [], "step": "plan"}).content.decode()
        assert "Choose at least one colleague who works here." in page
        page = client.post(path, {**data, "among": [he.pk]}).content.decode()
        assert "Select a valid choice" in page
        assert OwnerChange.objects.count() == 0

    def test_only_the_owner_is_offered_and_may_deactivate(self, client, operator, he, wang, people):
        client.force_login(operator)
        path = f"{HANDOVER}{he.pk}/"
        assert "deactivate" not in client.get(path).content.decode()
        data = {"way": "even", "among": [wang.pk], "note": "", "deactivate": "on", "stamp": self.stamp(client, path), "step": "do"}
        assert "Only the owner may deactivate an account." in client.post(path, data).content.decode()
        assert OwnerChange.objects.count() == 0

    def test_nothing_to_hand_over(self, client, owner, he):
        client.force_login(owner)
        page = client.get(f"{HANDOVER}{he.pk}/").content.decode()
        assert ('id="nothing"' in page, 'id="next"' in page) == (True, False)

    def test_the_confirm_page_names_the_work_that_goes_along(self, client, owner, he, wang, juan):
        make_appointment(juan, employee=he)
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk], "note": "", "stamp": self.stamp(client, path), "step": "plan"}

        def work():
            page = client.post(path, data).content.decode()
            [found] = re.findall(r'<li id="work">(.*?)</li>', page)
            return re.sub(r"<[^>]+>", "", found)

        assert work() == "Together with 1 appointment"
        for _n in range(2):
            make_task(juan, he)
        assert work() == "Together with 2 open tasks 1 appointment"

    def test_who_comes_too_late_reads_who_did_it_and_when(self, client, owner, operator, he, wang, people):
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk], "note": "", "stamp": self.stamp(client, path), "step": "do"}
        entry = handing_over.done(he.pk, self.carried_out(he, wang, operator))
        at = timezone.localtime(clock.now()).strftime("%H:%M")
        page = client.post(path, data).content.decode()
        said = f"孙运营 handed over the customers and open work of 何莹 at {at}; nothing is left with her."
        assert (said in page, f"{HANDOVER}done/{entry.pk}/" in page, 'id="nothing"' in page) == (True, True, False)
        assert said in client.get(path).content.decode()
        assert OwnerChange.objects.filter(after=wang).count() == 3

    def carried_out(self, leaver, to, by):
        """Its moment."""
        plan = handing_over.plan(leaver, by=by)
        job = handing_over.carry_out(plan, handing_over.Way(even=[to.pk]), by=by, stamp=plan.stamp)
        return datetime.fromisoformat(job.args[0]["at"])

    def test_what_was_handed_over_is_found_again(self, client, owner, manager, he, wang, people, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        make_customer("她店", owner=zhao, store=shop.xihu)
        with clock.staged(clock.now() - timedelta(days=80)):
            self.carried_out(he, wang, owner)
        self.carried_out(zhao, wang, owner)
        seen = {}
        for user in (owner, manager):
            client.force_login(user)
            seen[user.name] = client.get(HANDOVER).context["past"]
        told = {who: [(one.leaver.name, one.by, [got.customers for got in one.got]) for one in past] for who, past in seen.items()}
        assert told == {"钱总": [("赵倩", "钱总", [1]), ("何莹", "钱总", [3])], "李店长": [("何莹", "钱总", [3])]}
        first = seen["钱总"][1]
        assert first.at.date() == clock.days_ago(80)
        client.force_login(owner)
        body = client.get(HANDOVER).content.decode()
        assert f'href="{first.got[0].link}"' in body
        assert client.get(first.got[0].link).context["cl"].result_count == 3

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_list_is_constant_in_queries(self, client, owner, he, wang, times, django_assert_num_queries):
        for n in range(times):
            make_customer(f"客户{n}", owner=he)
            self.carried_out(he, wang, owner)
        with django_assert_num_queries(3):
            assert len(handovers.past(owner)) == times

    def test_since_when_the_account_is_deactivated(self, client, owner, he, wang, people):
        with clock.staged(clock.now() - timedelta(days=80)):
            entry = handing_over.done(he.pk, self.carried_out(he, wang, owner))
            employees.deactivate(he, by=owner)
        client.force_login(owner)
        page = client.get(f"{HANDOVER}done/{entry.pk}/").content.decode()
        assert f"The account of 何莹 is deactivated since {clock.days_ago(80).isoformat()}." in page

    def test_many_are_a_job_with_progress(self, client, owner, he, wang, people, monkeypatch):
        monkeypatch.setattr(handing_over, "IN_REQUEST", 1)
        monkeypatch.setattr(handing_over, "SECONDS", -1)
        monkeypatch.setattr(moving, "SLICE", 2)
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk], "note": "", "stamp": self.stamp(client, path), "step": "do"}
        job = JobRun.objects.get() if client.post(path, data).status_code == 302 else None
        progress = f"{HANDOVER}jobs/{job.pk}/"
        assert "0 of 3 customers" in client.get(progress).content.decode()
        jobs.run(job.pk)
        assert "2 of 3 customers" in client.get(progress).content.decode()
        # Whoever asks for the plan meanwhile is led to what runs.
        assert client.get(path)["Location"] == progress
        jobs.drain()
        assert "/done/" in client.get(progress)["Location"]

    def test_a_job_that_stopped_says_what_to_do(self, client, owner, he, wang, people, monkeypatch):
        monkeypatch.setattr(handing_over, "IN_REQUEST", 1)
        client.force_login(owner)
        path = f"{HANDOVER}{he.pk}/"
        data = {"way": "even", "among": [wang.pk], "note": "", "stamp": self.stamp(client, path), "step": "do"}
        client.post(path, data)
        wang.is_active = False
        wang.save(update_fields=["is_active"])
        jobs.drain()
        page = client.get(f"{HANDOVER}jobs/{JobRun.objects.get().pk}/").content.decode()
        assert ('id="stopped"' in page, f'href="{path}"' in page, 'http-equiv="refresh"' in page) == (True, True, False)

    def test_progress_and_result_are_the_departments(self, client, owner, manager, employee, wang, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        make_customer("她店", owner=zhao, store=shop.xihu)
        plan = handing_over.plan(zhao, by=owner)
        job = handing_over.carry_out(plan, handing_over.Way(even=[wang.pk]), by=owner, stamp=plan.stamp)
        entry = AuditEntry.objects.get(action=handing_over.DONE)
        answers = {}
        for user in (owner, manager, employee):
            client.force_login(user)
            answers[user.name] = tuple(status(client, HANDOVER + part) for part in (f"jobs/{job.pk}/", f"done/{entry.pk}/"))
        assert answers == {"钱总": (302, 200), "李店长": (404, 404), "小许": (403, 403)}
        client.force_login(owner)
        assert [status(client, f"{HANDOVER}done/{pk}/") for pk in (entry.pk + 999,)] == [404]


class TestStaff:
    def test_the_page_of_an_employee_says_what_she_holds(self, client, owner, he, shop):
        client.force_login(owner)
        path = f"/admin/staff/employee/{he.pk}/"
        assert "data-held" not in client.get(f"{path}change/").content.decode()
        make_customer("甲", owner=he)
        for part in (f"{path}change/", reverse("admin:staff_employee_deactivate", args=[he.pk])):
            page = client.get(part).content.decode()
            assert ("何莹 looks after 1 customer." in page, f"{HANDOVER}{he.pk}/" in page) == (True, True)


def test_the_audit_log_tells_it_in_words(client, owner, he, wang):
    make_customer("甲", owner=he)
    plan = handing_over.plan(he, by=owner)
    handing_over.carry_out(plan, handing_over.Way(even=[wang.pk]), by=owner, stamp=plan.stamp)
    client.force_login(owner)
    page = client.get("/admin/kit/auditentry/").content.decode()
    assert ("customers and open work handed over" in page, "<p>to: 王蕾 1</p>" in page, "_got" in page) == (True, True, False)


@pytest.mark.parametrize("which", ["", "x", "1", "1-", "-1", "1-2", "99999999999999999999-1"])
def test_a_hand_over_that_never_was_lists_nobody(client, owner, juan, which):
    client.force_login(owner)
    listed = list(client.get(f"{LIST}?handed={which}").context["cl"].result_list)
    assert listed == ([juan] if which == "" else [])
