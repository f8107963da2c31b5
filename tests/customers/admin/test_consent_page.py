"""What may be sent, on a customer's page, and the page on which her word is written down."""

import re

import pytest
import time_machine

from customers.models import Consent, Customer, CustomField, Feedback
from customers.services import people
from scrm.staff.choices import Role
from tests.factories.customers import consent, make_customer

pytestmark = pytest.mark.django_db
BASE = "/admin/customers/customer/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


def page(client, person, door="change"):
    response = client.get(f"{BASE}{person.pk}/{door}/")
    assert response.status_code == 200
    return response.content.decode()


def ticked(text):
    return len(re.findall(r"\schecked(?=[\s>])", text))


def cells(text):
    """{purpose: the five answers}"""
    rows = text.split('data-purpose="')[1:]
    return {row[: row.index('"')]: [part[0] for part in row.split('data-may="')[1:6]] for row in rows}


def test_the_grid_on_her_page(client, employee, juan):
    client.force_login(employee)
    consent(juan, ground="店里 13900002222")
    text = page(client, juan)
    assert cells(text) == {"service": ["1"] * 5, "care": ["1"] * 5, "promotion": ["1"] * 5}
    assert ("店里 139****2222" in text, "13900002222" in text, "data-bar" in text) == (True, False, False)


def test_bars_say_it_before_anything_else(client, employee, juan):
    client.force_login(employee)
    consent(juan, False)
    Feedback.objects.create(customer=juan, score=-2, words="没人回")
    text = page(client, juan)
    assert cells(text)["promotion"] == ["0"] * 5
    assert [bar.split('"')[0] for bar in text.split('data-bar="')[1:]] == ["complaint", "no_marketing"]
    assert "She wants no marketing." in text


def test_sensitive_fields_are_named_never_shown(client, employee, juan):
    CustomField.objects.create(key="skin", label="肤质", sensitive=True)
    CustomField.objects.create(key="pet", label="宠物")
    Customer.everyone.filter(pk=juan.pk).update(custom={"skin": "敏感肌", "pet": "猫"})
    client.force_login(employee)
    said = page(client, juan).split('id="contact-sensitive"')[1].split("</p>")[0]
    assert ("肤质" in said, "宠物" in said, "敏感肌" in said) == (True, False, False)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"custom": {"skin": "敏感肌"}}, "肤质"),
        ({"income_band": "2–3万"}, "income"),
        ({"birth_year": 2013, "birth_md": 1201}, "under 14"),
        ({"custom": {"skin": "敏感肌"}, "income_band": "2–3万"}, "肤质、income"),
        ({"custom": {"skin": "", "pet": "猫", "old": "x"}, "budget": "5000", "birth_year": 2012, "birth_md": 1121}, None),
        ({"birth_md": 1121}, None),
    ],
)
@time_machine.travel("2026-11-21T12:00:00+08:00", tick=False)
def test_what_is_told_in_confidence_is_said_above(client, employee, juan, fields, told):
    CustomField.objects.create(key="skin", label="肤质", sensitive=True)
    CustomField.objects.create(key="pet", label="宠物")
    CustomField.objects.create(key="old", label="旧病", sensitive=True, is_active=False)
    Customer.everyone.filter(pk=juan.pk).update(**fields)
    client.force_login(employee)
    text = page(client, juan)
    said = f"Sensitive: {told}. For service only, and not to be passed on."
    assert ('data-bar="sensitive"' in text, said in text) == (told is not None, told is not None)
    assert [word for word in ("敏感肌", "2–3万") if word in text] == []


def test_every_box_is_empty(client, employee, juan):
    client.force_login(employee)
    text = page(client, juan, "consent")
    assert text.count('name="purposes"') == 6
    assert ticked(text) == 0


def test_agree_and_take_back(client, employee, juan):
    client.force_login(employee)
    door = f"{BASE}{juan.pk}/consent/"
    said = {"act": "give", "purposes": ["care", "promotion"], "medium": "wecom", "ground": "微信里答应"}
    assert client.post(door, said).headers["Location"] == f"{BASE}{juan.pk}/change/#contact"
    client.post(door, said)
    client.post(door, {"act": "withdraw", "purposes": ["promotion"], "medium": "any", "ground": ""})
    rows = list(Consent.objects.order_by("pk").values_list("purpose", "medium", "given", "recorded_by"))
    assert rows == [
        ("care", "wecom", True, employee.pk),
        ("promotion", "wecom", True, employee.pk),
        ("promotion", "any", False, employee.pk),
    ]
    assert page(client, juan, "consent").count("data-word=") == 3


@pytest.mark.parametrize(
    "said",
    [
        {"act": "give", "purposes": ["promotion"], "medium": "any", "ground": ""},
        {"act": "give", "purposes": [], "medium": "any", "ground": "签字"},
        {"act": "give", "purposes": ["spam"], "medium": "any", "ground": "签字"},
        {"act": "withdraw", "purposes": ["care"], "medium": "pigeon"},
        {"act": "give", "purposes": ["care"], "medium": "any", "ground": "字" * 201},
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, employee, juan, said):
    client.force_login(employee)
    answer = client.post(f"{BASE}{juan.pk}/consent/", said)
    text = answer.content.decode()
    assert (answer.status_code, text.count('class="consent-error"'), Consent.objects.count()) == (200, 1, 0)
    assert ticked(text) == (1 if said["purposes"] and said["purposes"] != ["spam"] else 0)


def test_a_post_without_an_act_does_nothing(client, employee, juan):
    client.force_login(employee)
    assert client.post(f"{BASE}{juan.pk}/consent/", {"purposes": ["care"]}).status_code == 200
    assert Consent.objects.count() == 0


def test_who_gets_there(client, everyone, shop, juan):
    foreign = make_customer("李小明", "13900000022", store=shop.xihu)
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = tuple(client.get(f"{BASE}{who.pk}/consent/").status_code for who in (juan, foreign))
    assert answers == {
        Role.OWNER: (200, 200),
        Role.OPERATOR: (200, 200),
        Role.MANAGER: (200, 404),
        Role.EMPLOYEE: (200, 404),
        Role.AGENCY: (403, 403),
    }


def test_an_archived_person_is_told_so(client, owner, juan):
    people.archive(juan, by=owner)
    client.force_login(owner)
    said = {"act": "withdraw", "purposes": ["care"], "medium": "any"}
    answer = client.post(f"{BASE}{juan.pk}/consent/", said)
    assert (answer.status_code, "consent-error" in answer.content.decode(), Consent.objects.count()) == (200, True, 0)
    assert "consent-link" not in page(client, juan)
