"""Channels of origin and the people they brought."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from customers.models import Customer


def people_of(channels: Iterable[int], employee: Any) -> dict[int, int]:
    """How many living people inside the employee's scope came from each: the number its list will show."""
    seen = Customer.objects.visible_to(employee).filter(source__in=list(channels)).order_by()
    return dict(seen.values_list("source").annotate(people=Count("pk")))
