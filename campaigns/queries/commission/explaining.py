"""How an amount came about, in sentences, with nothing in them that the viewer may not read elsewhere."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.choices import Because, EntryKind, HoldDecision, Model
from campaigns.models import CommissionEntry, CommissionHold
from campaigns.paying_keys import Person, is_refusal, read
from campaigns.queries.commission.fates import HELD, PAID, PENDING, Fate, fates
from campaigns.queries.commission.names import names_of
from campaigns.queries.commission.notes import note_of
from campaigns.queries.commission.words import decided, noticed
from customers.models import Order
from customers.queries import disclosure
from scrm.kit import money

BESIDE = ("employee", "promoter", "campaign", "rule__product", "by", "reverses", "order")


@dataclass(frozen=True)
class Movement:
    """What was taken back or given back of it later."""

    entry: CommissionEntry
    words: str


@dataclass(frozen=True)
class Told:
    """`order`: for a link, where the viewer may open it. `left_fen`: what stands after everything."""

    entry: CommissionEntry
    who: str
    sentences: list[str]
    movements: list[Movement]
    fate: Fate
    left_fen: int
    order: Order | None

    @property
    def open_holds(self) -> list[CommissionHold]:
        return [hold for hold in self.fate.holds if hold.decision == HoldDecision.OPEN]


def explain(entry: CommissionEntry, *, viewer: Any) -> Told:
    """Of an accrual, with all that names it; of a movement, of the accrual that it belongs to. `entry` comes with BESIDE."""
    if entry.reverses_id is not None:
        entry = CommissionEntry.objects.select_related(*BESIDE).get(pk=entry.reverses_id)
    person = Person(entry.employee_id, entry.promoter_id)
    who = names_of([person])[person]
    if entry.kind != EntryKind.ACCRUAL:
        fate = fates([entry]).get(entry.pk) or Fate(PAID, entry.payable_on, (), entry.month)
        return Told(entry, who, [_by_hand(entry)], [], fate, entry.amount_fen, None)
    order = Order.objects.visible_to(viewer).filter(pk=entry.order_id or 0).first()
    moved = list(CommissionEntry.objects.filter(reverses=entry).select_related("by").order_by("pk"))
    fate = fates([entry])[entry.pk]
    sentences = [_order(entry, order, viewer), _share(entry, who), _rule(entry), _when(entry, fate)]
    left = entry.amount_fen + sum(one.amount_fen for one in moved)
    return Told(entry, who, [said for said in sentences if said], [_movement(one) for one in moved], fate, left, order)


def _order(entry: CommissionEntry, order: Order | None, viewer: Any) -> str:
    if order is None or order.ordered_at is None:
        return _("An order of %(day)s.") % {"day": _day(entry.day)}
    number = disclosure.text_for(disclosure.sees_full_phones(viewer), order.number)
    said = _("Order %(number)s of %(day)s: %(paid)s was paid.")
    return said % {"number": number, "day": _day(entry.day), "paid": money.show(entry.paid_fen)}


def _share(entry: CommissionEntry, who: str) -> str:
    slot = (read(EntryKind.ACCRUAL, entry.key) or {}).get("slot", "")
    said = {
        "name": who, "campaign": entry.campaign or "", "share": money.show(entry.basis_fen),
        "model": dict(Model.choices).get(entry.model, ""), "product": (entry.rule.product if entry.rule else None) or "",
    }  # fmt: skip
    if slot.endswith(".2"):
        return _("%(name)s brought the customer who recommended “%(campaign)s” to the buyer: %(share)s of it counts.") % said
    if slot.startswith("k"):
        return _("By links of %(name)s in “%(campaign)s” (%(model)s): %(share)s of it counts.") % said
    if slot.startswith("q"):
        return _("By links of %(name)s (%(model)s), for “%(product)s”: %(share)s of it counts.") % said
    if slot.startswith("s"):
        return _("%(name)s served her, and “%(campaign)s” pays who served: %(share)s of it counts.") % said
    if slot.startswith("p"):
        return _("%(name)s sold “%(product)s”: %(share)s of it counts.") % said
    return _("%(name)s served her: %(share)s of it counts.") % said


def _rule(entry: CommissionEntry) -> str:
    rule = entry.rule
    if rule is None:
        return ""
    said = {"version": rule.version, "share": money.show(entry.basis_fen), "amount": money.show(entry.amount_fen)}
    if entry.rate_bp is None:
        said["fixed"] = money.show(rule.fixed_fen)
        return _("Version %(version)s of the rule: %(fixed)s an order; this share of it is %(amount)s.") % said
    said["rate"] = f"{entry.rate_bp / 100:g}"
    told = _("Version %(version)s of the rule: %(rate)s%% of %(share)s = %(amount)s.") % said
    if entry.employee_id is None or entry.rate_bp == rule.rate_bp:
        return told
    step = _("That is the rate of the step reached before this order.")
    return f"{told} {step}"


def _when(entry: CommissionEntry, fate: Fate) -> str:
    if fate.state == HELD:
        return _("It waits for somebody to look at it.")
    if fate.state == PAID and fate.paid_with is not None:
        return _("Settled with the statement of %(month)s.") % {"month": f"{fate.paid_with:%Y-%m}"}
    if fate.payable_on is None:
        return _("It becomes payable some days after the goods have arrived; they have not yet.")
    if fate.state == PENDING:
        return _("Payable from %(day)s.") % {"day": _day(fate.payable_on)}
    return _("Payable since %(day)s.") % {"day": _day(fate.payable_on)}


def _movement(entry: CommissionEntry) -> Movement:
    if is_refusal(entry.key):
        said = _("Refused by %(name)s: %(why)s") % {"name": entry.by or "", "why": entry.note}
    elif entry.note == Because.REFUND:
        said = _("%(back)s of %(paid)s was given back in all; what was earned goes back in proportion.") % {
            "back": money.show(entry.refunded_fen), "paid": money.show(entry.paid_fen),
        }  # fmt: skip
    else:
        said = note_of(entry.note)
    return Movement(entry, said)


def _by_hand(entry: CommissionEntry) -> str:
    if entry.kind == EntryKind.PAYOUT:
        return _("Paid out with the statement of %(month)s.") % {"month": f"{entry.month:%Y-%m}"}
    return _("Adjusted by %(name)s: %(why)s") % {"name": entry.by or "", "why": entry.note}


def _day(day: date) -> str:
    return str(formats.date_format(day))


def reasons(told: Told) -> list[tuple[str, str]]:
    """(what was noticed, what was decided) of each hold."""
    return [(noticed(hold), decided(hold)) for hold in told.fate.holds]
