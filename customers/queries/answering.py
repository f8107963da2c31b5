"""Who answers for a customer: her owner, the manager of her store, in the end the owner of the shop."""

from collections.abc import Iterable

from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee


def managers_of(stores: Iterable[int | None]) -> dict[int | None, Employee | None]:
    """{store: its manager}, of the nearest place above it that has one; else the shop's owner. The one who has been
    here longest where there are several. Three queries for any number of stores."""
    wanted = set(stores)
    known = [store for store in wanted if store is not None]
    paths: dict[int | None, str] = dict(Department.objects.filter(pk__in=known).values_list("pk", "path"))
    leading: dict[int | None, Employee] = {}
    boss = None
    people = Employee.objects.filter(is_active=True, role__in=(Role.MANAGER, Role.OWNER)).order_by("pk")
    for person in people:
        if person.role == Role.OWNER:
            boss = boss or person
        else:
            leading.setdefault(person.department_id, person)
    found: dict[int | None, Employee | None] = {}
    for store in wanted:
        above = [int(part) for part in paths.get(store, "").split("/") if part]
        found[store] = next((leading[place] for place in reversed(above) if place in leading), boss)
    return found
