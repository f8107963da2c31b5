"""Names people should not have: every screen answers, and nothing of them is markup."""

import json
from pathlib import Path

import pytest
from django.utils.html import escape

from customers.models import Customer, CustomField
from customers.naming import clean_name, fold_name
from customers.queries import people as find
from customers.services import people
from tests.factories.customers import make_channel, make_customer, make_tag, tag

pytestmark = pytest.mark.django_db
BASE = "/admin/customers/customer/"
BLNS = Path(__file__).resolve().parents[4] / "shared" / "cases" / "nasty" / "blns.json"
OUR_OWN = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "{{ 7|add:7 }}",
    "%s%n\u202e",
    "𠮷野家",
    "‮‮x",
]


def nasty_names():
    if not BLNS.exists():
        pytest.skip("../shared/cases/nasty/blns.json is not here")
    return [name[:200] for name in json.loads(BLNS.read_text("utf-8")) if clean_name(name[:200])]


def harmless(page, name):
    """The name stands in the page escaped, and never as it is where that would be markup."""
    shown = escape(clean_name(name))
    return shown in page and (shown == name or "<" not in name or name not in page)


def test_the_whole_list_of_naughty_strings(client, owner, shop):
    """One page of fifty at a time: the list, then each person's page, form and search."""
    client.force_login(owner)
    names = nasty_names()
    for start in range(0, len(names), 50):
        Customer.everyone.update(archived_at="2026-01-01T00:00:00Z")
        batch = names[start : start + 50]
        crowd = [make_customer(clean_name(name), store=shop.binjiang) for name in batch]
        response = client.get(BASE)
        assert response.status_code == 200
        page = response.content.decode()
        wrong = [name for name in batch if not harmless(page, name)]
        assert wrong == []
        for person in crowd[::10]:
            for door in ("change", "edit"):
                response = client.get(f"{BASE}{person.pk}/{door}/")
                assert response.status_code == 200
                assert harmless(response.content.decode(), person.name)


def test_every_naughty_string_is_found_by_itself(client, owner):
    client.force_login(owner)
    lost = []
    for number, name in enumerate(nasty_names()):
        key = fold_name(clean_name(name))
        wanted = Customer.everyone.create(name=clean_name(name), name_key=key[:200])
        # A search reads a hundred characters; what folds to nothing (only white space) finds nobody.
        if key and len(name) <= 100 and wanted not in find.search(owner, name, limit=50):
            lost.append(name)
        if number % 40 == 0:
            assert client.get(BASE, {"q": name}).status_code == 200
    assert lost == []


@pytest.mark.parametrize("name", OUR_OWN)
def test_everything_a_person_types_is_escaped(client, owner, shop, name):
    field = CustomField.objects.create(key="f_1", label=name[:60])
    person = people.create(
        phone="13800000021",
        by=owner,
        name=name,
        note=name,
        city=name,
        address=name,
        source=make_channel(name),
        custom={field.key: name},
    )
    Customer.objects.update(legacy={name: name})
    tag(person, make_tag(name, group=name))
    client.force_login(owner)
    for path in ("", f"{person.pk}/change/", f"{person.pk}/edit/", "add/"):
        response = client.get(BASE + path)
        assert response.status_code == 200
        page = response.content.decode()
        assert (escape(name) in page, "<script>alert" in page, "<img src=x" in page) == (True, False, False)


def test_html_in_a_name_is_no_html_in_the_answer_already_here(client, owner):
    make_customer("<img src=x onerror=alert(1)>", "13800000021")
    client.force_login(owner)
    answer = client.get(f"{BASE}known/?phone=13800000021")
    assert answer["Content-Type"] == "application/json"
    assert "<*> 138****0021" in answer.json()["sentence"]  # text: the script appends it as a text node
    refused = client.post(f"{BASE}add/", {"number": "13800000021"}).content.decode()
    assert ("&lt;*&gt;" in refused, "<*>" in refused) == (True, False)
