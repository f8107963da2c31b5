"""个人信息删除: the plan, the box, the act; the owner's alone. And the form of a number that was erased."""

import re

import pytest

from customers.models import Customer, FollowUp, Merge
from customers.services.erasing import erasing
from customers.services.merging import joining
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
BASE = "/admin/customers/customer/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def juan(shop, employee):
    person = make_customer("王小娟 13900002222", "13800000021", owner=employee, store=shop.binjiang)
    make_order(person)
    FollowUp.objects.create(customer=person, content="怕冷")
    return person


def door(person):
    return f"{BASE}{person.pk}/erase/"


def stamp(client, person):
    return client.get(door(person)).content.decode().split('name="stamp" value="')[1].split('"')[0]


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_the_plan_shows_what_goes_and_masks_her(client, owner, juan):
    client.force_login(owner)
    page = client.get(door(juan)).content.decode()
    goes = dict(re.findall(r'data-erase="(\w+)" data-value="(\d+)"', page))
    assert goes == {"identities": "1", "follow_ups": "1", "history": "1", "herself": "1"}
    assert 'data-stays="orders" data-value="1"' in page
    assert ("138****0021" in page, "13800000021" in page, "13900002222" in page) == (True, False, False)
    assert Customer.objects.get().name == "王小娟 13900002222"


def test_tick_then_it_is_done(client, owner, juan):
    client.force_login(owner)
    mark = stamp(client, juan)
    answer = client.post(door(juan), {"stamp": mark}, follow=True)
    assert (said(answer)[0].startswith("Tick the box"), Customer.objects.count()) == (True, 1)
    answer = client.post(door(juan), {"stamp": mark, "sure": "1"}, follow=True)
    assert (answer.redirect_chain, Customer.objects.count()) == ([(BASE, 302)], 0)
    assert said(answer) == ["The personal data was erased. Orders and amounts stay."]
    assert client.post(door(juan), {"stamp": mark, "sure": "1"}).status_code == 404
    assert client.get(f"{BASE}{juan.pk}/change/").status_code == 404
    order = client.get(f"/admin/customers/order/{juan.orders.get().pk}/change/")
    assert ("(no name)" in order.content.decode(), "怕冷" in order.content.decode()) == (True, False)


def test_a_page_from_before_does_nothing(client, owner, juan):
    client.force_login(owner)
    mark = stamp(client, juan)
    FollowUp.objects.create(customer=juan, content="刚刚")
    answer = client.post(door(juan), {"stamp": mark, "sure": "1"}, follow=True)
    assert (answer.redirect_chain, Customer.objects.count()) == ([(door(juan), 302)], 1)
    assert said(answer) == ["Something about her has changed meanwhile. Look at the plan again."]


def test_who_gets_there(client, everyone, juan):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        page = client.get(f"{BASE}{juan.pk}/change/")
        answers[role] = (
            client.get(door(juan)).status_code,
            client.post(door(juan), {"sure": "1"}).status_code,
            "erase-link" in page.content.decode(),
        )
    assert answers == {
        Role.OWNER: (200, 302, True),
        **{role: (403, 403, False) for role in Role if role != Role.OWNER},
    }
    assert (Customer.objects.count(), AuditEntry.objects.filter(action="person.erased").count()) == (1, 0)


def test_undoing_a_merge_of_hers_says_why_not(client, owner, juan):
    other = make_customer("李小明", "13900000022")
    joining.carry_out(joining.plan(keep=juan, fold=other), by=owner)
    juan.refresh_from_db()
    erasing.carry_out(erasing.plan(juan, by=owner), by=owner)
    client.force_login(owner)
    undo = f"/admin/customers/mergecandidate/merges/{Merge.objects.get().pk}/undo/"
    answer = client.post(undo, follow=True)
    assert (answer.status_code, said(answer)) == (200, ["One of the two was erased since; the merge stays."])


@pytest.fixture
def gone(owner, juan):
    erasing.carry_out(erasing.plan(juan, by=owner), by=owner)
    return juan


def test_the_form_warns_while_the_number_is_typed(client, employee, gone):
    client.force_login(employee)
    answer = client.get(f"{BASE}known/", {"phone": "138 0000 0021"}).json()
    assert (answer["known"], answer["url"], "erased at her own wish" in answer["sentence"]) == (True, None, True)


def test_the_form_asks_for_a_tick_and_loses_nothing(client, employee, gone):
    client.force_login(employee)
    form = {"number": "13800000021", "name": "王小娟", "city": "杭州"}
    answer = client.post(f"{BASE}add/", form)
    page = answer.content.decode()
    assert (answer.status_code, 'name="came_back"' in page, "杭州" in page, Customer.objects.count()) == (200, True, True, 0)
    answer = client.post(f"{BASE}add/", {**form, "came_back": "on"})
    her = Customer.objects.get()
    assert (answer.status_code, her.name, her.consents.get().purpose) == (302, "王小娟", "service")
