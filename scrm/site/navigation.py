"""The sidebar: what is built, in the order and words of the shop. Hiding protects nothing; the pages
check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scrm.staff.choices import Role


@dataclass(frozen=True)
class Item:
    """One line. Shown to whoever holds `permission` (to everyone without one), if the page exists."""

    title: str | Promise
    icon: str
    url: str
    permission: str = ""
    hint: str | Promise = ""
    # Pages that are reached from it and stand elsewhere.
    below: tuple[str, ...] = ()
    # Where no permission says who may open it.
    allowed: Callable[[Any], bool] | None = None

    def link(self, user: Any) -> str | None:
        if self.permission and not user.has_perm(self.permission):
            return None
        if self.allowed is not None and not self.allowed(user):
            return None
        try:
            return reverse(self.url)
        except NoReverseMatch:
            return None


@dataclass(frozen=True)
class Group:
    """Lines under one word. With a `page` the sidebar shows that page alone, and the page shows the lines."""

    title: str | Promise
    items: tuple[Item, ...]
    icon: str = ""
    page: str = ""


def _is_owner(user: Any) -> bool:
    """A manager reads the looks at her people's numbers too; she has no settings and comes by the pool and by a
    customer's page."""
    return bool(user.role == Role.OWNER)


def _works_here(user: Any) -> bool:
    """An agency has its own links on its own page; the list of links is the shop's."""
    return bool(user.role != Role.AGENCY)


def _passes_on(user: Any) -> bool:
    return user.role in (Role.MANAGER, Role.EMPLOYEE, Role.AGENCY)


GROUPS = (
    Group(
        _("Workbench"),
        (
            Item(_("Home"), "home", "admin:index"),
            Item(_("Today's list"), "checklist", "admin:customers_task_changelist", "customers.view_task"),
        ),
    ),
    Group(
        _("Customers"),
        (
            Item(
                _("All customers"), "groups", "admin:customers_customer_changelist", "customers.view_customer"
            ),
            Item(_("Pool: to be assigned"), "person_add_disabled", "admin:customers_pool", "customers.claim_customer"),
            Item(
                _("Possible duplicates"),
                "group",
                "admin:customers_mergecandidate_changelist",
                "customers.view_mergecandidate",
            ),
            Item(_("Tags"), "sell", "admin:customers_tag_changelist", "customers.view_tag"),
            Item(_("Follow-ups"), "forum", "admin:customers_followup_changelist", "customers.view_followup"),
            Item(_("Appointments"), "event", "admin:customers_appointment_changelist", "customers.view_appointment"),
            Item(
                _("Data import"),
                "upload_file",
                "admin:customers_importbatch_changelist",
                "customers.run_import",
            ),
        ),
    ),
    Group(
        _("Transactions"),
        (
            Item(_("Orders and refunds"), "receipt_long", "admin:customers_order_changelist", "customers.view_order"),
            Item(_("Products"), "inventory_2", "admin:customers_product_changelist", "customers.view_product"),
        ),
    ),
    Group(
        _("Campaigns"),
        (
            Item(_("Campaigns"), "campaign", "admin:campaigns_campaign_changelist", "campaigns.view_campaign"),
            Item(
                _("Promotion links"), "link", "admin:campaigns_link_changelist", "campaigns.view_link",
                allowed=_works_here,
            ),
            Item(
                _("My promotion"), "qr_code_2", "admin:campaigns_mine", "campaigns.view_link", allowed=_passes_on,
            ),
            Item(_("Posters and materials"), "imagesmode", "admin:campaigns_poster_changelist", "campaigns.view_poster"),
        ),
    ),
    Group(
        _("Members"),
        (
            Item(_("Counter for coupons"), "redeem", "admin:loyalty_counter", "loyalty.use_coupongrant"),
            Item(pgettext_lazy("sidebar", "Coupons"), "confirmation_number", "admin:loyalty_coupon_changelist", "loyalty.view_coupon"),
        ),
    ),
    Group(
        pgettext_lazy("sidebar", "Figures"),
        (
            Item(_("Campaign board"), "monitoring", "admin:campaigns_board", "campaigns.see_board"),
            Item(_("Results and commission"), "payments", "admin:campaigns_performance", "campaigns.view_commissionentry"),
        ),
    ),
    Group(
        _("Settings"),
        (
            Item(
                _("Staff"),
                "badge",
                "admin:staff_employee_changelist",
                "staff.change_employee",
                _("Who works here, with which role, in which store; login links and locked accounts"),
            ),
            # Managers hand over too: they come by the pool, and have no settings.
            Item(
                _("Hand-over"),
                "swap_horiz",
                "admin:customers_handover",
                "customers.archive_customer",
                _("All customers and open work of a colleague to others, when somebody leaves"),
            ),
            Item(
                _("Stores"),
                "store",
                "admin:staff_department_changelist",
                "staff.change_department",
                _("Stores and departments, and which one belongs to which"),
            ),
            Item(
                _("Channels of origin"),
                "alt_route",
                "admin:customers_channel_changelist",
                "customers.change_channel",
                _("Where customers come from: public or private, online or offline"),
            ),
            Item(
                _("Costs of promotion"),
                "receipt",
                "admin:campaigns_campaigncost_changelist",
                "campaigns.view_campaigncost",
                _("What was spent by day and channel, and what it brought"),
            ),
            Item(
                _("Rules of campaigns"),
                "rule",
                "admin:campaigns_rules_changelist",
                "campaigns.change_rules",
                _("Who looks after whom by a link, the usual margin, the month's target"),
            ),
            Item(
                _("Rules of commission"),
                "percent",
                "admin:campaigns_payrule_changelist",
                "campaigns.change_payrule",
                _("What an order of a product pays, and who served; campaigns have their own"),
            ),
            Item(
                _("Own fields"),
                "tune",
                "admin:customers_customfield_changelist",
                "customers.change_customfield",
                _("What your shop wants to know of a customer besides the usual"),
            ),
            Item(
                _("Touchpoints"),
                "route",
                "admin:customers_touchpoint_changelist",
                "customers.change_touchpoint",
                _("Where in a visit customers feel something, and what you improved there"),
                below=("admin:customers_feedback_changelist",),
            ),
            Item(
                _("Looks at numbers"),
                "visibility",
                "admin:site_looks",
                hint=_("Who looked at whose full phone number, and who looked at more than usual"),
                allowed=_is_owner,
            ),
            Item(
                _("Audit log"),
                "history",
                "admin:kit_auditentry_changelist",
                "kit.view_auditentry",
                _("Who did what and when"),
            ),
            Item(
                _("System status"),
                "monitor_heart",
                "admin:site_status",
                "kit.view_jobrun",
                _("Whether everything runs, and how much room is left"),
                below=("admin:kit_jobrun_changelist",),
            ),
        ),
        icon="settings",
        page="admin:site_settings",
    ),
)


def visible(user: Any) -> list[tuple[Group, list[tuple[Item, str]]]]:
    """Groups with their items and links, as this user may see them; no empty group."""
    groups = []
    for group in GROUPS:
        items = [(item, link) for item in group.items if (link := item.link(user)) is not None]
        if items:
            groups.append((group, items))
    return groups


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """unfold's SIDEBAR navigation."""
    return [
        {
            "title": "" if group.page else group.title,
            "separator": bool(number),
            "items": _lines(request, group, items),
        }
        for number, (group, items) in enumerate(visible(request.user))
    ]


def _lines(request: HttpRequest, group: Group, items: list[tuple[Item, str]]) -> list[dict[str, Any]]:
    if not group.page:
        return [{"title": item.title, "icon": item.icon, "link": link} for item, link in items]
    own = reverse(group.page)
    here = request.path == own or _is_below(request, items)
    return [{"title": group.title, "icon": group.icon, "link": own, "active": here}]


def _is_below(request: HttpRequest, items: list[tuple[Item, str]]) -> bool:
    places = [link for _item, link in items] + [reverse(name) for item, _link in items for name in item.below]
    return request.path.startswith(tuple(places))


def above(request: HttpRequest) -> tuple[str, str] | None:
    """Name and address of the page that leads here: that of the settings, for whoever has one."""
    for group, items in visible(request.user):
        if group.page and _is_below(request, items):
            return str(group.title), reverse(group.page)
    return None


def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything that is set once, on one page; each role finds what it may change."""
    groups = [items for group, items in visible(request.user) if group.page == "admin:site_settings"]
    if not groups:
        raise PermissionDenied
    context = admin.site.each_context(request) | {"title": _("Settings"), "items": groups[0]}
    return TemplateResponse(request, "admin/settings.html", context)


def account(request: HttpRequest) -> list[dict[str, Any]]:
    """unfold's ACCOUNT navigation: the own page, and the one door to a password that this user can open."""
    if not request.user.is_authenticated:
        return []
    mine = {"title": str(_("About me")), "link": reverse("admin:staff_me")}
    if request.user.has_usable_password():
        return [mine, {"title": str(_("Change password")), "link": reverse("admin:password_change")}]
    return [mine, {"title": str(_("Choose a password")), "link": reverse("admin:choose_password")}]
