"""Who looks after whom: the pool of people without anybody, whom one may move, and what is told of one person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.choices import RelationHow, Side
from customers.models import Customer, OwnerChange, Relation
from customers.models.people import CustomerQuerySet
from customers.queries import colleagues, disclosure
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff import scope
from scrm.staff.choices import Role, Scope

CHANGE = "customers.change_customer"
CLAIM = "customers.claim_customer"
# For so long somebody counts as newly hers: "new to me" in the list of customers.
NEWLY_DAYS = 7


def may_claim(employee: Any) -> bool:
    return bool(employee.is_active and employee.role != Role.AGENCY and employee.has_perm(CLAIM))


def may_see_pool(employee: Any) -> bool:
    return may_claim(employee) or (employee.is_active and colleagues.may_assign(employee))


def pool_of(employee: Any) -> CustomerQuerySet:
    """People nobody looks after, as far as the employee may take or give them: all of them, else those of her place
    and those without a store. Wider than what she sees elsewhere, so names and numbers are masked for who may only
    claim."""
    free: CustomerQuerySet = Customer.objects.filter(owner=None)
    near = nearby(employee)
    return free if near is None else free.filter(near)


def nearby(employee: Any) -> Q | None:
    """Whose store makes them hers to take; None for everybody's."""
    if not employee.is_active or employee.role == Role.AGENCY:
        return Q(pk__in=[])
    if employee.row_scope == Scope.ALL:
        return None
    places = scope.places_of(employee)
    # As a list: behind an OR a subquery would keep PostgreSQL from its indexes.
    here = [employee.department_id] if places is None else list(places.values_list("pk", flat=True))
    return Q(store=None) | Q(store__in=[pk for pk in here if pk is not None])


def movable_by(employee: Any) -> CustomerQuerySet:
    """Whose owner she may change once she has the right to assign: those she sees, and the pool."""
    people: CustomerQuerySet = Customer.objects.all()
    if employee is None:
        return people
    seen, near = scope.rule(employee, model=Customer, listed=True), nearby(employee)
    if seen is None or near is None:
        return people
    return people.filter(seen | (Q(owner=None) & near))


def names_only_masked(employee: Any) -> bool:
    """Whoever may only claim reads 王*娟 in the pool: they are nobody's customers yet, least of all hers."""
    return not colleagues.may_assign(employee)


def pool_name(customer: Customer, viewer: Any) -> str:
    if names_only_masked(viewer):
        return disclosure.stranger_name(customer.name)
    return disclosure.text_for(disclosure.sees_full_phones(viewer), customer.name)


def changes_of(customer: Customer) -> QuerySet[OwnerChange]:
    rows = OwnerChange.objects.filter(customer=customer).select_related("before", "after", "by")
    return rows.order_by("-at", "-id")


def relations_of(customer: Customer) -> QuerySet[Relation]:
    return Relation.objects.filter(customer=customer).select_related("employee").order_by("id")


def may_write_contact(viewer: Any, employee: Any) -> bool:
    """Whether she may say who has whom in WeChat for this colleague: for herself, and for those whose customers she
    may give. Whether it is a customer of hers is the row scope's affair."""
    if not (viewer.is_active and viewer.has_perm(CHANGE)):
        return False
    return employee.pk == viewer.pk or contacts_written_by(viewer).filter(pk=employee.pk).exists()


def contacts_written_by(viewer: Any) -> QuerySet[Any]:
    """The colleagues whose WeChat contacts she may write down; those who left as well, since they leave friends behind."""
    return colleagues.owners_of(viewer)


def whose_contacts(viewer: Any) -> set[int] | None:
    """The same as ids, for the rows of a page; None for everybody's, which costs no query."""
    if not (viewer.is_active and viewer.has_perm(CHANGE)):
        return set()
    if viewer.row_scope == Scope.ALL:
        return None
    return {viewer.pk, *contacts_written_by(viewer).values_list("pk", flat=True)}


def relation_words(relation: Relation) -> dict[str, Any]:
    """Who lost whom; a blocked contact is worth more words than a deleted one."""
    return {
        "how": relation.get_how_display() if relation.how != RelationHow.UNKNOWN else "",
        "deleted": relation.get_deleted_by_display() if relation.deleted_by != Side.NOBODY else "",
        "blocked": relation.get_blocked_by_display() if relation.blocked_by != Side.NOBODY else "",
    }


def newly(people: QuerySet[Customer], employee: Any) -> QuerySet[Customer]:
    """Those of `people` that somebody else put into her hands within the last days, and that are hers still."""
    since = clock.start_of(clock.days_ago(NEWLY_DAYS - 1))
    given = OwnerChange.objects.filter(after=employee.pk, at__gte=since).exclude(by=employee.pk).order_by()
    return people.filter(owner=employee.pk, pk__in=given.values("customer"))


def handed(people: QuerySet[Customer], which: str) -> QuerySet[Customer]:
    """Those of `people` that the hand-over of this line of the audit log gave to this colleague ("line-employee")."""
    line, _dash, employee = which.partition("-")
    if not (line.isdecimal() and employee.isdecimal() and len(which) < 36):
        return people.none()
    entry = AuditEntry.objects.filter(pk=int(line), action="owner.handed_over").first()
    if entry is None:
        return people.none()
    given = OwnerChange.objects.filter(
        at=entry.detail["_at"], before=int(entry.object_id), after=int(employee)
    ).order_by()
    return people.filter(pk__in=given.values("customer"))


def given_at(moment: datetime, *, to: Iterable[int], before: int | None = None) -> dict[int, int]:
    """{employee: customers} of one act: all of its changes carry the same moment."""
    rows = OwnerChange.objects.filter(at=moment, after__in=list(to)).order_by()
    if before is not None:
        rows = rows.filter(before=before)
    return dict(rows.values_list("after").annotate(people=Count("pk")))
