"""待分配(公海): who sees whom there and how, and what each may do with them."""

import re

import pytest
from django.utils import translation

from customers.models import Customer, OwnerChange
from customers.services.owning import acts, moving
from scrm.kit import clock, jobs
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import identify, make_batch, make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
POOL = "/admin/customers/pool/"
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
def free(shop):
    """In the consultant's store, without a store, in another one; and one who is somebody's, one who is archived."""
    make_customer("有主", store=shop.binjiang, owner=make_employee("别人", Role.EMPLOYEE))
    make_customer("归档", store=shop.binjiang, archived_at=clock.now())
    return [
        make_customer("王小娟", "13800000021", store=shop.binjiang),
        make_customer("李小明 13900000022", "13800000022"),
        make_customer("陈佳怡", "13800000023", store=shop.xihu),
    ]


def rows(client, query=""):
    response = client.get(POOL + query)
    return [person.name for person in response.context["cl"].result_list]


def chosen(action, people, across="0", **more):
    return {"action": action, "select_across": across, "_selected_action": [row.pk for row in people], **more}


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_who_sees_whom(client, everyone, free):
    seen = {}
    for role, user in everyone.items():
        client.force_login(user)
        seen[role] = rows(client) if client.get(POOL).status_code == 200 else client.get(POOL).status_code
    a, b, c = (person.name for person in free)
    assert seen == {OWNER: [c, b, a], OPERATOR: [c, b, a], MANAGER: [b, a], EMPLOYEE: [b, a], AGENCY: 403}


def test_a_consultant_reads_masked_names_and_numbers_and_opens_no_page(client, employee, free):
    client.force_login(employee)
    page = client.get(POOL).content.decode()
    for shown in ("王*娟", "138****0021", "李*2", "138****0022"):
        assert shown in page
    for hidden in ("王小娟", "李小明", "13800000021", "13900000022", "陈佳怡", f"customer/{free[0].pk}/change"):
        assert hidden not in page
    assert client.get(f"/admin/customers/customer/{free[0].pk}/change/").status_code == 404


def test_a_manager_reads_names_and_opens_whom_she_sees(client, manager, free):
    client.force_login(manager)
    page = client.get(POOL).content.decode()
    assert ("王小娟" in page, "13800000021" in page, "138****0021" in page) == (True, False, True)
    links = {person.name: f"customer/{person.pk}/change" in page for person in free}
    # Without a store nobody's manager sees her before she is somebody's.
    assert links == {"王小娟": True, "李小明 13900000022": False, "陈佳怡": False}


def test_no_search_where_names_are_masked(client, employee, manager, free):
    client.force_login(employee)
    assert len(rows(client, "?q=王小")) == 2
    assert 'name="q"' not in client.get(POOL).content.decode()
    client.force_login(manager)
    assert rows(client, "?q=王小") == ["王小娟"]


def test_filters(client, owner, free, shop):
    channel, batch = make_channel("小红书"), make_batch()
    Customer.objects.filter(pk=free[0].pk).update(source=channel)
    Customer.objects.filter(pk=free[2].pk).update(imported_in=batch)
    client.force_login(owner)
    assert rows(client, f"?store={shop.xihu.pk}") == ["陈佳怡"]
    assert rows(client, "?store=0") == ["李小明 13900000022"]
    assert rows(client, f"?channel={channel.pk}") == ["王小娟"]
    assert rows(client, f"?batch={batch.pk}") == ["陈佳怡"]
    assert client.get(f"{POOL}?phone__startswith=138").status_code in {302, 400}


def test_what_each_role_is_offered(client, everyone, free):
    offered = {}
    for role, user in everyone.items():
        client.force_login(user)
        page = client.get(POOL).content.decode()
        offered[role] = [act for act in ("claim", "share_out", "assign") if f'value="{act}"' in page]
    give = ["share_out", "assign"]
    assert offered == {OWNER: give, OPERATOR: give, MANAGER: ["claim", *give], EMPLOYEE: ["claim"], AGENCY: []}


@pytest.mark.parametrize("act", ["claim", "share_out", "assign"])
def test_nobody_does_what_was_not_offered(client, everyone, free, wang, act, shop):
    """Ids of foreign people are smuggled in; select_across means the viewer's whole pool."""
    moved = {}
    for role, user in everyone.items():
        for across in "01":
            Customer.objects.exclude(name="有主").update(owner=None, store=None)
            Customer.objects.filter(pk=free[0].pk).update(store=shop.binjiang)
            Customer.objects.filter(pk=free[2].pk).update(store=shop.xihu)
            client.force_login(user)
            client.post(POOL, chosen(act, free, across, confirmed="1", to=wang.pk, among=[wang.pk], note=""))
            moved[role, across] = Customer.objects.filter(pk__in=[p.pk for p in free]).exclude(owner=None).count()
    may = {
        "claim": {MANAGER: 2, EMPLOYEE: 2},
        "share_out": {OWNER: 3, OPERATOR: 3, MANAGER: 2},
        "assign": {OWNER: 3, OPERATOR: 3, MANAGER: 2},
    }[act]
    assert moved == {(role, across): may.get(role, 0) for role in Role for across in "01"}


class TestClaim:
    def test_hers_with_name_and_number_from_now_on(self, client, employee, free):
        client.force_login(employee)
        response = client.post(POOL, chosen("claim", free[:2]), follow=True)
        assert said(response) == ["2 customers are yours now."]
        page = client.get(f"/admin/customers/customer/{free[0].pk}/change/").content.decode()
        assert "王小娟" in page
        assert AuditEntry.objects.get(action="owner.claimed").count == 2

    def test_too_slow(self, client, employee, wang, free):
        client.force_login(employee)
        Customer.objects.filter(pk=free[0].pk).update(owner=wang)
        response = client.post(POOL, chosen("claim", free[:2]), follow=True)
        assert said(response) == ["1 customer is yours now.", "Somebody was quicker: 王*娟 (now with 王蕾)."]
        response = client.post(POOL, chosen("claim", free[:1]), follow=True)
        assert said(response) == ["Somebody was quicker: 王*娟 (now with 王蕾). The list below is as it is now."]
        assert OwnerChange.objects.count() == 1

    def test_not_the_whole_pool(self, client, employee, free, monkeypatch):
        monkeypatch.setattr(acts, "CLAIM_AT_ONCE", 1)
        client.force_login(employee)
        for data in (chosen("claim", free[:1], across="1"), chosen("claim", free[:2])):
            [sentence] = said(client.post(POOL, data, follow=True))
            assert sentence.startswith("At most 1 customers can be taken at once.")
        assert OwnerChange.objects.count() == 0


class TestGiving:
    def test_it_asks_first_and_says_for_how_many(self, client, owner, free, wang, agency):
        client.force_login(owner)
        page = client.post(POOL, {**chosen("share_out", free[:2]), "index": "0"}).content.decode()
        assert re.search(r'id="bulk-count">\s*For 2 people\.', page)
        assert (f'<option value="{wang.pk}"' in page, f'<option value="{agency.pk}"' in page) == (True, False)
        assert OwnerChange.objects.count() == 0

    def test_shared_out(self, client, owner, free, wang, employee):
        client.force_login(owner)
        data = chosen("share_out", free[:1], across="1", confirmed="1", among=[wang.pk, employee.pk], note="新店")
        response = client.post(POOL, data, follow=True)
        first, second = sorted([wang, employee], key=lambda who: who.pk)
        assert said(response) == [f"Shared out: {first.name} 2, {second.name} 1."]

    def test_a_note_that_is_too_long_and_nobody_chosen_keep_the_rest(self, client, owner, free, wang):
        client.force_login(owner)
        page = client.post(POOL, chosen("assign", free, confirmed="1", to="", note="x" * 201)).content.decode()
        assert ("This field is required." in page, "at most 200 characters" in page, "x" * 201 in page) == (True,) * 3
        assert OwnerChange.objects.count() == 0

    def test_a_manager_is_not_offered_and_may_not_name_others(self, client, manager, free, shop):
        zhao = make_employee("赵倩", Role.EMPLOYEE, department=shop.xihu)
        client.force_login(manager)
        page = client.post(POOL, chosen("assign", free, confirmed="1", to=zhao.pk, note="")).content.decode()
        assert "Select a valid choice" in page
        assert OwnerChange.objects.count() == 0

    def test_many_are_a_job(self, client, owner, free, wang, monkeypatch, private_files):
        monkeypatch.setattr(acts, "IN_REQUEST", 2)
        monkeypatch.setattr(moving, "SLICE", 1)
        client.force_login(owner)
        page = client.post(POOL, {**chosen("assign", free[:1], across="1"), "index": "0"}).content.decode()
        assert 'id="bulk-queued"' in page
        data = chosen("assign", free[:1], across="1", confirmed="1", to=wang.pk, note="")
        [sentence] = said(client.post(POOL, data, follow=True))
        assert sentence.startswith("Under way in the background for 3 people")
        jobs.drain()
        assert Customer.objects.filter(owner=wang).count() == 3


def test_an_empty_pool_says_so(client, owner):
    client.force_login(owner)
    assert "The pool is empty" in client.get(POOL).content.decode()
    assert "Nobody found" in client.get(f"{POOL}?q=王").content.decode()


@pytest.mark.parametrize(("role", "queries"), [(OWNER, 5), (MANAGER, 8), (EMPLOYEE, 6)])
def test_queries_do_not_grow(client, everyone, free, shop, role, queries, django_assert_num_queries):
    client.force_login(everyone[role])
    client.get(POOL)
    Customer.objects.filter(pk__in=[p.pk for p in free[1:]]).update(archived_at=clock.now())
    with django_assert_num_queries(queries):
        assert len(rows(client)) == 1
    for number in range(3):
        person = make_customer(
            f"客{number}", store=shop.binjiang, source=make_channel(), imported_in=make_batch()
        )
        identify(person, "phone", f"1360000000{number}")
    with django_assert_num_queries(queries):
        assert len(rows(client)) == 4
