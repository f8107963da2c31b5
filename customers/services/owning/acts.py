"""The four acts, each in one transaction of at most IN_REQUEST people: its condition, its rows, its tasks and its line
in the log stand or fall together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.choices import OwnerHow
from customers.models import Customer, OwnerChange
from customers.queries import disclosure, owners
from customers.services import remembering
from customers.services.owning import dealing, moving, rights, telling
from scrm.kit import audit, clock
from scrm.kit.errors import Refused
from scrm.staff.models import Employee

# What one transaction may hold; `mass` takes more, in slices that survive a death.
IN_REQUEST = moving.SLICE
# Whoever takes for herself takes what she can call: a page of the list.
CLAIM_AT_ONCE = 50
ASSIGNED, SHARED, CLAIMED, RELEASED = "owner.assigned", "owner.shared_out", "owner.claimed", "owner.released"


@dataclass(frozen=True)
class Claimed:
    """`lost`: (her masked name, who has her now) of those somebody else was quicker to take."""

    got: list[int]
    lost: list[tuple[str, str]] = field(default_factory=list)

    def said(self) -> str:
        """Who was too slow, by name; "" when nobody was."""
        if not self.lost:
            return ""
        told = _(", ").join(_("%(person)s (now with %(owner)s)") % {"person": p, "owner": o} for p, o in self.lost[:5])
        more = len(self.lost) - 5
        return told + (_(" and %(count)d more") % {"count": more} if more > 0 else "")


def assign(
    people: QuerySet[Customer], *, to: Employee, by: Any, note: str = "", how: str = OwnerHow.ASSIGNED, free: bool = False
) -> int:
    """All of `people` (as far as `by` may move them) to one colleague; how many were not hers before. `free`: only who
    has nobody at that moment. Raises Refused as `rights` does, "owner.too_many" above IN_REQUEST."""
    rights.require_assign(by)
    with transaction.atomic():
        [employee] = rights.targets([to], by=by)
        rows = owners.movable_by(by).filter(owner=None) if free else owners.movable_by(by)
        changes = _move(people, rows, moving.everyone_to(employee), how=how, by=by, note=note)
        _record(ASSIGNED, changes, {employee.pk: employee.name}, by=by)
    return len(changes)


def share_out(people: QuerySet[Customer], *, among: Iterable[Employee], by: Any, note: str = "") -> dict[int, int]:
    """Those of `people` nobody looks after, evenly: {employee: customers}, differing by one at most."""
    rights.require_assign(by)
    with transaction.atomic():
        chosen = rights.targets(among, by=by)
        held: Counter[int] = Counter({employee.pk: 0 for employee in chosen})

        def choose(part: list[int]) -> dict[int, Employee]:
            dealt = dealing.deal(part, chosen, held)
            held.update(employee.pk for employee in dealt.values())
            return dealt

        rows = owners.movable_by(by).filter(owner=None)
        changes = _move(people, rows, choose, how=OwnerHow.SHARED_OUT, by=by, note=note)
        _record(SHARED, changes, {employee.pk: employee.name for employee in chosen}, by=by)
    return dict(held)


def release(people: QuerySet[Customer], *, by: Any, note: str = "") -> int:
    """Back into the pool: nobody looks after them. Their store stays; the open work falls to `by`."""
    rights.require_assign(by)
    with transaction.atomic():
        rows = owners.movable_by(by).exclude(owner=None)
        changes = _move(people, rows, moving.everyone_to(None), how=OwnerHow.RELEASED, by=by, note=note)
        _record(RELEASED, changes, {}, by=by)
    return len(changes)


def claim(people: QuerySet[Customer], *, by: Employee) -> Claimed:
    """For oneself, from the pool. Of two who want the same one the second is told who was quicker. Raises Refused:
    "owner.claim_not_allowed"; "pool.too_many" above CLAIM_AT_ONCE; "pool.taken" when none was left for her."""
    rights.require_claim(by)
    wanted = moving.ids_of(people, CLAIM_AT_ONCE + 1)
    if len(wanted) > CLAIM_AT_ONCE:
        said = _("At most %(limit)d customers can be taken at once. Tick fewer, look after them, then take more.")
        raise Refused("pool.too_many", said % {"limit": CLAIM_AT_ONCE})
    return claim_these(wanted, by=by)


def claim_these(wanted: list[int], *, by: Employee) -> Claimed:
    """Ids as they stood on her page: who is gone from the pool since is looked up, to tell by whom."""
    rights.require_claim(by)
    wanted = wanted[:CLAIM_AT_ONCE]
    with transaction.atomic():
        [employee] = rights.targets([by], by=None)
        changes = _move_ids(wanted, owners.pool_of(by), moving.everyone_to(employee), how=OwnerHow.CLAIMED, by=by)
        _record(CLAIMED, changes, {}, by=by)
    got = [change.customer_id for change in changes]
    lost = _taken(set(wanted) - set(got), by)
    if not got:
        told = Claimed([], lost)
        if not lost:
            raise Refused("pool.gone", _("These customers are no longer in the pool. The list below is as it is now."))
        said = _("Somebody was quicker: %(people)s. The list below is as it is now.")
        raise Refused("pool.taken", said % {"people": told.said()}, lost=lost)
    return Claimed(got, lost)


def _taken(pks: set[int], by: Employee) -> list[tuple[str, str]]:
    """Only those that were hers to take: nobody learns whose a foreign store's customers are."""
    if not pks:
        return []
    near = owners.nearby(by)
    rows = Customer.objects.filter(pk__in=pks).exclude(owner=None).exclude(owner=by).select_related("owner")
    rows = rows if near is None else rows.filter(near)
    return [(disclosure.stranger_name(row.name) or row.masked_phone, row.owner.name) for row in rows.order_by("pk")]


def _move(
    people: QuerySet[Customer], rows: QuerySet[Customer], choose: Any, *, how: str, by: Any, note: str
) -> list[OwnerChange]:
    ids = moving.ids_of(people, IN_REQUEST + 1)
    if len(ids) > IN_REQUEST:
        said = _("At most %(limit)s customers at once: narrow the list down with a filter first.")
        raise Refused("owner.too_many", said % {"limit": f"{IN_REQUEST:,}"})
    return _move_ids(ids, rows, choose, how=how, by=by, note=note)


def _move_ids(
    ids: list[int], rows: QuerySet[Customer], choose: Any, *, how: str, by: Any, note: str = ""
) -> list[OwnerChange]:
    at, note = clock.now(), telling.clean_note(note)
    alone = ids[0] if len(ids) == 1 and rows.filter(pk=ids[0]).exists() else None
    if alone is not None:
        # An edit of one person by a person: her history tells it like one from the form.
        remembering.before_edit(alone)
    changes = moving.move(rows.filter(pk__in=ids), choose, how=how, by=by, note=note, at=at)
    if changes and how != OwnerHow.CLAIMED:
        telling.announce(changes, by=by)
    if changes and alone is not None:
        remembering.after_edit(alone, by=by)
    return changes


def _record(action: str, changes: list[OwnerChange], names: dict[int, str], *, by: Any) -> None:
    """One line: on the customer if it was one, else on the colleague if it was one; with how many each got."""
    if not changes:
        return
    got = Counter(change.after_id for change in changes)
    told = {"to": [f"{name} {got[pk]:,}" for pk, name in names.items()]} if names else {}
    on: Any = None
    if len(changes) == 1:
        on = Customer(pk=changes[0].customer_id)
    elif len(names) == 1:
        on = Employee(pk=next(iter(names)))
    audit.record(action, by=by, on=on, count=len(changes), **told)
