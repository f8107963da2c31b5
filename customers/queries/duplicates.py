"""Is she here already? What may be said of someone whom the asker may not see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import CandidateState, IdentityKind
from customers.models import Customer, Identity, Merge, MergeCandidate
from customers.queries import comparing
from customers.queries.disclosure import stranger_name
from scrm.kit import phones
from scrm.staff.choices import Role

SEES_ARCHIVED = "customers.archive_customer"


@dataclass(frozen=True)
class Known:
    """A person who has this number. `visible`: whoever asks may open her page."""

    customer: Customer
    phone: str
    visible: bool
    asking: Any

    @property
    def sentence(self) -> str:
        """"Already here: 王*娟 138****0021, looked after by 小许": never a full name or number."""
        said = {
            "name": stranger_name(self.customer.name) or _("(no name)"),
            "phone": phones.mask(self.phone),
            "owner": self.customer.owner.name if self.customer.owner else "",
        }
        if self.customer.archived_at is not None:
            if self.visible:
                return _("Already here, but archived: %(name)s %(phone)s. You can bring her back.") % said
            return _("Already here, but archived: %(name)s %(phone)s. The owner or an operator can bring her back.") % said
        if self.customer.owner is None:
            return _("Already here: %(name)s %(phone)s, without owner") % said
        return _("Already here: %(name)s %(phone)s, looked after by %(owner)s") % said

    @property
    def next_step(self) -> str:
        """What to do now, for who may not open her page; blank where a link or the sentence itself says it."""
        if self.visible or self.customer.archived_at is not None:
            return ""
        owner = self.customer.owner
        said = {"owner": owner.name if owner else ""}
        manager = self.asking.role == Role.MANAGER
        if owner is None:
            if manager:
                return _("Ask head office to assign her to your store.")
            return _("Ask your store manager or head office to assign her to you.")
        if not owner.is_active:
            if manager:
                return _("%(owner)s has left: ask head office to hand her over.") % said
            return _("%(owner)s has left: ask your store manager or head office to hand her over.") % said
        if manager:
            return _("Please contact %(owner)s, or ask head office to hand her over.") % said
        return _("Please contact %(owner)s, or ask your store manager to hand her over.") % said

    @property
    def answer(self) -> str:
        """The sentence, and after it what to do."""
        if not self.next_step:
            return self.sentence
        return _("%(sentence)s. %(next_step)s") % {"sentence": self.sentence, "next_step": self.next_step}


def by_phone(text: str, *, asking: Any) -> Known | None:
    """Whoever has the number, archived people too; a folded person stands for the one she was merged into."""
    number = phones.normalise(text)
    if number is None:
        return None
    identity = (
        Identity.objects.filter(kind=IdentityKind.PHONE, value=number)
        .select_related("customer__owner", "customer__merged_into__owner")
        .first()
    )
    if identity is None:
        return None
    customer = identity.customer.merged_into or identity.customer
    rows = Customer.everyone if asking.has_perm(SEES_ARCHIVED) else Customer.objects
    seen = customer.erased_at is None and rows.visible_to(asking).filter(pk=customer.pk).exists()
    return Known(customer=customer, phone=number, visible=seen, asking=asking)


# --- pairs that may be one person -----------------------------------------------------------------------------


def evidence(candidate: MergeCandidate) -> str:
    """What speaks for a pair, numbers masked; what a sheet said comes with what it is, weak evidence with its value as
    long as both still say so."""
    said = [
        f"{Identity(kind=one['kind']).kind_label} {phones.mask_in_text(str(one['value']))}"
        for one in candidate.evidence
        if "kind" in one
    ]
    for why in (one["why"] for one in candidate.evidence if one.get("why") in WHY):
        said += comparing.same_evidence(candidate.first, candidate.second) or [str(WHY[why])]
    return "、".join(dict.fromkeys(said))


WHY = {"name_birthday": gettext_lazy("the same name and birthday"), "name": gettext_lazy("the same name")}


def in_order(candidate: MergeCandidate, keep: str) -> tuple[Customer, Customer]:
    """(who is kept, who is folded): as asked; else the one with more orders, then the older record."""
    one, other = candidate.first, candidate.second
    if keep == str(other.pk) or (keep != str(one.pk) and other.orders.count() > one.orders.count()):
        return other, one
    return one, other


@dataclass(frozen=True)
class Side:
    """A field in which two people differ, as it is shown."""

    field: str
    label: str
    keep: str
    fold: str
    won: str


def told(plan: Any) -> dict[str, Any]:
    """The plan in words: fields that differ, rows that move, ids that clash. Numbers are masked."""
    fields = [
        Side(
            choice.field,
            _label(choice.field),
            _value(plan.keep, choice.field),
            _value(plan.fold, choice.field),
            choice.won,
        )
        for choice in plan.choices
    ]
    taken = [
        (_label(column), _value(plan.fold, column))
        for column in plan.changes
        if column not in ("name_key", "birth_year", "birth_lunar", "custom", "legacy", "phone")
        and column not in {choice.field for choice in plan.choices}
    ]
    clashes = [
        (str(Identity(kind=kind).kind_label), phones.mask_in_text(one), phones.mask_in_text(other))
        for kind, one, other in plan.clashes
    ]
    return {"fields": fields, "taken": taken, "clashes": clashes}


def _field(column: str) -> Any:
    return Customer._meta.get_field(column.removesuffix("_id"))


def _label(column: str) -> str:
    return _("Birthday") if column == "birth_md" else str(capfirst(_field(column).verbose_name))


def _value(person: Customer, column: str) -> str:
    if column == "birth_md":
        return str(person.birthday or "")
    if column == "gender":
        return person.get_gender_display()
    value = getattr(person, column.removesuffix("_id"))
    return phones.mask_in_text(str(value)) if value not in (None, "") else ""


def open_pairs_of(customer: Customer, viewer: Any) -> list[tuple[MergeCandidate, Customer]]:
    """(pair, the other one) of the pairs that wait for somebody to look at them."""
    visible = Customer.objects.visible_to(viewer).values("pk")
    found = MergeCandidate.objects.filter(Q(first=customer) | Q(second=customer), state=CandidateState.OPEN)
    found = found.filter(first__in=visible, second__in=visible).select_related("first", "second").order_by("-pk")[:5]
    return [(pair, pair.second if pair.first_id == customer.pk else pair.first) for pair in found]


def merges_of(customer: Customer) -> QuerySet[Merge]:
    """Who was folded into her and still is, the last one first."""
    return Merge.objects.filter(kept=customer, undone_at=None).select_related("folded", "by").order_by("-pk")
