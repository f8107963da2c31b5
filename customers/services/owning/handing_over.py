"""Hand-over 交接: all customers and open work of one employee to others. Plan, confirm, do; in slices.

Customers go first, a slice at a time, by what is still the leaver's: after a death the job simply goes on. Then, in one
transaction, the open tasks, the appointments to come, the newly-assigned tasks, what the apps above call open work
(`staff.leaving.works`) and the one line in the audit log, which also says that it is done. What stays: credits of orders, who wrote what, and her WeChat contacts, which only WeChat moves.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum
from django.utils.translation import gettext as _

from customers.choices import AppointmentState, OwnerHow, Side, TaskReason
from customers.models import Appointment, Customer, OwnerChange, Relation, Task
from customers.queries import colleagues, handovers, owners
from customers.services.owning import dealing, moving, rights, telling, work
from scrm.kit import audit, clock, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from scrm.staff import leaving
from scrm.staff.models import Department, Employee
from scrm.staff.services import employees

JOB = "customers.tasks.hand_over"
DONE, BROKEN_OFF = handovers.DONE, "owner.hand_over_broken_off"
# So many are done while one waits for the page.
IN_REQUEST = 100
SECONDS = 20.0
NO_STORE = 0
ACCOUNTS = "staff.change_employee"


@dataclass(frozen=True)
class Plan:
    """What hangs on her now. `stores`: (pk or NO_STORE, name, customers). `stamp` changes with any of it."""

    leaver: Employee
    customers: int
    archived: int
    stores: list[tuple[int, str, int]]
    tasks: int
    agreed: int
    appointments: int
    contacts: int
    # {name of the work: pieces} of the apps above, what is none left out.
    others: dict[str, int]
    stamp: str

    @property
    def anything(self) -> bool:
        return bool(self.customers or self.tasks or self.appointments or self.others)

    @property
    def other_words(self) -> list[str]:
        return leaving.words_of(self.others)


@dataclass(frozen=True)
class Way:
    """To whom: evenly among several, or each store's customers to one. Ids, since a job carries it."""

    even: list[int] = field(default_factory=list)
    stores: dict[int, int] = field(default_factory=dict)

    @property
    def successors(self) -> list[int]:
        return sorted({*self.even, *self.stores.values()})

    def plain(self) -> dict[str, Any]:
        return {"even": sorted(set(self.even))} if self.even else {"stores": {str(s): e for s, e in self.stores.items()}}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Way":
        return cls(list(plain.get("even", [])), {int(s): e for s, e in plain.get("stores", {}).items()})


def may_hand_over(by: Any, leaver: Employee) -> bool:
    return bool(by.is_active and colleagues.may_assign(by) and colleagues.owners_of(by).filter(pk=leaver.pk).exists())


def people_of(leaver: int) -> QuerySet[Customer]:
    """Archived ones too: whoever brings one back finds her with somebody who is here."""
    return Customer.everyone.filter(owner=leaver, merged_into=None, erased_at=None)


def work_of(leaver: int) -> tuple[QuerySet[Task], QuerySet[Appointment]]:
    """Open tasks, and what is booked with her from now on."""
    coming = Appointment.objects.filter(employee=leaver, state=AppointmentState.BOOKED, starts_at__gte=clock.now())
    return Task.objects.open().filter(employee=leaver).exclude(reason=TaskReason.ASSIGNED), coming


def plan(leaver: Employee, *, by: Employee) -> Plan:
    """Raises Refused("handover.not_yours") for somebody outside the own department."""
    if not may_hand_over(by, leaver):
        raise Refused("handover.not_yours", _("You may hand over the customers of your own people only."))
    people, (tasks, coming) = people_of(leaver.pk), work_of(leaver.pk)
    counted = people.order_by().values("store").annotate(n=Count("pk")).order_by("store")
    by_store = {row["store"] or NO_STORE: row["n"] for row in counted}
    names = dict(Department.objects.filter(pk__in=by_store).values_list("pk", "name"))
    others = {name: work.stands(leaver.pk) for name, work in leaving.works.items()}
    marks = [
        leaver.pk, by_store, others,
        *(rows.order_by().aggregate(Count("pk"), Max("pk"), Sum("pk")) for rows in (people, tasks, coming)),
    ]  # fmt: skip
    contacts = Relation.objects.filter(employee=leaver, deleted_by=Side.NOBODY, customer__in=people.order_by().values("pk"))
    return Plan(
        leaver=leaver,
        customers=sum(by_store.values()),
        archived=people.exclude(archived_at=None).count(),
        stores=[(pk, names.get(pk, ""), count) for pk, count in by_store.items()],
        tasks=tasks.count(),
        agreed=tasks.filter(reason=TaskReason.FOLLOW_UP).count(),
        appointments=coming.count(),
        contacts=contacts.count(),
        others={name: len(pieces) for name, pieces in others.items() if pieces},
        stamp=hashlib.sha256(repr(marks).encode()).hexdigest()[:32],
    )


def shares(made: Plan, way: Way, *, by: Employee) -> list[tuple[Employee, int]]:
    """How many customers each would get. Raises Refused as carrying it out would."""
    with transaction.atomic():
        found = _successors(made.leaver.pk, way, by=by)
    if way.even:
        each, rest = divmod(made.customers, len(found))
        return [(employee, each + (at < rest)) for at, employee in enumerate(found)]
    return [
        (employee, sum(n for store, _name, n in made.stores if way.stores.get(store) == employee.pk))
        for employee in found
    ]


def carry_out(
    made: Plan, way: Way, *, by: Employee, stamp: str, note: str = "", deactivate: bool = False
) -> JobRun:
    """Few are done at once, many by the worker; the job either way, whose end is a line in the audit log. Raises
    Refused: "handover.stale", "handover.done", "handover.nothing", "handover.running", "handover.self", "handover.store",
    "handover.no_account", and what `rights.targets` refuses."""
    with transaction.atomic():
        # Two who confirm at the same moment come after each other, and the second meets the job of the first.
        leaver = _locked(made.leaver.pk, way)
        now = plan(leaver, by=by)
        if not now.anything:
            raise _nothing(leaver)
        if now.stamp != stamp:
            raise Refused("handover.stale", _("Something has changed since you looked. Please check the figures again."))
        _successors(leaver.pk, way, by=by)
        missing = [name or _("without a store") for store, name, _n in now.stores if way.stores and store not in way.stores]
        if missing:
            said = _("Choose who takes the customers of: %(stores)s.")
            raise Refused("handover.store", said % {"stores": _(", ").join(missing)})
        if deactivate:
            _may_deactivate(leaver, by)
        what = {
            "leaver": leaver.pk, "by": by.pk, "note": telling.clean_note(note), "at": clock.now().isoformat(),
            "way": way.plain(), "deactivate": deactivate, "customers": now.customers,
        }  # fmt: skip
        small = now.customers <= IN_REQUEST
        job = jobs.enqueue(JOB, what, key=key_of(leaver.pk))
        if job.args != [what]:
            raise Refused("handover.running", _("The hand-over of %(name)s is under way already.") % {"name": leaver.name})
    if small:
        jobs.run(job.pk)
        job.refresh_from_db()
    return job


def _nothing(leaver: Employee) -> Refused:
    """Somebody was quicker, or there never was anything."""
    last = handovers.last_of(leaver.pk)
    if last is not None:
        return Refused("handover.done", last.said)
    said = _("%(name)s has no customers and no open work: there is nothing to hand over.")
    return Refused("handover.nothing", said % {"name": leaver.name})


def key_of(leaver: int) -> str:
    return f"hand-over:{leaver}"


def step(what: dict[str, Any]) -> bool:
    """Goes on for at most SECONDS; True when everything is handed over."""
    by, at, way = Employee.objects.get(pk=what["by"]), datetime.fromisoformat(what["at"]), Way.read(what["way"])
    began = time.monotonic()
    while _slice(what, way, by=by, at=at):
        jobs.beat()
        if time.monotonic() - began > SECONDS or jobs.stopping():
            return False
    with transaction.atomic():
        _finish(what, way, by=by, at=at)
    return True


@transaction.atomic
def _slice(what: dict[str, Any], way: Way, *, by: Employee, at: datetime) -> int:
    """How many were looked at; 0 when she has nobody left. Asked anew each time: a successor who left in between gets
    nobody more."""
    rights.require_assign(by)
    found = {employee.pk: employee for employee in _successors(what["leaver"], way, by=by)}
    rows = people_of(what["leaver"])
    ids = moving.ids_of(rows, moving.SLICE)
    held = owners.given_at(at, to=found, before=what["leaver"])

    def choose(people: list[int]) -> Mapping[int, Employee]:
        if way.even:
            return dealing.deal(people, found.values(), held)
        stores = Customer.everyone.filter(pk__in=people).values_list("pk", "store_id")
        return {pk: found[way.stores.get(store or NO_STORE, way.successors[0])] for pk, store in stores}

    part = rows.filter(pk__in=ids)
    moving.move(part, choose, how=OwnerHow.HANDED_OVER, by=by, note=what["note"], at=at, work=False)
    return len(ids)


def _finish(what: dict[str, Any], way: Way, *, by: Employee, at: datetime) -> None:
    leaver = _locked(what["leaver"], way)
    if done(leaver.pk, at) is not None:
        return
    found = _successors(leaver.pk, way, by=by)
    new = Task.objects.filter(employee=leaver.pk, reason=TaskReason.ASSIGNED)
    work.drop(new, by=by)
    tasks, coming = work_of(leaver.pk)
    got_tasks, got_coming = _hand_on(tasks, found, way, at, leaver.pk), _hand_on(coming, found, way, at, leaver.pk)
    telling.announce_later(at, to=[employee.pk for employee in found], by=by, before=leaver.pk)
    got = owners.given_at(at, to=[employee.pk for employee in found], before=leaver.pk)
    others = {name: work.hand_on(leaver, found, by) for name, work in leaving.works.items()}
    stays = _deactivate(leaver, by) if what["deactivate"] else ""
    audit.record(
        DONE, by=by, on=leaver, count=sum(got.values()),
        to=[f"{employee.name} {got.get(employee.pk, 0):,}" for employee in found],
        tasks=sum(got_tasks.values()), appointments=sum(got_coming.values()),
        _at=at.isoformat(), _stays=stays, _others={name: sum(more.values()) for name, more in others.items()},
        _got=[[e.pk, got.get(e.pk, 0), got_tasks[e.pk], got_coming[e.pk], _of(e, others)] for e in found],
    )  # fmt: skip


def _of(employee: Employee, others: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    return {name: got[employee.pk] for name, got in others.items() if got.get(employee.pk)}


def _hand_on(rows: QuerySet[Any], found: list[Employee], way: Way, at: datetime, leaver: int) -> dict[int, int]:
    """Work for her customers goes where they went; for other people's customers by the same rule as customers. How
    much each got."""
    got: dict[int, int] = {}
    for employee in found:
        taken = OwnerChange.objects.filter(at=at, before=leaver, after=employee.pk).order_by().values("customer")
        got[employee.pk] = rows.filter(customer__in=taken).order_by().update(employee=employee.pk)
    rest = list(rows.order_by("pk").values_list("pk", "customer__store"))
    if way.even:
        wanted = {pk: to.pk for pk, to in dealing.deal([pk for pk, _store in rest], found, got).items()}
    else:
        wanted = {pk: way.stores.get(store or NO_STORE, found[0].pk) for pk, store in rest}
    for pk in got:
        pks = [one for one, to in wanted.items() if to == pk]
        if pks:
            got[pk] += rows.model._default_manager.filter(pk__in=pks).update(employee=pk)
    return got


def _locked(leaver: int, way: Way) -> Employee:
    """She, and all who take over, in one order: two hand-overs to each other do not block each other for good."""
    rows = Employee.objects.filter(pk__in=[leaver, *way.successors]).order_by("pk")
    return {employee.pk: employee for employee in rows.select_for_update(of=("self",), no_key=True)}[leaver]


def _successors(leaver: int, way: Way, *, by: Employee) -> list[Employee]:
    if leaver in way.successors:
        raise Refused("handover.self", _("The customers are handed over from this colleague: choose somebody else."))
    return rights.targets(way.successors, by=by)


def _may_deactivate(leaver: Employee, by: Employee) -> None:
    if not by.has_perm(ACCOUNTS):
        raise Refused("handover.no_account", _("Only the owner may deactivate an account. Take the tick away and go on."))
    if leaver.is_active:
        employees.may_deactivate(leaver, by=by)


def _deactivate(leaver: Employee, by: Employee) -> str:
    """Why she could not be, "" when she is: the hand-over itself stands either way."""
    try:
        if leaver.is_active:
            with transaction.atomic():
                _may_deactivate(leaver, by)
                employees.deactivate(leaver, by=by)
    except Refused as no:
        return no.code
    return ""


def broken_off(what: dict[str, Any]) -> None:
    """The job was given up. What was moved stays so, the rest is still the leaver's: a new hand-over takes it."""
    at, way = datetime.fromisoformat(what["at"]), Way.read(what["way"])
    count = sum(owners.given_at(at, to=way.successors, before=what["leaver"]).values())
    by = Employee.objects.get(pk=what["by"])
    audit.record(BROKEN_OFF, by=by, on=Employee(pk=what["leaver"]), count=count)


def done(leaver: int, at: datetime) -> AuditEntry | None:
    entries = AuditEntry.objects.filter(action=DONE, object_type="staff.employee", object_id=str(leaver))
    found: AuditEntry | None = entries.filter(detail___at=at.isoformat()).first()
    return found
