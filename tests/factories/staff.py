"""People who work here, and where. Nothing surprising: what is not said is blank."""

from itertools import count
from typing import Any

from scrm.staff.choices import DepartmentKind, Role
from scrm.staff.models import Department, Employee

PASSWORD = "opensesame-2026"
_numbers = count(1)


def make_department(
    name: str, parent: Department | None = None, kind: str = DepartmentKind.STORE, **fields: Any
) -> Department:
    return Department.objects.create(name=name, parent=parent, kind=kind, **fields)


def make_employee(
    name: str = "", role: str = Role.EMPLOYEE, *, password: str = "", **fields: Any
) -> Employee:
    """Without a password nobody can log in by form; `client.force_login` works and is fast."""
    number = next(_numbers)
    phone = fields.pop("phone", f"139{number:08d}")
    return Employee.objects.create_user(
        phone, password or None, name=name or f"员工{number}", role=role, **fields
    )
