"""Who somebody is today: a record that was folded into another is paid as that one. Books do not move."""

from collections.abc import Iterable

from customers.models import Customer


def roots(customers: Iterable[int]) -> dict[int, int]:
    """{record: the one that it is part of}, itself where it is part of none."""
    found = {pk: pk for pk in customers}
    asked = set(found)
    while asked:
        rows = Customer.everyone.filter(pk__in=asked, merged_into__isnull=False).order_by()
        into = dict(rows.values_list("pk", "merged_into_id"))
        found = {pk: into.get(root, root) for pk, root in found.items()}
        asked = set(into.values())
    return found
