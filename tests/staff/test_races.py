"""Two at the same time: real transactions, real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.services import employees, login_links
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], object]) -> list[str]:
    """Starts all at once; "done" or the refusal's code for each."""
    gate = Barrier(len(calls))

    def attempt(call: Callable[[], object]) -> str:
        try:
            gate.wait(timeout=10)
            call()
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(attempt, calls))


def test_two_owners_cannot_remove_each_other() -> None:
    a, b = make_employee("a", Role.OWNER), make_employee("b", Role.OWNER)
    said = together(
        lambda: employees.deactivate(Employee.objects.get(pk=a.pk), by=b),
        lambda: employees.deactivate(Employee.objects.get(pk=b.pk), by=a),
    )
    assert sorted(said) == ["done", "employee.last_owner"]
    assert Employee.objects.filter(role=Role.OWNER, is_active=True).count() == 1


def test_a_link_lets_in_one_of_two() -> None:
    owner, employee = make_employee("owner", Role.OWNER), make_employee("new")
    token = login_links.issue(employee, by=owner).rstrip("/").rpartition("/")[2]
    said = together(*[lambda: login_links.redeem(token)] * 2)
    assert sorted(said) == ["done", "login_link.used"]
    assert AuditEntry.objects.filter(action="login_link.redeem").count() == 1


def test_two_links_at_once_leave_one_open() -> None:
    owner, employee = make_employee("owner", Role.OWNER), make_employee("new")
    assert together(*[lambda: login_links.issue(employee, by=owner)] * 2) == ["done", "done"]
    assert employee.login_links.filter(revoked_at=None).count() == 1
