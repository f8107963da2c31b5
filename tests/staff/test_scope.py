"""Row scope: each scope × each role, and the cases that leak when nobody looks."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from customers.models import Customer
from scrm.staff import scope
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Department, Employee
from tests.cast import Shop
from tests.factories.staff import make_department, make_employee

# Names say where a customer stands: whose, and in which store.
PEOPLE = ["mine", "mate's", "store's", "annex", "annex's", "other store's", "nobody's"]


@pytest.fixture
def annex(shop: Shop) -> Department:
    return make_department("滨江店二楼", shop.binjiang)


def viewer(role: Role, shop: Shop, **fields: object) -> Employee:
    return make_employee("viewer", role, department=shop.binjiang, **fields)


def fill(shop: Shop, annex: Department, me: Employee) -> None:
    mate = make_employee("mate", department=shop.binjiang)
    gone = make_employee("gone", department=annex, is_active=False)
    far = make_employee("far", department=shop.xihu)
    Customer.objects.bulk_create(
        [
            Customer(name="mine", owner=me),
            Customer(name="mate's", owner=mate),
            Customer(name="store's", store=shop.binjiang),
            Customer(name="annex", store=annex),
            Customer(name="annex's", owner=gone),
            Customer(name="other store's", owner=far, store=shop.xihu),
            Customer(name="nobody's"),
        ]
    )


def seen_by(employee: object) -> list[str]:
    return [person.name for person in Customer.objects.visible_to(employee).order_by("id")]


SELF = ["mine"]
DEPARTMENT = ["mine", "mate's", "store's"]
BELOW = ["mine", "mate's", "store's", "annex", "annex's"]
SEEN = {Scope.SELF: SELF, Scope.DEPARTMENT: DEPARTMENT, Scope.BELOW: BELOW, Scope.ALL: PEOPLE}
BY_ROLE = {
    Role.OWNER: PEOPLE,
    Role.OPERATOR: PEOPLE,
    Role.MANAGER: BELOW,
    Role.EMPLOYEE: SELF,
    Role.AGENCY: [],
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("given", list(Scope))
def test_each_scope_for_each_role(role: Role, given: Scope, shop: Shop, annex: Department) -> None:
    me = viewer(role, shop, scope=given)
    fill(shop, annex, me)
    if role == Role.AGENCY:
        expected: list[str] = []
    elif given == Scope.BY_ROLE:
        expected = BY_ROLE[role]
    else:
        expected = SEEN[given]
    assert seen_by(me) == expected


@pytest.mark.parametrize("role", list(Role))
def test_whoever_left_sees_nothing(role: Role, shop: Shop, annex: Department) -> None:
    me = viewer(role, shop, is_active=False)
    fill(shop, annex, me)
    assert seen_by(me) == []


def test_nobody_sees_nothing(shop: Shop, annex: Department) -> None:
    fill(shop, annex, viewer(Role.EMPLOYEE, shop))
    assert seen_by(None) == []
    assert seen_by(AnonymousUser()) == []


def test_a_superuser_sees_everything_whatever_the_role(shop: Shop, annex: Department) -> None:
    me = viewer(Role.EMPLOYEE, shop, is_superuser=True)
    fill(shop, annex, me)
    assert seen_by(me) == PEOPLE


@pytest.mark.parametrize("given", [Scope.DEPARTMENT, Scope.BELOW])
def test_a_manager_without_a_store_sees_the_own_customers_only(
    given: Scope, shop: Shop, annex: Department
) -> None:
    me = make_employee("viewer", Role.MANAGER, department=None, scope=given)
    fill(shop, annex, me)
    assert seen_by(me) == SELF


def test_a_store_with_a_blank_path_is_not_the_whole_company(shop: Shop, annex: Department) -> None:
    """Rows made by bulk_create have no path, and a blank prefix would fit every other one."""
    (lost,) = Department.objects.bulk_create([Department(name="仓库", parent=shop.company)])
    me = make_employee("viewer", Role.MANAGER, department=lost)
    fill(shop, annex, me)
    Customer.objects.create(name="lost", store=lost)
    assert seen_by(me) == ["mine", "lost"]


def test_a_moved_subtree_is_seen_from_where_it_is_now(shop: Shop, annex: Department) -> None:
    there, here = (
        make_employee("there", Role.MANAGER, department=shop.xihu),
        make_employee("here", Role.MANAGER, department=shop.binjiang),
    )
    Customer.objects.create(name="annex", store=annex)
    assert (seen_by(here), seen_by(there)) == (["annex"], [])
    annex.parent = shop.xihu
    annex.save()
    assert (seen_by(here), seen_by(there)) == ([], ["annex"])


def test_store_7_does_not_see_store_70(shop: Shop) -> None:
    near = make_department("near", shop.company, pk=7)
    far = make_department("far", shop.company, pk=70)
    me = make_employee("viewer", Role.MANAGER, department=near)
    Customer.objects.create(name="near", store=near)
    Customer.objects.create(name="far", store=far)
    assert seen_by(me) == ["near"]


class TestProviders:
    """An agency's rows come from an app above, and only those."""

    @pytest.fixture(autouse=True)
    def assigned(self, shop: Shop) -> object:
        def people_of_campaigns(employee: Employee, model: object) -> Q | None:
            if employee.role != Role.AGENCY or model is not Customer:
                return None
            return Q(city="assigned")

        scope.scope_providers.register("test", people_of_campaigns)
        yield
        scope.scope_providers._entries.pop("test")

    def test_an_agency_sees_what_the_provider_gives(self, agency: Employee, shop: Shop) -> None:
        Customer.objects.create(name="in the campaign", city="assigned")
        Customer.objects.create(name="not in it", owner=agency, store=shop.binjiang)
        assert seen_by(agency) == ["in the campaign"]

    def test_others_see_no_more_than_before(self, employee: Employee) -> None:
        Customer.objects.create(name="in the campaign", city="assigned")
        Customer.objects.create(name="mine", owner=employee)
        assert seen_by(employee) == ["mine"]

    def test_an_agency_that_left_sees_nothing(self, agency: Employee) -> None:
        Customer.objects.create(name="in the campaign", city="assigned")
        agency.is_active = False
        assert seen_by(agency) == []


def test_lookups_may_lead_through_a_relation(employee: Employee, manager: Employee, shop: Shop) -> None:
    """The same rule serves rows that hang on a customer."""
    from customers.models import Identity

    mine = Customer.objects.create(name="mine", owner=employee)
    other = Customer.objects.create(name="other", store=shop.binjiang)
    Identity.objects.create(customer=mine, kind="phone", value="13800000021")
    Identity.objects.create(customer=other, kind="phone", value="13800000022")
    rows = Identity.objects.order_by("id")
    through = {"owner": "customer__owner", "department": "customer__store"}
    assert [row.value for row in scope.limit(rows, employee, **through)] == ["13800000021"]
    assert [row.value for row in scope.limit(rows, manager, **through)] == ["13800000021", "13800000022"]


def test_the_rule_costs_no_query_of_its_own(manager: Employee, django_assert_num_queries: object) -> None:
    manager.department  # noqa: B018  the request has it already
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert list(Customer.objects.visible_to(manager)) == []
