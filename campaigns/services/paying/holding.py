"""Held commission (待核实): somebody decides, with a reason, and that is all that becomes of it."""

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns import paying_keys as keys
from campaigns.choices import EntryKind, HoldDecision, HoldReason
from campaigns.models import CommissionEntry, CommissionHold
from campaigns.services.paying import ledger
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

DECIDE = "campaigns.change_commissionhold"
LONGEST = 200


def decide(hold: CommissionHold, *, decision: str, by: Any, words: str = "") -> None:
    """Released, it counts again; refused, what is left of it is taken back, and its other holds are settled with it.

    Raises Refused: "hold.not_allowed"; "hold.own", nobody decides on what she is paid herself; "hold.words" without a
    reason for a refusal; "hold.decided" where somebody was quicker.
    """
    words = words.strip()[:LONGEST]
    if not by.has_perm(DECIDE):
        raise Refused("hold.not_allowed", _("You may not decide on this."))
    if hold.entry.employee_id == by.pk:
        raise Refused("hold.own", _("This is your own commission. Somebody else has to decide on it."))
    if decision == HoldDecision.REFUSED and not words:
        raise Refused("hold.words", _("Write why it is not paid: she will read it."))
    with transaction.atomic():
        ledger.lock()
        now = clock.now()
        said = {"decision": decision, "decided_by": by, "decided_at": now, "decided_words": words}
        if not CommissionHold.objects.filter(pk=hold.pk, decision=HoldDecision.OPEN).update(**said):
            raise Refused("hold.decided", _("Somebody has decided on this already. Look at it again."))
        if decision == HoldDecision.REFUSED:
            _refuse(hold.entry, by=by, words=words)
            CommissionHold.objects.filter(entry=hold.entry_id, decision=HoldDecision.OPEN).update(**said)
        act = "commission.refused" if decision == HoldDecision.REFUSED else "commission.released"
        audit.record(act, by=by, on=hold.entry, amount_fen=hold.entry.amount_fen, reason=hold.reason)
    hold.refresh_from_db()


def _refuse(entry: CommissionEntry, *, by: Any, words: str) -> None:
    moved = CommissionEntry.objects.filter(reverses=entry).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    day = clock.today()
    # With what it takes back, while that month is open: nobody is paid first what she has to give back then.
    last = max([entry.month, *CommissionEntry.objects.filter(reverses=entry).values_list("month", flat=True)])
    ledger.write(
        [
            CommissionEntry(
                employee_id=entry.employee_id, promoter_id=entry.promoter_id, order_id=entry.order_id,
                campaign_id=entry.campaign_id, rule_id=entry.rule_id, basis=entry.basis, model=entry.model,
                kind=EntryKind.ADJUSTMENT, amount_fen=-(entry.amount_fen + moved), at=clock.now(), day=day,
                month=ledger.Months().of(last), payable_on=entry.payable_on, reverses=entry, key=keys.refusal(entry.pk),
                note=words, by=by,
            )
        ]
    )  # fmt: skip


def hold(entry: CommissionEntry, *, by: Any, words: str) -> CommissionHold:
    """Held by hand. Raises Refused: "hold.not_allowed", "hold.words", "hold.not_earned", "hold.paid", "hold.held"."""
    words = words.strip()[:LONGEST]
    if not by.has_perm(DECIDE):
        raise Refused("hold.not_allowed", _("You may not decide on this."))
    if not words:
        raise Refused("hold.words", _("Write why it is held: she will read it."))
    if entry.kind != EntryKind.ACCRUAL:
        raise Refused("hold.not_earned", _("Only what was earned can be held."))
    with transaction.atomic():
        ledger.lock()
        if CommissionHold.objects.filter(entry=entry, decision=HoldDecision.OPEN).exists():
            raise Refused("hold.held", _("It is held already."))
        first_open = ledger.Months().first_open
        if first_open is not None and entry.month < first_open:
            raise Refused("hold.paid", _("Its month is closed, so it is paid out or stands on a statement. Adjust it instead."))
        made, is_new = CommissionHold.objects.get_or_create(
            entry=entry, reason=HoldReason.BY_HAND, defaults={"words": words, "at": clock.now()}
        )
        if not is_new:
            raise Refused("hold.again", _("It was held by hand and decided on before."))
        audit.record("commission.held", by=by, on=entry, amount_fen=entry.amount_fen)
    return made
