"""The pages a phone needs all day, at the thumb; wider screens have the sidebar."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scrm.site.navigation import Item
from scrm.staff.choices import Role

register = template.Library()
ITEMS = (
    Item(_("Home"), "home", "admin:index"),
    Item(pgettext_lazy("bottom bar", "Today"), "checklist", "admin:customers_task_changelist", "customers.view_task"),
    Item(_("Customers"), "groups", "admin:customers_customer_changelist", "customers.view_customer"),
    Item(_("Appointments"), "event", "admin:customers_appointment_changelist", "customers.view_appointment"),
)
# A consultant's day: whom to look after, what to pass on, what it earned.
CONSULTANT = (
    Item(pgettext_lazy("bottom bar", "Today"), "checklist", "admin:customers_task_changelist", "customers.view_task"),
    Item(_("Customers"), "groups", "admin:customers_customer_changelist", "customers.view_customer"),
    Item(_("Promote"), "campaign", "admin:campaigns_mine", "campaigns.view_link"),
    Item(_("Earnings"), "payments", "admin:campaigns_performance", "campaigns.view_commissionentry"),
    Item(_("Me"), "person", "admin:staff_me"),
)


@register.simple_tag(takes_context=True)
def bottom_bar(context: template.Context) -> list[dict[str, Any]]:
    """Nothing for whoever may open but the first page."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    items = CONSULTANT if request.user.role == Role.EMPLOYEE else ITEMS
    found = [(item, link) for item in items if (link := item.link(request.user)) is not None]
    home = reverse("admin:index")
    lines = [
        {
            "title": item.title,
            "icon": item.icon,
            "link": link,
            "here": request.path == link if link == home else request.path.startswith(link),
        }
        for item, link in found
    ]
    return lines if len(lines) > 1 else []
