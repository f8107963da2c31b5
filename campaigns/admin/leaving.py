"""What the page of an employee says of her campaigns."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.services import handing_on
from customers.services.owning import handing_over
from scrm.staff.leaving import Held, holdings


def campaigns_of(viewer: Any, employee: Any) -> Held | None:
    """None where there is nothing, or nothing the viewer might hand over."""
    if not handing_over.may_hand_over(viewer, employee):
        return None
    count = len(handing_on.stands(employee.pk))
    if not count:
        return None
    said = _("%(name)s still works on %(campaigns)s.")
    return Held(
        text=said % {"name": employee.name, "campaigns": handing_on.words(count)},
        link=reverse("admin:customers_handover_plan", args=[employee.pk]),
        link_text=_("Hand over"),
    )


def register() -> None:
    holdings.register("campaigns", campaigns_of)
