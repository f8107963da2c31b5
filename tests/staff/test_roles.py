"""docs/roles.md, the declared grants and what `has_perm` answers are one thing, for each of the five
roles."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from scrm.staff import roles
from scrm.staff.choices import Role
from scrm.staff.models import Employee

PAGE = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
ROW = re.compile(r"^\| `(?P<name>\w+\.\w+)` \| [^|]+ \|(?P<cells>.+)\|$", re.MULTILINE)


def documented() -> dict[Role, set[str]]:
    page = PAGE.read_text(encoding="utf-8")
    head = next(line for line in page.splitlines() if line.startswith("| permission |"))
    columns = [Role(cell.strip()) for cell in head.strip("|").split("|")[2:]]
    table: dict[Role, set[str]] = {role: set() for role in Role}
    for row in ROW.finditer(page):
        cells = [cell.strip() for cell in row["cells"].split("|")]
        assert len(cells) == len(columns), row["name"]
        assert set(cells) <= {"✓", "–"}, row["name"]
        for role, cell in zip(columns, cells, strict=True):
            if cell == "✓":
                table[role].add(row["name"])
    return table


@pytest.mark.parametrize("role", list(Role))
def test_the_page_says_what_is_declared(role: Role) -> None:
    assert documented()[role] == roles.declared(role)


@pytest.mark.parametrize("role", list(Role))
def test_has_perm_says_what_is_declared_and_nothing_more(role: Role, everyone: dict[Role, Employee]) -> None:
    me = everyone[role]
    every = {
        f"{label}.{code}"
        for label, code in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert roles.declared(role) <= every
    assert {name for name in every if me.has_perm(name)} == roles.declared(role)
    assert me.get_all_permissions() == roles.declared(role)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_left_may_do_nothing(role: Role, everyone: dict[Role, Employee]) -> None:
    me = everyone[role]
    me.is_active = False
    assert {name for name in roles.declared(Role.OWNER) if me.has_perm(name)} == set()


def test_nobody_may_delete_anything() -> None:
    assert [name for role in Role for name in roles.declared(role) if ".delete_" in name] == []


def test_rights_by_hand_do_not_count(employee: Employee) -> None:
    employee.user_permissions.add(Permission.objects.get(codename="change_employee"))
    employee.groups.add(Group.objects.get(name=Role.OWNER))
    assert Employee.objects.get(pk=employee.pk).get_all_permissions() == roles.declared(Role.EMPLOYEE)


def test_a_new_role_counts_at_once(employee: Employee) -> None:
    employee.role = Role.OPERATOR
    employee.save(update_fields=["role"])
    assert Employee.objects.get(pk=employee.pk).has_perm("customers.run_import") is True


class TestSynchronise:
    @pytest.fixture(autouse=True)
    def database(self, db: None) -> None:
        pass

    def held(self, role: Role) -> set[str]:
        rows = Permission.objects.filter(group__name=role.value)
        return {f"{label}.{code}" for label, code in rows.values_list("content_type__app_label", "codename")}

    def test_what_is_no_longer_declared_vanishes_and_what_is_missing_comes_back(self) -> None:
        group = Group.objects.get(name=Role.EMPLOYEE)
        group.permissions.set([Permission.objects.get(codename="change_employee")])
        roles.synchronise()
        assert self.held(Role.EMPLOYEE) == roles.declared(Role.EMPLOYEE)

    def test_a_second_time_changes_nothing(self) -> None:
        rows = Group.permissions.through.objects
        before = set(rows.values_list("id", "group_id", "permission_id"))
        roles.synchronise()
        assert set(rows.values_list("id", "group_id", "permission_id")) == before

    def test_it_runs_after_the_last_app_and_only_then(self) -> None:
        """Earlier, the permissions of later apps do not exist yet."""
        Group.objects.all().delete()
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        for config in apps.get_app_configs():
            if config is not last:
                roles.after_migrate(sender=config, using="default")
        assert Group.objects.count() == 0
        roles.after_migrate(sender=last, using="default")
        assert {group.name for group in Group.objects.all()} == {role.value for role in Role}
        assert self.held(Role.OWNER) == roles.declared(Role.OWNER)

    def test_a_database_without_the_tables_is_left_alone(self) -> None:
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        Group.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE auth_group RENAME TO auth_group_away")
            roles.after_migrate(sender=last, using="default")
            cursor.execute("ALTER TABLE auth_group_away RENAME TO auth_group")
        assert Group.objects.count() == 0

    def test_the_agency_has_no_right_outside_campaigns(self) -> None:
        assert {name for name in self.held(Role.AGENCY) if not name.startswith("campaigns.")} == set()


class TestGrant:
    @pytest.fixture(autouse=True)
    def put_back(self) -> object:
        before = {role: set(names) for role, names in roles._declared.items()}
        yield
        roles._declared.clear()
        roles._declared.update(before)

    def test_one_role_or_several(self) -> None:
        before = roles.declared(Role.AGENCY)
        roles.grant(Role.AGENCY, "customers.view_tag")
        roles.grant([Role.AGENCY, Role.EMPLOYEE], "customers.view_channel", "customers.run_import")
        assert roles.declared(Role.AGENCY) - before == {
            "customers.view_tag",
            "customers.view_channel",
            "customers.run_import",
        }
        assert "customers.run_import" in roles.declared(Role.EMPLOYEE)

    def test_a_typo_is_an_error_of_check(self) -> None:
        assert roles.check_grants(None) == []
        roles.grant(Role.AGENCY, "customers.see_fullphone")
        (error,) = roles.check_grants(None)
        assert (error.id, error.is_serious()) == ("staff.E001", True)
        assert "customers.see_fullphone" in error.msg
