"""What the page of an employee says of her customers."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.services.owning import handing_over
from scrm.staff.leaving import Held, holdings


def customers_of(viewer: Any, employee: Any) -> Held | None:
    """None where there is nothing, or nothing the viewer might hand over."""
    if not handing_over.may_hand_over(viewer, employee):
        return None
    people, (tasks, coming) = handing_over.people_of(employee.pk), handing_over.work_of(employee.pk)
    count, work = people.count(), tasks.count() + coming.count()
    if not count and not work:
        return None
    parts = []
    if count:
        parts.append(ngettext("looks after %(count)s customer", "looks after %(count)s customers", count) % {"count": f"{count:,}"})  # fmt: skip
    if work:
        parts.append(ngettext("has %(count)s open task or appointment", "has %(count)s open tasks and appointments", work) % {"count": f"{work:,}"})  # fmt: skip
    return Held(
        text=_("%(name)s %(what)s.") % {"name": employee.name, "what": _(" and ").join(parts)},
        link=reverse("admin:customers_handover_plan", args=[employee.pk]),
        link_text=_("Hand over"),
    )


def register() -> None:
    holdings.register("customers", customers_of)
