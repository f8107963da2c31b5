"""Each role × each door of the customers admin, for a person inside her scope and for a foreign one.

`own`: of the consultant, in the manager's store. `foreign`: of the other store, nobody's. Head office sees both;
a foreign person is a 404 like one that never was; without the permission it is a 403.
"""

import pytest
from django.db.models import Q

from customers.models import Customer, CustomerTag
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.scope import scope_providers
from tests.factories.customers import make_customer, make_tag

pytestmark = pytest.mark.django_db
BASE = "/admin/customers/customer/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture
def own(shop, employee):
    return make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)


@pytest.fixture
def foreign(shop):
    return make_customer("李小明", "13900000022", store=shop.xihu)


def status(client, method, path, data=None):
    return getattr(client, method)(path, data or {}).status_code


def form_of(person):
    return {"name": "改", "store": person.store_id or "", "owner": person.owner_id or ""}


# (method, path below a person, answers for own: owner, operator, manager, employee, agency; answers for foreign)
DOORS = {
    "page": ("get", "change/", (200, 200, 200, 200, 403), (200, 200, 404, 404, 403)),
    "edit": ("get", "edit/", (200, 200, 200, 200, 403), (200, 200, 404, 404, 403)),
    "save": ("post", "edit/", (302, 302, 302, 302, 403), (302, 302, 404, 404, 403)),
    "history": ("get", "history/", (302, 302, 302, 302, 403), (302, 302, 404, 404, 403)),
    "reveal": ("post", "reveal/", (200, 200, 200, 200, 403), (200, 200, 404, 404, 403)),
    "reveal by link": ("get", "reveal/", (405, 405, 405, 405, 405), (405, 405, 405, 405, 405)),
    "archive": ("post", "archive/", (302, 302, 403, 403, 403), (302, 302, 404, 404, 403)),
    "bring back": ("post", "bring-back/", (302, 302, 403, 403, 403), (302, 302, 404, 404, 403)),
    "delete": ("get", "delete/", (403, 403, 403, 403, 403), (403, 403, 403, 403, 403)),
}


@pytest.mark.parametrize("door", DOORS)
def test_doors_of_one_person(client, everyone, own, foreign, door):
    method, path, for_own, for_foreign = DOORS[door]
    answers = {}
    for role, user in everyone.items():
        Customer.everyone.update(archived_at=None)
        client.force_login(user)
        answers[role] = tuple(
            status(client, method, f"{BASE}{person.pk}/{path}", form_of(person) if door == "save" else {})
            for person in (own, foreign)
        )
    assert answers == dict(zip(Role, zip(for_own, for_foreign, strict=True), strict=True))


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "99999999999999999999", "1e3", "٣"])
@pytest.mark.parametrize("path", ["change/", "edit/", "history/"])
def test_one_that_never_was(client, owner, pk, path):
    client.force_login(owner)
    assert client.get(f"{BASE}{pk}/{path}").status_code == 404


def test_a_foreign_save_or_archive_writes_nothing(client, manager, employee, foreign):
    for user in (manager, employee):
        client.force_login(user)
        client.post(f"{BASE}{foreign.pk}/edit/", {"name": "改"})
        client.post(f"{BASE}{foreign.pk}/archive/")
        client.post(f"{BASE}{foreign.pk}/reveal/")
    foreign.refresh_from_db()
    assert (foreign.name, foreign.archived_at) == ("李小明", None)
    assert AuditEntry.objects.filter(object_type="customers.customer").count() == 0


@pytest.mark.parametrize("path", ["", "add/", "known/?phone=13800000021"])
def test_doors_without_a_person(client, everyone, own, foreign, path):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = status(client, "get", BASE + path)
    assert answers == {OWNER: 200, OPERATOR: 200, MANAGER: 200, EMPLOYEE: 200, AGENCY: 403}


AUTOCOMPLETE = "/admin/autocomplete/?app_label=customers&model_name=customertag&field_name=customer&term="


def test_autocomplete_finds_inside_the_scope(client, everyone, own, foreign):
    def found(user, term):
        client.force_login(user)
        response = client.get(AUTOCOMPLETE + term)
        if response.status_code != 200:
            return response.status_code
        return sorted(int(row["id"]) for row in response.json()["results"])

    both, one = sorted([own.pk, foreign.pk]), [own.pk]
    by_name = {role: found(user, "小") for role, user in everyone.items()}
    assert by_name == {OWNER: [], OPERATOR: [], MANAGER: [], EMPLOYEE: [], AGENCY: 403}
    everybody = {role: found(user, "") for role, user in everyone.items()}
    assert everybody == {OWNER: both, OPERATOR: both, MANAGER: one, EMPLOYEE: one, AGENCY: 403}
    by_tail = {role: found(user, "0022") for role, user in everyone.items()}
    hidden = [foreign.pk]
    assert by_tail == {OWNER: hidden, OPERATOR: hidden, MANAGER: [], EMPLOYEE: [], AGENCY: 403}
    by_beginning = {role: found(user, "1380") for role, user in everyone.items()}
    assert by_beginning == {OWNER: one, OPERATOR: one, MANAGER: one, EMPLOYEE: [], AGENCY: 403}


def test_autocomplete_does_not_know_archived_people(client, owner, own):
    Customer.everyone.update(archived_at=clock.now())
    client.force_login(owner)
    assert client.get(AUTOCOMPLETE).json()["results"] == []


def test_bulk_tags_reach_the_scope_only(client, everyone, own, foreign):
    """Ids of foreign people are smuggled in; select_across means the viewer's whole list."""
    reached = {}
    for role, user in everyone.items():
        for across in ("0", "1"):
            CustomerTag.objects.all().delete()
            label = make_tag()
            client.force_login(user)
            data = {
                "action": "add_tags",
                "select_across": across,
                "_selected_action": [own.pk, foreign.pk],
                "confirmed": "1",
                "tags": [label.pk],
            }
            answer = client.post(BASE, data).status_code
            reached[role, across] = answer, {link.customer for link in CustomerTag.objects.all()}
    both, one = {own, foreign}, {own}
    assert reached == {
        **{(role, across): (302, both) for role in (OWNER, OPERATOR) for across in "01"},
        **{(role, across): (302, one) for role in (MANAGER, EMPLOYEE) for across in "01"},
        **{(AGENCY, across): (403, set()) for across in "01"},
    }


SETTINGS = ("tag", "taggroup", "channel", "customfield")


@pytest.mark.parametrize("noun", SETTINGS)
def test_settings_are_head_offices(client, everyone, noun):
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = tuple(
            status(client, "get", f"/admin/customers/{noun}/{path}") for path in ("", "add/")
        )
    assert answers == {
        OWNER: (200, 200),
        OPERATOR: (200, 200),
        MANAGER: (200, 403),
        EMPLOYEE: (200, 403),
        AGENCY: (403, 403),
    }


def test_nobody_logged_in(client, own):
    for path in ("", "add/", "known/", f"{own.pk}/change/", f"{own.pk}/edit/"):
        response = client.get(BASE + path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")
    assert client.post(f"{BASE}{own.pk}/reveal/").status_code == 302
    assert AuditEntry.objects.count() == 0


@pytest.fixture
def assigned(agency, own, foreign, role_rights):
    """An agency whose campaign (built later) brings it one person, and that may look at people."""
    rights = ["view_customer", "change_customer", "see_full_phone"]
    role_rights(agency.role, [f"customers.{codename}" for codename in rights])
    provider = scope_providers.register(
        "test", lambda who, model: Q(pk=own.pk) if who.pk == agency.pk else None
    )
    yield own
    assert scope_providers._entries.pop("test") is provider


def test_an_agency_sees_its_campaigns_people_masked_whatever_was_granted(client, agency, assigned, foreign):
    client.force_login(agency)
    listed = client.get(BASE).content.decode()
    assert ("王小娟" in listed, "李小明" in listed, "138****0021" in listed) == (True, False, True)
    assert client.get(f"{BASE}{foreign.pk}/change/").status_code == 404
    page = client.get(f"{BASE}{assigned.pk}/change/").content.decode()
    assert ("138****0021" in page, "13800000021" in page) == (True, False)
    assert client.post(f"{BASE}{assigned.pk}/reveal/").status_code == 403
    assert client.get(f"{BASE}?q=138").content.decode().count("data-row") == 0
    assert client.get(f"{BASE}?q=0021").content.decode().count("data-row") == 1
    assert AuditEntry.objects.filter(action="phone.shown").count() == 0
