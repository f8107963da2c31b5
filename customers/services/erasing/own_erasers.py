"""The erasers of this app."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.choices import AppointmentState, ExportState, IdentityKind, TaskState
from customers.models import (
    Appointment,
    Consent,
    Customer,
    CustomerTag,
    ErasedIdentity,
    Event,
    Export,
    Feedback,
    FollowUp,
    Identity,
    ImportBatch,
    ImportRow,
    Merge,
    MergeCandidate,
    Order,
    OwnerChange,
    Refund,
    Relation,
    Task,
)
from customers.queries import erased
from customers.services.erasing.erasers import Empties, Keeps, Removes, erasers
from scrm.kit import clock, phones

BLANK = (
    "name", "name_key", "phone", "gender", "city", "address", "company", "occupation", "education", "income_band",
    "spending_band", "budget", "note",
)  # fmt: skip
UNKNOWN = ("birth_year", "birth_md", "known_since", "last_contact_at", "imported_in")
# A shorter value stands inside too many others.
TELLING = 6
IMPORT_ROW: dict[str, Any] = dict.fromkeys(("detail", "changes", "warnings", "unknown", "cells"))


class Herself:
    """Her own row: it stays, empty, because orders point at it. Store, owner and channel stay with it: they say whose
    order it was, not who she is."""

    relations = ("customers.customer.merged_into",)
    label: str | Promise = _("name, phone, address, birthday, notes, own fields and columns kept from sheets")

    def count(self, people: Sequence[int]) -> int:
        return len(people)

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        now = clock.now()
        values: dict[str, Any] = {**dict.fromkeys(BLANK, ""), **dict.fromkeys(UNKNOWN), "birth_lunar": False, "custom": {}, "legacy": {}}
        Customer.everyone.filter(pk__in=people).update(**values, erased_at=now, archived_at=None, updated_at=now)
        return ()


class Identities(Removes):
    """Gone, but for a keyed hash of each: a sheet that brings one back has that row rejected."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        pairs = self.rows(people).values_list("kind", "value")
        ErasedIdentity.objects.bulk_create(
            [ErasedIdentity(hash=erased.hash_of(kind, value)) for kind, value in pairs], ignore_conflicts=True
        )
        return super().erase(people)


class Strays:
    """Rows of imports that are nobody's, mostly rejected ones, and numbers of orders in which one of her numbers
    stands. Found by looking through what is still kept, so it comes before her identities go."""

    relations: tuple[str, ...] = ()
    label: str | Promise = _("rejected rows of sheets with one of her numbers")

    def count(self, people: Sequence[int]) -> int:
        return int(self._rows(people).count())

    def _rows(self, people: Sequence[int]) -> Any:
        values = _telling(people)
        batches = list(ImportBatch.objects.exclude(path="").values_list("pk", flat=True))
        if not values or not batches:
            return ImportRow.objects.none()
        rows = ImportRow.objects.filter(batch__in=batches, customer=None, cells__isnull=False).order_by()
        rows = rows.annotate(said=Cast("cells", TextField()))
        found = Q()
        for value in values:
            found |= Q(said__contains=value)
        return rows.filter(found)

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        ImportRow.objects.filter(pk__in=list(self._rows(people).values_list("pk", flat=True))).update(**IMPORT_ROW)
        # Phones only: a short card number may stand in anybody's order number by chance.
        for value in filter(phones.is_plain, _telling(people)):
            orders = Order.objects.filter(customer__in=people, number__contains=value)
            orders.update(number=Concat(Value("#"), Cast(F("pk"), TextField())))
        return ()


def _telling(people: Sequence[int]) -> list[str]:
    rows = Identity.objects.filter(customer__in=people).exclude(kind=IdentityKind.SHEET_ROW).order_by("pk")
    return [value for value in rows.values_list("value", flat=True)[:50] if len(value) >= TELLING]


class Orders(Empties):
    """Amounts, lines, who served: they stay. Notes, proof pictures and the fingerprint of the sheet's row go."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        files = list(self.rows(people).exclude(proof="").values_list("proof", flat=True))
        Order.objects.filter(customer__in=people).update(digest="", identity=None)
        super().erase(people)
        return files


class Tasks(Empties):
    """Nobody is reminded of somebody who is gone."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        super().erase(people)
        still = Task.objects.filter(customer__in=people, state=TaskState.OPEN)
        still.update(state=TaskState.DROPPED, done_at=clock.now())
        return ()


class Appointments(Empties):
    def erase(self, people: Sequence[int]) -> Iterable[str]:
        super().erase(people)
        rows = Appointment.objects.filter(customer__in=people, state=AppointmentState.BOOKED)
        rows.update(state=AppointmentState.CANCELLED, state_at=clock.now())
        return ()


class Candidates(Removes):
    relations = ("customers.mergecandidate.first", "customers.mergecandidate.second")

    def rows(self, people: Sequence[int]) -> Any:
        return MergeCandidate.objects.filter(Q(first__in=people) | Q(second__in=people)).order_by()


class Merges(Empties):
    """What the two records said otherwise, and what undo would need: there is no undo any more."""

    relations = ("customers.merge.kept", "customers.merge.folded")

    def rows(self, people: Sequence[int]) -> Any:
        return Merge.objects.filter(Q(kept__in=people) | Q(folded__in=people)).order_by()


class Exports:
    """Files of exports since she came: nobody noted whom each of them holds, and each can be asked for again."""

    relations: tuple[str, ...] = ()
    label: str | Promise = _("files of exports that may hold her")

    def _rows(self, people: Sequence[int]) -> Any:
        came = Customer.everyone.filter(pk__in=people).order_by("created_at").values_list("created_at", flat=True)[:1]
        return Export.objects.filter(at__gte=came[0]).exclude(path="") if came else Export.objects.none()

    def count(self, people: Sequence[int]) -> int:
        return int(self._rows(people).filter(state=ExportState.DONE).count())

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        done = self._rows(people).filter(state=ExportState.DONE)
        found = dict(done.values_list("pk", "path"))
        Export.objects.filter(pk__in=found).update(path="", state=ExportState.GONE)
        return list(found.values())


def register() -> None:
    """In this order: whatever looks for her numbers comes before they go, her own row comes last."""
    history, contacts = Customer.history.model, Relation.history.model
    erasers.register("strays", Strays())
    erasers.register("exports", Exports())
    erasers.register("identities", Identities(Identity, _("phone numbers and other ways to know her")))
    erasers.register("tags", Removes(CustomerTag, _("tags on her")))
    erasers.register("candidates", Candidates(MergeCandidate, _("pairs in which she is a possible duplicate")))
    erasers.register(
        "follow_ups",
        Empties(FollowUp, _("follow-ups: what was said"), values={"content": "", "next_words": "", "key": None, "identity": None}),
    )
    erasers.register("feedback", Empties(Feedback, _("feedback: her words"), values={"words": "", "closing_words": ""}))
    erasers.register("tasks", Tasks(Task, _("tasks: what they are about"), values={"about": "", "words": "", "note": ""}))
    erasers.register(
        "appointments", Appointments(Appointment, _("appointments: notes"), values={"note": "", "digest": "", "key": None, "identity": None})
    )
    erasers.register("events", Empties(Event, _("traces of behaviour: details"), values={"properties": {}, "visitor": ""}))
    erasers.register(
        "orders",
        Orders(
            Order, _("orders: notes and proof pictures"), only=~Q(note="") | ~Q(proof="") | ~Q(approval_note=""),
            values={"note": "", "proof": "", "approval_note": ""},
        ),
    )  # fmt: skip
    erasers.register(
        "refunds",
        Empties(Refund, _("refunds: reasons"), lookup="order__customer", only=~Q(reason=""), values={"reason": ""}),
    )
    erasers.register("consents", Empties(Consent, _("consents: on what ground"), only=~Q(ground=""), values={"ground": ""}))
    erasers.register("owner_changes", Empties(OwnerChange, _("changes of owner: notes"), only=~Q(note=""), values={"note": ""}))
    erasers.register("relations", Empties(Relation, _("WeChat remark names"), only=~Q(remark=""), values={"remark": ""}))
    erasers.register("relation_history", Removes(contacts, _("earlier versions of WeChat contacts")))
    erasers.register("history", Removes(history, _("earlier versions of her record"), lookup="id"))
    erasers.register("merges", Merges(Merge, _("merges: what the records said"), values={"evidence": [], "changes": {}, "moved": {}}))
    erasers.register("import_rows", Empties(ImportRow, _("rows of imports: what stood there"), values=IMPORT_ROW))
    erasers.register("stays", Keeps(("customers.opening.customer", "customers.historicalcustomer.merged_into")))
    erasers.register("herself", Herself())
