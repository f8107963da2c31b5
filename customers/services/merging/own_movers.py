"""The movers of this app's own relations."""

from typing import Any

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.choices import CandidateState
from customers.models import (
    Appointment,
    Consent,
    Customer,
    CustomerTag,
    Event,
    Feedback,
    FollowUp,
    Identity,
    ImportRow,
    MergeCandidate,
    Opening,
    Order,
    OwnerChange,
    Relation,
    Task,
)
from customers.services.merging.movers import Repoint, Stays, movers
from customers.services.ordering import listeners
from scrm.kit import bulk


class Openings:
    """What each of the two had done before counts once more: of one system the figures are added up, and the folded
    one keeps her row, so that undo can take off exactly what was added."""

    relations = ("customers.opening.customer",)
    label: str | Promise = _("opening figures")

    def count(self, fold: Customer) -> int:
        return fold.openings.count()

    def mark(self, fold: Customer) -> Any:
        return [[o.pk, o.spend_fen, o.orders, str(o.last_order_on), o.level] for o in fold.openings.order_by("pk")]

    def move(self, fold: Customer, keep: Customer) -> Any:
        hers = {opening.system: opening for opening in keep.openings.select_for_update()}
        moved: list[int] = []
        added: list[dict[str, Any]] = []
        for opening in fold.openings.select_for_update():
            own = hers.get(opening.system)
            if own is None:
                moved.append(opening.pk)
                continue
            days = [day for day in (own.last_order_on, opening.last_order_on) if day]
            last, level = max(days, default=None), own.level or opening.level
            Opening.objects.filter(pk=own.pk).update(
                spend_fen=_sum(own.spend_fen, opening.spend_fen),
                orders=_sum(own.orders, opening.orders),
                last_order_on=last,
                level=level,
            )
            added.append(
                {
                    "opening": own.pk, "spend_fen": opening.spend_fen, "orders": opening.orders,
                    "had_spend": own.spend_fen is not None, "had_orders": own.orders is not None,
                    "last_order_on": [bulk.plain(own.last_order_on), bulk.plain(last)], "level": [own.level, level],
                }
            )  # fmt: skip
        Opening.objects.filter(pk__in=moved).update(customer=keep.pk)
        return {"moved": moved, "added": added}

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        Opening.objects.filter(pk__in=moved["moved"], customer=keep.pk).update(customer=fold.pk)
        for one in moved["added"]:
            own = Opening.objects.filter(pk=one["opening"])
            if one["spend_fen"] is not None:
                own.update(spend_fen=F("spend_fen") - one["spend_fen"])
            if one["orders"] is not None:
                own.update(orders=F("orders") - one["orders"])
            # A figure that she did not have at all is unknown again, not nothing.
            if not one["had_spend"]:
                own.filter(spend_fen=0).update(spend_fen=None)
            if not one["had_orders"]:
                own.filter(orders=0).update(orders=None)
            # What a sheet has said since stays.
            for column in ("last_order_on", "level"):
                before, after = one[column]
                own.filter(**{column: after}).update(**{column: before})

    def follow(self, fold: Customer, keep: Customer) -> None:
        return None


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


class Candidates:
    """Pairs with the folded one become pairs with the winner; the pair of the two themselves is settled."""

    relations = ("customers.mergecandidate.first", "customers.mergecandidate.second")
    label: str | Promise = _("possible duplicates")

    def _rows(self, person: Customer) -> Any:
        return MergeCandidate.objects.filter(Q(first=person.pk) | Q(second=person.pk))

    def count(self, fold: Customer) -> int:
        return int(self._rows(fold).count())

    def mark(self, fold: Customer) -> Any:
        return [list(row) for row in self._rows(fold).order_by("pk").values_list("pk", "state")]

    def move(self, fold: Customer, keep: Customer) -> Any:
        moved = []
        taken = {pair for own in self._rows(keep).values_list("first", "second") for pair in [frozenset(own)]}
        for candidate in self._rows(fold).select_for_update(of=("self",)).order_by("pk"):
            before = [candidate.first_id, candidate.second_id, candidate.state]
            other = candidate.second_id if candidate.first_id == fold.pk else candidate.first_id
            if other == keep.pk:
                after = [*before[:2], CandidateState.MERGED.value]
            elif frozenset((keep.pk, other)) in taken:
                continue  # she is proposed with this one already
            else:
                after = [*sorted((keep.pk, other)), candidate.state]
                taken.add(frozenset(after[:2]))
            self._turn(candidate.pk, before, after)
            moved.append([candidate.pk, before, after])
        return moved

    def back(self, moved: Any, fold: Customer, keep: Customer) -> None:
        for pk, before, after in moved:
            # Told apart since: that was said of the one who was kept. Merged since: its own undo puts it back.
            self._turn(pk, after, before)

    def _turn(self, pk: int, before: list[Any], after: list[Any]) -> None:
        names = ("first", "second", "state")
        standing = MergeCandidate.objects.filter(pk=pk, **dict(zip(names, before, strict=True)))
        standing.update(**dict(zip(names, after, strict=True)))

    def follow(self, fold: Customer, keep: Customer) -> None:
        return None


def register() -> None:
    movers.register("identities", Repoint(Identity, _("ways to reach or know her")))
    movers.register("tags", Repoint(CustomerTag, _("tags"), unless_there=("tag",)))
    movers.register("consents", Repoint(Consent, _("consents"), written_once=True))
    movers.register("openings", Openings())
    movers.register("orders", Repoint(Order, _("orders"), told=listeners.tell, by_identity=True, touched="updated_at"))
    movers.register("follow_ups", Repoint(FollowUp, _("follow-ups"), by_identity=True))
    movers.register("appointments", Repoint(Appointment, _("appointments"), by_identity=True))
    movers.register("tasks", Repoint(Task, _("tasks")))
    movers.register("feedback", Repoint(Feedback, _("feedback")))
    movers.register("events", Repoint(Event, _("traces of behaviour"), written_once=True))
    movers.register("owner_changes", Repoint(OwnerChange, _("changes of owner"), written_once=True))
    movers.register("relations", Repoint(Relation, _("WeChat contacts"), unless_there=("employee",)))
    movers.register("import_rows", Repoint(ImportRow, _("rows of imports")))
    movers.register("candidates", Candidates())
    movers.register(
        "stays",
        Stays(
            (
                "customers.customer.merged_into", "customers.historicalcustomer.merged_into", "customers.merge.kept",
                "customers.merge.folded", "customers.historicalrelation.customer",
            )
        ),
    )  # fmt: skip
