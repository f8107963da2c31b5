"""Plan, do and undo of a merge. Plan and do share code; a plan whose rows changed since is refused.

Survivorship (spec: OneID): where only one of the two has a value, that one; where both have, the one whose identities
are verified, else the record that was changed last; whoever merges may choose otherwise, field by field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from customers.choices import CandidateState, IdentityKind
from customers.models import Customer, Identity, Merge, MergeCandidate
from customers.services import contacting
from customers.services.merging.movers import Repoint, movers
from scrm.kit import audit, bulk, clock
from scrm.kit.errors import Refused

# Columns that are decided together: a birthday without its month is none.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("name", "name_key"), ("gender",), ("birth_md", "birth_year", "birth_lunar"), ("city",), ("address",), ("company",),
    ("occupation",), ("education",), ("income_band",), ("spending_band",), ("budget",), ("source_id",), ("store_id",),
    ("owner_id",), ("known_since",), ("note",),
)  # fmt: skip
BAGS = ("custom", "legacy")
KEEP, FOLD = "keep", "fold"


@dataclass(frozen=True)
class Choice:
    """A field in which the two differ. `won` is KEEP or FOLD by the rule, or as somebody chose."""

    field: str
    keep: Any
    fold: Any
    won: str


@dataclass
class MergePlan:
    keep: Customer
    fold: Customer
    counts: dict[str, int] = field(default_factory=dict)
    # Of those counted, what both have and what is one thing then.
    doubled: dict[str, int] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    # Two verified identities of one kind that differ: two people, most likely.
    clashes: list[tuple[str, str, str]] = field(default_factory=list)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    stamp: str = ""


def plan(*, keep: Customer, fold: Customer, choices: Mapping[str, str] | None = None) -> MergePlan:
    """What a merge would do now; changes nothing. `choices` maps a field to "keep" or "fold".

    Raises Refused: merge.same, merge.not_living, merge.malformed.
    """
    if keep.pk == fold.pk:
        raise Refused("merge.same", _("Choose two different customers."))
    if not keep.is_living or not fold.is_living:
        raise Refused(
            "merge.not_living", _("One of the two is archived or has been merged meanwhile. Look at the list again.")
        )
    choices = choices or {}
    if set(choices.values()) - {KEEP, FOLD} or choices.keys() - {group[0] for group in GROUPS}:
        raise Refused("merge.malformed", _("Choose one of the two values."))
    found = MergePlan(keep, fold)
    found.counts = {name: count for name in movers.names() if (count := movers[name].count(fold))}
    found.doubled = _doubled(found)
    found.clashes = _clashes(keep, fold)
    ahead = FOLD if _rank(fold) > _rank(keep) else KEEP
    for group in GROUPS:
        _decide(found, group, choices.get(group[0], ""), ahead)
    for bag in BAGS:
        hers, theirs = getattr(keep, bag), getattr(fold, bag)
        merged = dict(hers)
        for key, value in theirs.items():
            if hers.get(key) in (None, "") or (ahead == FOLD and value not in (None, "")):
                merged[key] = value
        if merged != hers:
            found.changes[bag] = [hers, merged]
    phone = keep.phone or fold.phone
    if phone != keep.phone:
        found.changes["phone"] = [keep.phone, phone]
    found.stamp = _stamp(keep, fold)
    return found


def _decide(found: MergePlan, group: tuple[str, ...], chosen: str, ahead: str) -> None:
    own, other = ([getattr(person, column) for column in group] for person in (found.keep, found.fold))
    if own == other or other[0] in (None, ""):
        return
    if own[0] in (None, ""):
        won = FOLD
    else:
        won = chosen or ahead
        found.choices.append(Choice(group[0], own[0], other[0], won))
    if won == FOLD:
        for column, before, after in zip(group, own, other, strict=True):
            if before != after:
                found.changes[column] = [bulk.plain(before), bulk.plain(after)]


def _rank(person: Customer) -> tuple[bool, Any]:
    return person.identities.filter(verified=True).exists(), person.updated_at


def _doubled(found: MergePlan) -> dict[str, int]:
    asked = {name: mover for name in found.counts if isinstance(mover := movers[name], Repoint)}
    return {name: count for name, mover in asked.items() if (count := mover.doubled(found.fold, found.keep))}


def _clashes(keep: Customer, fold: Customer) -> list[tuple[str, str, str]]:
    """(kind, hers, the other's) of kinds of which both have a verified one: no identity is two people's, so they differ."""
    known: list[dict[str, list[str]]] = []
    for person in (keep, fold):
        values: dict[str, list[str]] = {}
        for kind, value in person.identities.filter(verified=True).order_by("pk").values_list("kind", "value"):
            values.setdefault(kind, []).append(value)
        known.append(values)
    own, other = known
    return [(kind, "、".join(own[kind]), "、".join(other[kind])) for kind in own if kind in other]


def _stamp(keep: Customer, fold: Customer) -> str:
    """What a plan was made from, in short."""
    said = [
        [person.pk, person.updated_at.isoformat(), [[name, movers[name].mark(person)] for name in movers.names()]]
        for person in (keep, fold)
    ]
    return blake2b(bulk.dump(said).encode(), digest_size=16).hexdigest()  # type: ignore[union-attr]


def carry_out(
    made: MergePlan, *, by: Any, evidence: Sequence[Any] = (), choices: Mapping[str, str] | None = None
) -> Merge:
    """Does what the plan says, in one transaction. `by` None is nobody: what seems to be two people is left to somebody
    who looks. Raises Refused: "merge.stale" when something changed since, "merge.conflict"."""
    with transaction.atomic():
        # Both at once and in one order, so that two who merge the same pair do not wait for each other for ever.
        locked = {
            person.pk: person
            for person in Customer.everyone.select_for_update(of=("self",))
            .filter(pk__in=[made.keep.pk, made.fold.pk])
            .order_by("pk")
        }
        keep, fold = locked[made.keep.pk], locked[made.fold.pk]
        if not keep.is_living or not fold.is_living:
            raise stale()
        now_made = plan(keep=keep, fold=fold, choices=choices)
        if now_made.stamp != made.stamp:
            raise stale()
        if by is None and now_made.clashes:
            raise Refused("merge.conflict", _("Both have verified numbers of one kind that differ: somebody has to decide."))
        moved = {name: movers[name].move(fold, keep) for name in movers.names()}
        values = {column: _typed(column, after) for column, (_before, after) in now_made.changes.items()}
        now = clock.now()
        Customer.everyone.filter(pk=keep.pk).update(**values, updated_at=now)
        Customer.everyone.filter(pk=fold.pk).update(merged_into=keep.pk, updated_at=now)
        contacting.refresh_last_contact((keep.pk, fold.pk))
        merge = Merge.objects.create(
            kept=keep, folded=fold, evidence=list(evidence), moved=moved, changes=now_made.changes, by=by, at=now
        )
        audit.record("person.merged", by=by, on=keep, folded=fold.pk, count=sum(now_made.counts.values()))
    made.keep.refresh_from_db()
    made.fold.refresh_from_db()
    return merge


def stale() -> Refused:
    return Refused("merge.stale", _("One of the two has changed meanwhile. Look at the plan again."))


def _typed(column: str, value: Any) -> Any:
    if value is None or column in BAGS:
        return value
    target = Customer._meta.get_field(column.removesuffix("_id"))
    assert isinstance(target, models.Field)
    return value if isinstance(target, models.ForeignKey) else target.to_python(value)


@dataclass(frozen=True)
class UndoPlan:
    """A merge that can be taken apart now: who was kept, and who becomes a customer of her own again."""

    merge: Merge
    keep: Customer
    fold: Customer


def undo_plan(merge: Merge, *, locked: bool = False) -> UndoPlan:
    """Whether it can be undone as things are now; changes nothing. Raises Refused: merge.undone, merge.erased,
    merge.folded. `locked`: inside a transaction, and nobody changes it before that ends."""
    merges, rows = Merge.objects.all(), Customer.everyone.all()
    if locked:
        merges, rows = merges.select_for_update(of=("self",)), rows.select_for_update(of=("self",))
    done = merges.get(pk=merge.pk)
    people = {person.pk: person for person in rows.filter(pk__in=[done.kept_id, done.folded_id]).order_by("pk")}
    keep, fold = people[done.kept_id], people[done.folded_id]
    if done.undone_at is not None:
        raise Refused("merge.undone", _("This merge has been undone already."))
    if keep.erased_at or fold.erased_at:
        raise Refused("merge.erased", _("One of the two was erased since; the merge stays."))
    if keep.merged_into_id is not None:
        raise Refused("merge.folded", _("She has been merged into somebody else since. Undo that merge first."))
    return UndoPlan(done, keep, fold)


def undo(merge: Merge, *, by: Any) -> None:
    """Exactly the rows that moved go back, and the values that still are as the merge left them; what came later
    stays with the one who was kept, but what a sheet wrote by an identity that goes back. Refuses as `undo_plan` does."""
    with transaction.atomic():
        made = undo_plan(merge, locked=True)
        done, keep, fold = made.merge, made.keep, made.fold
        # In the movers' own order: PostgreSQL keeps the keys of JSON in another one.
        for name in reversed(movers.names()):
            if name in done.moved:
                movers[name].back(done.moved[name], fold, keep)
        for name in movers.names():
            movers[name].follow(fold, keep)
        values = _values_back(keep, done.changes)
        now_at = clock.now()
        Customer.everyone.filter(pk=keep.pk).update(**values, updated_at=now_at)
        Customer.everyone.filter(pk=fold.pk).update(merged_into=None, updated_at=now_at)
        _phones_as_they_are(keep.pk, fold.pk)
        contacting.refresh_last_contact((keep.pk, fold.pk))
        Merge.objects.filter(pk=merge.pk).update(undone_at=now_at, undone_by=by)
        audit.record("person.merge_undone", by=by, on=keep, folded=fold.pk)
    merge.refresh_from_db()


def _values_back(keep: Customer, changes: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What is decided together goes back together: the year of a birthday that was corrected since is not the old one."""
    values: dict[str, Any] = {}
    for group in (*GROUPS, ("phone",)):
        changed = [column for column in group if column in changes]
        if all(bulk.plain(getattr(keep, column)) == changes[column][1] for column in changed):
            values |= {column: _typed(column, changes[column][0]) for column in changed}
    for bag in BAGS:
        if bag in changes:
            values[bag] = _bag_back(getattr(keep, bag), *changes[bag])
    return values


def _bag_back(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Keys that still are as the merge left them become what they were; what was written since stays."""
    back = dict(now)
    for key, value in after.items():
        if now.get(key) == value and before.get(key) != value:
            if key in before:
                back[key] = before[key]
            else:
                del back[key]
    return back


def _phones_as_they_are(*people: int) -> None:
    """The number beside the name is one of her own identities again."""
    for pk in people:
        numbers = list(
            Identity.objects.filter(customer=pk, kind=IdentityKind.PHONE).order_by("pk").values_list("value", flat=True)
        )
        person = Customer.everyone.filter(pk=pk)
        if numbers:
            person.exclude(phone__in=numbers).update(phone=numbers[0])
        else:
            person.update(phone="")


def reject(candidate: MergeCandidate, *, by: Any) -> None:
    """They are two people: the pair is not proposed again. Raises Refused("candidate.settled")."""
    changed = MergeCandidate.objects.filter(pk=candidate.pk, state=CandidateState.OPEN).update(
        state=CandidateState.REJECTED
    )
    if not changed:
        raise Refused("candidate.settled", _("Somebody has settled this pair already."))
    audit.record("person.two_people", by=by, on=candidate.first, other=candidate.second_id)
    candidate.refresh_from_db()
