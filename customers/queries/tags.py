"""Which tags may be chosen, and how many people have each."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.models import Customer, CustomerTag, Tag

TAG = "customers.tag_customer"


def may_tag(employee: Any) -> bool:
    return bool(employee.has_perm(TAG))


def to_choose(customer: Customer | None = None) -> QuerySet[Tag]:
    """Tags in use, and those the person has already, in the order of their groups."""
    wanted = Q(is_active=True)
    if customer is not None and customer.pk is not None:
        wanted |= Q(pk__in=customer.tag_links.values("tag"))
    return Tag.objects.filter(wanted).select_related("group").order_by("group__position", "group_id", "name")


def grouped(tags: Iterable[Tag]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Choices of a select with one <optgroup> a group."""
    return [
        (str(group), [(tag.pk, str(tag)) for tag in of_group])
        for group, of_group in groupby(tags, key=lambda tag: tag.group)
    ]


def people_of(tags: Iterable[int], employee: Any) -> dict[int, int]:
    """How many living people inside the employee's scope have each tag: the number its list will show."""
    seen = Customer.objects.visible_to(employee).order_by()
    counts = (
        CustomerTag.objects.filter(tag__in=list(tags), customer__in=seen.values("pk"))
        .order_by()
        .values_list("tag")
        .annotate(people=Count("pk"))
    )
    return dict(counts)
