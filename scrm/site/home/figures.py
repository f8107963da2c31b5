"""A number of the home page, and those about customers and money."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.models import Rules
from customers.models import Customer
from customers.queries import consents, takings, today
from scrm.kit import clock, money
from scrm.kit.paginator import CAP, CappedPaginator
from scrm.staff.choices import Role, Scope

# After so many days without a word a customer sleeps.
QUIET = 90


@dataclass(frozen=True)
class Figure:
    key: str
    label: str | Promise
    value: int
    link: str
    icon: str
    todo: bool = False
    # Where the number is no count: how it reads, and what it is to be held against.
    shown: str = ""
    beside: str = ""


def counted(key: str, label: str | Promise, rows: QuerySet[Any], link: str, icon: str, todo: bool = False) -> Figure:
    """As the list behind it counts: to CAP, and "10,000+" above."""
    found = CappedPaginator(rows, 1)
    return Figure(key, label, found.count, link, icon, todo, shown=f"{CAP:,}+" if found.capped else "")


def link_to(name: str, *args: Any) -> str:
    """Blank where the page is not built yet."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def customers(user: Any) -> list[Figure]:
    """How many the viewer sees, how many came this month; for the owner, who sleeps and who wants no marketing."""
    everyone = link_to("admin:customers_customer_changelist")
    if not everyone or not user.has_perm("customers.view_customer"):
        return []
    people = Customer.objects.visible_to(user)
    month = clock.today().replace(day=1)
    label = _("My customers") if user.row_scope == Scope.SELF else _("Customers")
    found = [
        counted("customers", label, people, everyone, "groups"),
        counted("new_customers", _("New this month"), people.new_since(month), f"{everyone}?new=month", "person_add"),
    ]
    if user.role == Role.OWNER and found[0].value:
        quiet, refusing = today.long_quiet(people, QUIET), consents.refusing(people)
        label = _("Nobody spoke to them for %(days)s days") % {"days": QUIET}
        found += [
            counted("quiet", label, quiet, f"{everyone}?quiet={QUIET}", "bedtime"),
            counted("refusing", _("Want no marketing"), refusing, f"{everyone}?refuses=1", "do_not_disturb_on"),
        ]
    return found


def income(user: Any) -> list[Figure]:
    """What came in this month, against the last one up to the same day, and what it left; for whoever sees costs."""
    if not sees_money(user):
        return []
    month = takings.this_month(user)
    if not month.net_fen and not month.before_fen:
        return []
    beside = _("the month before, by the same day: %(yuan)s") % {"yuan": money.show(month.before_fen)}
    link, shown = orders_of(month), money.show(month.net_fen)
    found = [Figure("income", _("Net income this month"), month.net_fen, link, "payments", shown=shown, beside=beside)]
    target = Rules.objects.filter(pk=1).values_list("month_target_fen", flat=True).first()
    if target:
        reached = _("%(percent)s%% reached") % {"percent": 100 * month.net_fen // target}
        shown = money.show(target)
        found.append(Figure("target", _("Target this month"), target, link, "flag", shown=shown, beside=reached))
    margin = takings.margin(user, month)
    if margin is not None:
        beside = _("%(percent)s%% of %(yuan)s, the orders whose costs are known") % {
            "percent": margin.percent, "yuan": money.show(margin.net_fen),
        }  # fmt: skip
        shown = money.show(margin.left_fen)
        found.append(Figure("margin", _("Margin this month"), margin.left_fen, link, "savings", shown=shown, beside=beside))
    return found


def results(user: Any) -> list[Figure]:
    """What each colleague's service brought this month, the best first; for the owner."""
    if user.role != Role.OWNER or not sees_money(user):
        return []
    month = takings.days_of_month()
    return [
        Figure(
            f"result-{row.employee}", row.name, row.orders, f"{orders_of(month)}&served={row.employee}", "person",
            shown=money.show(row.net_fen),
        )
        for row in takings.by_colleague(user, month)
    ]  # fmt: skip


def sees_money(user: Any) -> bool:
    orders = link_to("admin:customers_order_changelist")
    return bool(orders and user.has_perm("customers.see_cost") and user.has_perm("customers.view_order"))


def orders_of(month: takings.Days) -> str:
    return f"{link_to('admin:customers_order_changelist')}?from={month.first.isoformat()}&to={month.today.isoformat()}"
