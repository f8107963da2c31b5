"""Accounts: adding, changing, leaving, coming back, and the owner who is always there."""

import pytest
from django.test import Client
from django.urls import reverse

from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.services import employees
from tests.cast import Shop
from tests.factories.staff import PASSWORD, make_employee


def refused(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)  # type: ignore[operator]
    return refusal.value.code


def log() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "object_id"))


class TestAdd:
    def test_with_the_four_things_an_owner_knows(self, owner: Employee, shop: Shop) -> None:
        added = employees.add_employee(
            name="小何", phone="+86 139-1111 2222", role=Role.EMPLOYEE, department=shop.xihu, by=owner
        )
        stored = Employee.objects.get(pk=added.pk)
        assert (stored.name, stored.phone, stored.role, stored.department) == (
            "小何",
            "13911112222",
            Role.EMPLOYEE,
            shop.xihu,
        )
        assert (stored.has_usable_password(), stored.is_active, stored.joined_on) == (
            False,
            True,
            clock.today(),
        )
        assert log() == [("staff.add", str(added.pk))]

    @pytest.mark.parametrize("phone", ["", "12345", "057188888888", "23800000001", "小何"])
    def test_only_a_mobile_number(self, owner: Employee, phone: str) -> None:
        code = refused(
            employees.add_employee, name="x", phone=phone, role=Role.EMPLOYEE, department=None, by=owner
        )
        assert code == "employee.phone"
        assert Employee.objects.count() == 1

    def test_a_number_belongs_to_one_account(self, owner: Employee) -> None:
        code = refused(
            employees.add_employee,
            name="x",
            phone="138 0000 0001",
            role=Role.OWNER,
            department=None,
            by=owner,
        )
        assert (code, Employee.objects.count(), log()) == ("employee.exists", 1, [])


class TestRole:
    def test_a_change_is_logged_with_before_and_after(self, owner: Employee, employee: Employee) -> None:
        employees.change_employee(employee, by=owner, role=Role.MANAGER, name="许店长")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor, entry.detail) == (
            "staff.role",
            owner,
            {"before": "employee", "after": "manager"},
        )
        stored = Employee.objects.get(pk=employee.pk)
        assert (stored.role, stored.name) == (Role.MANAGER, "许店长")

    def test_other_changes_are_for_the_history(self, owner: Employee, employee: Employee) -> None:
        employees.change_employee(employee, by=owner, name="大许")
        assert log() == []
        assert [row.name for row in employee.history.all()] == ["大许", "小许"]

    def test_the_last_owner_stays_one(self, owner: Employee) -> None:
        assert (
            refused(employees.change_employee, owner, by=owner, role=Role.EMPLOYEE) == "employee.last_owner"
        )
        assert (Employee.objects.get().role, log()) == (Role.OWNER, [])

    def test_an_owner_who_left_does_not_count(self, owner: Employee) -> None:
        make_employee("gone", Role.OWNER, is_active=False)
        assert (
            refused(employees.change_employee, owner, by=owner, role=Role.EMPLOYEE) == "employee.last_owner"
        )

    def test_one_of_two_may_step_down(self, owner: Employee) -> None:
        make_employee("second", Role.OWNER)
        employees.change_employee(owner, by=owner, role=Role.OPERATOR)
        assert Employee.objects.get(pk=owner.pk).role == Role.OPERATOR


class TestLeaving:
    def test_everything_ends_at_once(self, client: Client, owner: Employee, employee: Employee) -> None:
        employee.set_password(PASSWORD)
        employee.save(update_fields=["password"])
        client.force_login(employee)
        assert client.get(reverse("admin:index")).status_code == 200
        employees.deactivate(Employee.objects.get(pk=employee.pk), by=owner)
        response = client.get(reverse("admin:index"))
        assert response["Location"].startswith(reverse("admin:login"))
        stored = Employee.objects.get(pk=employee.pk)
        assert (stored.is_active, stored.left_on, stored.has_usable_password()) == (
            False,
            clock.today(),
            False,
        )
        assert log() == [("staff.deactivate", str(employee.pk))]

    def test_an_old_session_stays_dead_after_the_return(
        self, client: Client, owner: Employee, employee: Employee
    ) -> None:
        client.force_login(employee)
        gone = employees.deactivate(Employee.objects.get(pk=employee.pk), by=owner)
        back = employees.reactivate(gone, by=owner)
        assert (back.is_active, back.left_on, back.role) == (True, None, Role.EMPLOYEE)
        assert client.get(reverse("admin:index")).status_code == 302
        assert [action for action, _ in log()] == ["staff.deactivate", "staff.reactivate"]

    def test_not_oneself(self, owner: Employee) -> None:
        make_employee("second", Role.OWNER)
        assert refused(employees.deactivate, owner, by=owner) == "employee.self"
        assert Employee.objects.get(pk=owner.pk).is_active is True

    def test_not_the_last_owner(self, owner: Employee) -> None:
        system = make_employee("admin", Role.OPERATOR, is_superuser=True)
        assert refused(employees.deactivate, owner, by=system) == "employee.last_owner"
        assert Employee.objects.get(pk=owner.pk).is_active is True

    def test_an_owner_when_there_is_another(self, owner: Employee) -> None:
        second = make_employee("second", Role.OWNER)
        employees.deactivate(second, by=owner)
        assert Employee.objects.get(pk=second.pk).is_active is False


def test_a_phone_is_stored_as_eleven_digits(db: None) -> None:
    employee = Employee.objects.create_user("+86 138 0000 0021", name="x")
    assert employee.phone == "13800000021"
    assert Employee.objects.get_by_natural_key("138-0000-0021") == employee


class TestHistory:
    """A page of logins would bury the one change of role."""

    def told(self, employee: Employee) -> int:
        return employee.history.count()

    def test_a_login_and_a_new_password_leave_none(self, client: Client, employee: Employee) -> None:
        before = self.told(employee)
        client.force_login(employee)
        assert Employee.objects.get(pk=employee.pk).last_login is not None
        employee.set_password(PASSWORD)
        employee.save()
        employee.set_password(PASSWORD + "2")
        employee.save(update_fields=["password"])
        assert self.told(employee) == before
        assert Employee.objects.get(pk=employee.pk).check_password(PASSWORD + "2") is True

    def test_a_change_beside_a_password_is_told(self, employee: Employee) -> None:
        before = self.told(employee)
        employee.name = "大许"
        employee.set_password(PASSWORD)
        employee.save()
        employee.scope = "all"
        employee.save(update_fields=["scope", "password"])
        assert self.told(employee) == before + 2
        assert employee.history.first().scope == "all"

    def test_adding_is_told(self, shop: Shop) -> None:
        assert self.told(make_employee("neu", department=shop.xihu)) == 1
