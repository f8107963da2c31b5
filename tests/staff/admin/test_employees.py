"""The owner's pages for accounts, and that they are the owner's alone."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee, LoginLink
from scrm.staff.services import login_links
from tests.cast import Shop
from tests.factories.staff import PASSWORD, make_employee

LIST = "admin:staff_employee_changelist"
ADD = "admin:staff_employee_add"
CHANGE = "admin:staff_employee_change"
DOORS = ["hand_over_link", "unlock_one", "deactivate", "reactivate"]


def door(name: str, employee: Employee) -> str:
    return reverse(f"admin:staff_employee_{name}", args=[employee.pk])


@pytest.fixture
def desk(client: Client, owner: Employee) -> Client:
    client.force_login(owner)
    return client


def lock(employee: Employee) -> None:
    for _ in range(5):
        Client().post(reverse("admin:login"), {"username": employee.phone, "password": "wrong"})


def form_of(employee: Employee, **changes: object) -> dict[str, object]:
    form = {
        "name": employee.name,
        "phone": employee.phone,
        "role": employee.role,
        "department": employee.department_id or "",
        "scope": employee.scope,
        "joined_on": "",
    }
    return form | changes


class TestAdding:
    def test_four_fields_and_the_link_is_there(self, desk: Client, shop: Shop, owner: Employee) -> None:
        form = {"name": "小何", "phone": "139 1111 2222", "role": "employee", "department": shop.xihu.pk}
        response = desk.post(reverse(ADD), form)
        added = Employee.objects.get(phone="13911112222")
        assert (added.name, added.role, added.department, added.has_usable_password()) == (
            "小何",
            Role.EMPLOYEE,
            shop.xihu,
            False,
        )
        assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
        token = response.context["url"].rstrip("/").rpartition("/")[2]
        assert login_links.look_up(token).employee == added
        assert response.context["url"] in response.content.decode()
        assert list(AuditEntry.objects.order_by("id").values_list("action", "actor")) == [
            ("staff.add", owner.pk),
            ("login_link.issue", owner.pk),
        ]
        assert added.history.get().history_user == owner

    @pytest.mark.parametrize(
        ("role", "placed", "warned"),
        [("employee", False, 1), ("manager", False, 1), ("employee", True, 0), ("operator", False, 0)],
    )
    def test_without_a_store_there_is_a_hint(
        self, desk: Client, shop: Shop, role: str, placed: bool, warned: int
    ) -> None:
        place = shop.xihu.pk if placed else ""
        form = {"name": "小何", "phone": "13911112222", "role": role, "department": place}
        page = desk.post(reverse(ADD), form).content.decode()
        assert Employee.objects.get(phone="13911112222").role == role
        assert page.count("小何还没有门店") == warned

    def test_the_form_asks_for_no_more(self, desk: Client) -> None:
        response = desk.get(reverse(ADD))
        assert list(response.context["adminform"].form.fields) == ["name", "phone", "role", "department"]
        assert response.context["show_save_and_add_another"] is False

    @pytest.mark.parametrize(
        ("phone", "code"), [("12345", "employee.phone"), ("+86 138 0000 0001", "employee.exists")]
    )
    def test_a_wrong_number_adds_nobody(self, desk: Client, phone: str, code: str) -> None:
        response = desk.post(
            reverse(ADD), {"name": "x", "phone": phone, "role": "employee", "department": ""}
        )
        errors = response.context["adminform"].form.errors.as_data()
        assert {field: [error.code for error in found] for field, found in errors.items()} == {
            "phone": [code]
        }
        assert (Employee.objects.count(), LoginLink.objects.count()) == (1, 0)


class TestChanging:
    def test_a_role(self, desk: Client, employee: Employee, owner: Employee) -> None:
        response = desk.post(reverse(CHANGE, args=[employee.pk]), form_of(employee, role="manager"))
        assert response.status_code == 302
        assert Employee.objects.get(pk=employee.pk).role == Role.MANAGER
        entry = AuditEntry.objects.get(action="staff.role")
        assert (entry.actor, entry.detail) == (owner, {"before": "employee", "after": "manager"})
        assert employee.history.first().history_user == owner

    def test_saving_without_a_change_writes_no_log(self, desk: Client, employee: Employee) -> None:
        desk.post(reverse(CHANGE, args=[employee.pk]), form_of(employee))
        assert AuditEntry.objects.count() == 0

    def test_the_last_owner_cannot_be_demoted(self, desk: Client, owner: Employee) -> None:
        response = desk.post(reverse(CHANGE, args=[owner.pk]), form_of(owner, role="employee"))
        errors = response.context["adminform"].form.errors.as_data()
        assert [error.code for error in errors["role"]] == ["employee.last_owner"]
        assert Employee.objects.get(pk=owner.pk).role == Role.OWNER

    def test_what_is_not_on_the_form_cannot_be_posted(self, desk: Client, employee: Employee) -> None:
        extra = {
            "is_superuser": "1",
            "is_active": "",
            "password": "x",
            "groups": "1",
            "left_on": "2026-01-01",
        }
        desk.post(reverse(CHANGE, args=[employee.pk]), form_of(employee, **extra))
        stored = Employee.objects.get(pk=employee.pk)
        assert (stored.is_superuser, stored.is_active, stored.left_on, stored.groups.count()) == (
            False,
            True,
            None,
            0,
        )

    def test_nobody_is_deleted(self, desk: Client, employee: Employee) -> None:
        assert (
            desk.post(reverse("admin:staff_employee_delete", args=[employee.pk]), {"post": "yes"}).status_code
            == 403
        )
        assert Employee.objects.filter(pk=employee.pk).exists()

    def test_the_history_is_readable(self, desk: Client, employee: Employee, shop: Shop) -> None:
        changes = {"role": "manager", "department": shop.xihu.pk}
        desk.post(reverse(CHANGE, args=[employee.pk]), form_of(employee, **changes))
        desk.cookies["django_language"] = "en"
        response = desk.get(reverse("admin:staff_employee_history", args=[employee.pk]))
        told = [
            (change["old"], change["new"]) for change in response.context["page_obj"][0].history_delta_changes
        ]
        assert sorted(told) == [("Consultant", "Store manager"), ("滨江店", "西湖店")]


class TestDoors:
    @pytest.mark.parametrize("name", DOORS)
    def test_a_get_changes_nothing(self, desk: Client, employee: Employee, name: str) -> None:
        if name == "unlock_one":
            lock(employee)
        if name == "reactivate":
            employee.is_active = False
            employee.save(update_fields=["is_active"])
        before = Employee.objects.values().get(pk=employee.pk)
        response = desk.get(door(name, employee))
        assert (response.status_code, response.template_name) == (200, "admin/confirm.html")
        assert Employee.objects.values().get(pk=employee.pk) == before
        assert (LoginLink.objects.count(), AuditEntry.objects.count()) == (0, 0)

    def test_a_new_link(self, desk: Client, employee: Employee, owner: Employee) -> None:
        old = login_links.issue(employee, by=owner).rstrip("/").rpartition("/")[2]
        response = desk.post(door("hand_over_link", employee))
        token = response.context["url"].rstrip("/").rpartition("/")[2]
        assert login_links.look_up(token).employee == employee
        assert desk.get(reverse("admin:enter", args=[old])).status_code == 410

    def test_unlocking(self, desk: Client, employee: Employee, owner: Employee) -> None:
        employee.set_password(PASSWORD)
        employee.save(update_fields=["password"])
        lock(employee)
        form = {"username": employee.phone, "password": PASSWORD}
        assert Client().post(reverse("admin:login"), form).status_code == 429
        response = desk.post(door("unlock_one", employee))
        assert response["Location"] == reverse(CHANGE, args=[employee.pk])
        assert Client().post(reverse("admin:login"), form).status_code == 302

    def test_unlocking_from_the_list(self, desk: Client, employee: Employee, manager: Employee) -> None:
        lock(employee)
        form = {"action": "unlock_selected", "_selected_action": [employee.pk, manager.pk]}
        desk.post(reverse(LIST), form)
        assert list(AuditEntry.objects.filter(action="staff.unlock").values_list("object_id", flat=True)) == [
            str(employee.pk)
        ]

    def test_leaving_and_coming_back(self, desk: Client, employee: Employee) -> None:
        desk.post(door("deactivate", employee))
        assert Employee.objects.get(pk=employee.pk).is_active is False
        # A door that does not fit the standing is closed.
        assert desk.post(door("deactivate", employee)).status_code == 403
        assert desk.post(door("hand_over_link", employee)).status_code == 403
        desk.post(door("reactivate", employee))
        assert Employee.objects.get(pk=employee.pk).is_active is True

    def test_not_oneself(self, desk: Client, owner: Employee) -> None:
        assert desk.post(door("deactivate", owner)).status_code == 403
        assert Employee.objects.get(pk=owner.pk).is_active is True

    def test_the_last_owner_is_refused_with_a_sentence(self, client: Client, owner: Employee) -> None:
        client.force_login(make_employee("system", Role.OPERATOR, is_superuser=True))
        response = client.post(door("deactivate", owner))
        assert [message.level_tag for message in get_messages(response.wsgi_request)] == ["error"]
        assert Employee.objects.get(pk=owner.pk).is_active is True

    def test_buttons_show_what_is_possible(self, desk: Client, employee: Employee, owner: Employee) -> None:
        def shown(person: Employee) -> set[str]:
            response = desk.get(reverse(CHANGE, args=[person.pk]))
            return {
                action["path"].rstrip("/").rpartition("/")[2] for action in response.context["actions_detail"]
            }

        assert shown(employee) == {"login-link", "deactivate"}
        assert shown(owner) == {"login-link"}
        lock(employee)
        assert shown(employee) == {"login-link", "deactivate", "unlock"}
        desk.post(door("deactivate", employee))
        assert shown(Employee.objects.get(pk=employee.pk)) == {"reactivate", "unlock"}

    def test_nobody_of_that_number(self, desk: Client) -> None:
        for name in DOORS:
            assert desk.post(reverse(f"admin:staff_employee_{name}", args=[999999])).status_code in {403, 404}


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.MANAGER, Role.EMPLOYEE, Role.AGENCY])
    def test_only_the_owner(self, client: Client, everyone: dict[Role, Employee], role: Role) -> None:
        me, other = everyone[role], everyone[Role.OWNER]
        client.force_login(me)
        pages = [reverse(LIST), reverse(ADD), reverse(CHANGE, args=[me.pk]), reverse(CHANGE, args=[other.pk])]
        pages += [reverse("admin:staff_employee_history", args=[me.pk])]
        pages += [door(name, person) for name in DOORS for person in (me, other)]
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)
        posts = {page: client.post(page, {"role": "owner"}).status_code for page in pages}
        assert posts == dict.fromkeys(pages, 403)
        assert Employee.objects.get(pk=me.pk).role == role
        assert LoginLink.objects.count() == 0

    def test_nobody_without_a_login(self, client: Client, employee: Employee) -> None:
        pages = [reverse(LIST), *(door(name, employee) for name in DOORS)]
        for page in pages:
            assert client.post(page)["Location"] == f"{reverse('admin:login')}?next={page}"
        assert LoginLink.objects.count() == 0


class TestList:
    def test_constant_queries(
        self, desk: Client, employee: Employee, django_assert_num_queries: object
    ) -> None:
        desk.get(reverse(LIST))
        with django_assert_num_queries(6):  # type: ignore[operator]
            desk.get(reverse(LIST))
        for number in range(3):
            make_employee(f"more {number}", department=employee.department)
        with django_assert_num_queries(6):  # type: ignore[operator]
            desk.get(reverse(LIST))

    @pytest.mark.parametrize("term", ["小许", "许", "138 0000 0004", "+8613800000004", "13800000004"])
    def test_search(self, desk: Client, everyone: dict[Role, Employee], term: str) -> None:
        response = desk.get(reverse(LIST), {"q": term})
        assert [person.name for person in response.context["cl"].result_list] == ["小许"]

    def test_search_by_the_beginning_of_a_number(self, desk: Client, everyone: dict[Role, Employee]) -> None:
        make_employee("other", phone="13900000009")
        response = desk.get(reverse(LIST), {"q": "139"})
        assert [person.name for person in response.context["cl"].result_list] == ["other"]
