"""微信好友 on a customer's page: who writes them down, and how they read afterwards."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Relation
from scrm.kit import clock
from scrm.staff.choices import Role
from tests.factories.contacts import make_relation
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def juan(shop, employee):
    return make_customer("王小娟", owner=employee, store=shop.binjiang)


def url(person, relation=None):
    path = f"/admin/customers/customer/{person.pk}/wechat/"
    return f"{path}{relation.pk}/" if relation else path


def card(client, person):
    page = client.get(f"/admin/customers/customer/{person.pk}/change/").content.decode()
    return page.split('<section class="person-card" id="owner">')[1].split("</section>")[0]


def added(employee, **more):
    return {"employee": employee.pk, "remark": "娟 敏感肌", "day": "2026-03-08", "how": "scanned", **more}


def test_doors(client, everyone, juan, employee):
    """The page, another's contact, and somebody outside the scope."""
    relation = make_relation(juan, employee, added_at=clock.now() - timedelta(days=30))
    far = make_customer("别人")
    answers = {}
    for role, viewer in everyone.items():
        client.force_login(viewer)
        answers[role] = [client.get(path).status_code for path in (url(juan), url(juan, relation), url(far), url(far, relation))]
    assert answers == {
        OWNER: [200, 200, 200, 404],
        OPERATOR: [200, 200, 200, 404],
        MANAGER: [200, 200, 404, 404],
        EMPLOYEE: [200, 200, 404, 404],
        AGENCY: [403, 403, 403, 403],
    }


def test_whoever_may_only_look_writes_nothing(client, role_rights, employee, juan):
    relation = make_relation(juan, employee, remark="娟")
    role_rights(EMPLOYEE, ["customers.view_customer", "customers.view_relation"])
    client.force_login(employee)
    assert [client.post(path, added(employee)).status_code for path in (url(juan), url(juan, relation))] == [403, 403]
    text = card(client, juan)
    assert ("wechat-link" in text, url(juan, relation) in text, "娟" in text) == (False, False, True)


def test_a_consultant_writes_down_her_own(client, employee, juan):
    client.force_login(employee)
    assert f'id="wechat-link" href="{url(juan)}"' in card(client, juan)
    answer = client.post(url(juan), added(employee))
    assert (answer.status_code, answer.url) == (302, f"/admin/customers/customer/{juan.pk}/change/#owner")
    made = Relation.objects.get()
    assert (made.employee, made.remark, made.how) == (employee, "娟 敏感肌", "scanned")
    assert made.added_at == clock.start_of(clock.today().replace(2026, 3, 8))
    assert made.history.get().history_user == employee
    text = card(client, juan)
    assert ("<b>娟 敏感肌</b>" in text, "wechat-link" in text, url(juan, made) in text) == (True, False, True)
    page = client.get(f"/admin/customers/customer/{juan.pk}/change/").content.decode()
    assert "<span data-words>娟 敏感肌</span>" in page


def test_whom_she_may_name(client, shop, everyone, juan):
    near, far = (make_employee(name, EMPLOYEE, department=place) for name, place in (("近", shop.binjiang), ("远", shop.xihu)))
    make_employee("走了", EMPLOYEE, department=shop.binjiang, is_active=False)
    offered = {}
    for role in (OWNER, MANAGER, EMPLOYEE):
        client.force_login(everyone[role])
        offered[role] = {one.name for one in client.get(url(juan)).context["form"].fields["employee"].queryset}
        client.post(url(juan), added(far))
    assert offered == {
        OWNER: {"钱总", "孙运营", "李店长", "小许", "近", "远"},
        MANAGER: {"李店长", "小许", "近"},
        EMPLOYEE: {"小许"},
    }
    assert list(Relation.history.values_list("employee__name", "history_user__name")) == [("远", "钱总")]
    client.force_login(everyone[MANAGER])
    make_relation(juan, near)
    assert near not in client.get(url(juan)).context["form"].fields["employee"].queryset


def test_deleted_blocked_and_back(client, employee, juan):
    relation = make_relation(juan, employee, remark="娟", added_at=clock.now() - timedelta(days=30))
    client.force_login(employee)
    past = (clock.today() - timedelta(days=3)).isoformat()
    steps = [
        ({"remark": "娟", "state": "deleted:customer", "day": past}, ("customer", "", "娟")),
        ({"remark": "娟姐", "state": "blocked:employee", "day": ""}, ("customer", "employee", "娟姐")),
        ({"remark": "娟姐", "state": "friends", "day": past}, ("", "", "娟姐")),
    ]
    for data, expected in steps:
        assert client.post(url(juan, relation), data).status_code == 302
        relation.refresh_from_db()
        assert (relation.deleted_by, relation.blocked_by, relation.remark) == expected
    assert relation.added_at == clock.start_of(clock.today() - timedelta(days=3))
    page = client.get(url(juan, relation)).content.decode().split('id="versions"')[1]
    assert [word in page for word in ("We blocked the customer", "The customer deleted us", "They have each other", "小许")] == [True] * 4


def test_saved_without_a_change_it_makes_no_version(client, employee, juan):
    relation = make_relation(juan, employee, remark="娟", deleted_by="customer", deleted_at=clock.now())
    client.force_login(employee)
    client.post(url(juan, relation), {"remark": "娟", "state": "deleted:customer", "day": "2020-01-01"})
    assert relation.history.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"state": "deleted:customer", "day": "2020-01-01"}, "They were no contacts yet on that day. Choose a later one."),
        ({"state": "deleted:customer", "day": "2099-01-01"}, "This day is still to come. Choose today or an earlier one."),
        ({"state": "deleted:nobody", "day": ""}, "Select a valid choice."),
        ({"state": "friends", "day": "昨天"}, "Write the day, for example 2026-05-01."),
    ],
)
def test_what_is_refused_changes_nothing_at_all(client, employee, juan, data, said):
    relation = make_relation(juan, employee, remark="娟", added_at=clock.now() - timedelta(days=30))
    client.force_login(employee)
    page = client.post(url(juan, relation), {"remark": "新名", **data})
    relation.refresh_from_db()
    assert (page.status_code, said in page.content.decode()) == (200, True)
    assert (relation.remark, relation.deleted_by, relation.history.count()) == ("娟", "", 1)


def test_a_number_in_a_remark_is_neither_shown_nor_lost(client, owner, employee, juan):
    relation = make_relation(juan, employee, remark="娟 13700001111")
    for viewer in (owner, employee):
        client.force_login(viewer)
        assert "13700001111" not in client.get(url(juan, relation)).content.decode()
        client.post(url(juan, relation), {"remark": "", "state": "friends", "day": ""})
        relation.refresh_from_db()
        assert relation.remark == "娟 13700001111"
    client.post(url(juan, relation), {"remark": "娟", "state": "friends", "day": ""})
    relation.refresh_from_db()
    assert relation.remark == "娟"
    assert "13700001111" not in client.get(url(juan, relation)).content.decode()


def test_archived_people_are_left_alone(client, owner, employee, juan):
    relation = make_relation(juan, employee, remark="娟")
    juan.archived_at = clock.now()
    juan.save(update_fields=["archived_at"])
    client.force_login(owner)
    for path in (url(juan), url(juan, relation)):
        assert client.post(path, added(owner)).url == f"/admin/customers/customer/{juan.pk}/change/"
    assert (list(Relation.objects.values_list("remark", flat=True)), "wechat-link" in card(client, juan)) == (["娟"], False)
