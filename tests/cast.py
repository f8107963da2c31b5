"""The small cast that most tests use: one shop, five people."""

from dataclasses import dataclass

from scrm.staff.choices import DepartmentKind, Role
from scrm.staff.models import Department, Employee
from tests.factories.staff import make_department, make_employee


@dataclass(frozen=True)
class Shop:
    """company → 滨江店, 西湖店, 线上部."""

    company: Department
    binjiang: Department
    xihu: Department
    online: Department


def open_shop() -> Shop:
    company = make_department("锦绣商贸", kind=DepartmentKind.COMPANY)
    return Shop(
        company=company,
        binjiang=make_department("滨江店", company),
        xihu=make_department("西湖店", company),
        online=make_department("线上部", company, DepartmentKind.DEPARTMENT),
    )


def hire(shop: Shop, role: Role) -> Employee:
    """Owner and operator at head office, manager and consultant in 滨江店, the agency nowhere."""
    name, phone, place = {
        Role.OWNER: ("钱总", "13800000001", shop.company),
        Role.OPERATOR: ("孙运营", "13800000002", shop.online),
        Role.MANAGER: ("李店长", "13800000003", shop.binjiang),
        Role.EMPLOYEE: ("小许", "13800000004", shop.binjiang),
        Role.AGENCY: ("外包阿强", "13800000005", None),
    }[role]
    return make_employee(name, role, phone=phone, department=place)
