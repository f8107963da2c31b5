"""Names of customers on lists of campaigns, each as one viewer may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from customers.models import Customer
from customers.queries import disclosure
from scrm.staff.choices import Role, Scope

VIEW = "customers.view_customer"


@dataclass(frozen=True)
class Shown:
    pk: int
    name: str
    phone: str
    opens: bool


def shown(pks: Iterable[int], viewer: Any) -> dict[int, Shown]:
    """{customer: her name and masked number}. Whoever sees a row because of a link alone, and an agency always, reads 王*娟
    and opens nothing. Two queries, one for whoever sees everybody."""
    wanted = set(pks)
    rows = Customer.everyone.filter(pk__in=wanted)
    seen = wanted
    if viewer.row_scope != Scope.ALL:
        seen = set(rows.visible_to(viewer).values_list("pk", flat=True))
    full, outside = disclosure.sees_full_phones(viewer), viewer.role == Role.AGENCY
    may_open = viewer.has_perm(VIEW) and not outside
    found = {}
    for row in rows:
        near = row.pk in seen and not outside
        name = disclosure.text_for(full, row.name) if near else disclosure.stranger_name(row.name)
        found[row.pk] = Shown(row.pk, name, row.masked_phone, near and may_open and row.is_living)
    return found
