"""Whether a link gives a customer to its employee, and why not."""

from typing import Any

import pytest

from campaigns.choices import BindMode, BindOutcome
from campaigns.models import Binding, Link, Rules
from campaigns.services import rules
from campaigns.services.binding import bind, protected_until
from customers.choices import OwnerHow, TaskReason
from customers.models import Customer, OwnerChange, Task
from customers.services.merging import joining
from scrm.staff.models import Employee
from tests.campaigns.services.crediting.crediting import NOON, days
from tests.cast import Shop
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.contacts import make_owner_change
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def promoter(shop: Shop) -> Employee:
    return make_employee("小许", department=shop.binjiang)


@pytest.fixture
def link(promoter: Employee) -> Link:
    return make_link(make_campaign("春季"), employee=promoter)


def ruled(mode: str, protected_days: int = 30) -> None:
    Rules.objects.update_or_create(pk=1, defaults={"bind_mode": mode, "protected_days": protected_days})


def owner_of(customer: Customer) -> Employee | None:
    return Customer.everyone.get(pk=customer.pk).owner


def test_the_rules_are_there_from_the_first_question_on() -> None:
    assert (rules.current().bind_mode, rules.current().protected_days) == (BindMode.FIRST, 30)
    assert Rules.objects.count() == 1


def test_whoever_nobody_looks_after(link: Link, promoter: Employee, shop: Shop) -> None:
    customer = make_customer()
    bound = bind(customer=customer, link=link, is_new=False, at=NOON)
    assert (bound.customer, bound.link, bound.outcome, bound.at) == (customer, link, BindOutcome.BOUND, NOON)
    customer.refresh_from_db()
    assert (customer.owner, customer.store) == (promoter, shop.binjiang)
    change = OwnerChange.objects.get()
    assert (change.before, change.after, change.how, change.note, change.by) == (None, promoter, OwnerHow.LINK, "春季", None)
    assert change.at == NOON
    task = Task.objects.get()
    assert (task.employee, task.reason, task.about) == (promoter, TaskReason.ASSIGNED, "春季")


@pytest.mark.parametrize(
    ("mode", "is_new", "has_owner", "outcome"),
    [
        (BindMode.FIRST, False, False, BindOutcome.BOUND),
        (BindMode.FIRST, True, True, BindOutcome.TAKEN),
        (BindMode.REGISTRATION, True, False, BindOutcome.BOUND),
        (BindMode.REGISTRATION, False, False, BindOutcome.KNOWN),
        (BindMode.REGISTRATION, True, True, BindOutcome.TAKEN),
        (BindMode.REGISTRATION, False, True, BindOutcome.KNOWN),
        (BindMode.EVERY, False, False, BindOutcome.BOUND),
        (BindMode.EVERY, False, True, BindOutcome.BOUND),
    ],
)
def test_the_modes(
    mode: str, is_new: bool, has_owner: bool, outcome: str, link: Link, promoter: Employee, employee: Employee
) -> None:
    ruled(mode)
    customer = make_customer(owner=employee if has_owner else None)
    assert bind(customer=customer, link=link, is_new=is_new).outcome == outcome
    before = employee if has_owner else None
    assert owner_of(customer) == (promoter if outcome == BindOutcome.BOUND else before)
    assert OwnerChange.objects.count() == (outcome == BindOutcome.BOUND)


def test_protected_up_to_the_very_moment(link: Link, promoter: Employee, employee: Employee) -> None:
    ruled(BindMode.EVERY)
    customer = make_customer(owner=employee)
    make_owner_change(customer, make_employee(), at=NOON - days(90))
    make_owner_change(customer, employee, at=NOON)
    assert protected_until(customer) == NOON + days(30)
    assert bind(customer=customer, link=link, is_new=False, at=NOON + days(29.999)).outcome == BindOutcome.PROTECTED
    assert owner_of(customer) == employee
    assert bind(customer=customer, link=link, is_new=False, at=NOON + days(30)).outcome == BindOutcome.BOUND
    assert owner_of(customer) == promoter


def test_no_protection_where_the_shop_wants_none(link: Link, employee: Employee) -> None:
    ruled(BindMode.EVERY, protected_days=0)
    customer = make_customer(owner=employee)
    make_owner_change(customer, employee, at=NOON)
    assert bind(customer=customer, link=link, is_new=False, at=NOON).outcome == BindOutcome.BOUND


def test_the_last_change_says_nothing_of_an_owner_from_a_sheet(employee: Employee) -> None:
    customer = make_customer(owner=employee)
    assert protected_until(customer) is None
    make_owner_change(customer, make_employee(), at=NOON)
    assert protected_until(customer) is None


def test_the_same_employee(link: Link, promoter: Employee) -> None:
    ruled(BindMode.REGISTRATION)
    customer = make_customer(owner=promoter)
    assert bind(customer=customer, link=link, is_new=False).outcome == BindOutcome.SAME


def test_a_link_of_nobody_and_of_a_customer() -> None:
    customer = make_customer()
    for foreign in (make_link(), make_link(customer=make_customer())):
        assert bind(customer=customer, link=foreign, is_new=True).outcome == BindOutcome.NOBODY


def test_an_employee_who_left(link: Link, promoter: Employee) -> None:
    promoter.is_active = False
    promoter.save(update_fields=["is_active"])
    customer = make_customer()
    assert bind(customer=customer, link=Link.objects.get(pk=link.pk), is_new=True).outcome == BindOutcome.LEFT
    assert owner_of(customer) is None


def test_a_folded_record_is_who_was_kept(link: Link, promoter: Employee, owner: Any) -> None:
    keep, fold = make_customer("甲"), make_customer("乙")
    joining.carry_out(joining.plan(keep=keep, fold=fold), by=owner)
    assert bind(customer=fold, link=link, is_new=False).customer == keep
    assert owner_of(keep) == promoter


def test_each_time_leaves_a_row(link: Link) -> None:
    customer = make_customer()
    for _n in range(2):
        bind(customer=customer, link=link, is_new=False)
    assert list(Binding.objects.order_by("pk").values_list("outcome", flat=True)) == [BindOutcome.BOUND, BindOutcome.SAME]
