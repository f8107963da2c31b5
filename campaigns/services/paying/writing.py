"""Entries as they are written: an accrual from a claim, and what is taken back of one, or given back again."""

from datetime import date, datetime

from campaigns import paying_keys as keys
from campaigns.choices import Because, EntryKind
from campaigns.models import CommissionEntry
from campaigns.reckoning import WHOLE, half_up
from campaigns.services.paying import ledger
from campaigns.services.paying.claiming import Claim
from campaigns.services.paying.sold import Sold
from campaigns.services.paying.standing import Earned
from scrm.kit import clock


def accrual(
    claim: Claim, sold: Sold, *, rate_bp: int | None, nth: int, payable_on: date | None, months: ledger.Months, at: datetime
) -> CommissionEntry:
    """Of the amount that was paid; what was given back since is taken back by an entry of its own."""
    rate = rate_bp if rate_bp is not None else claim.rule.second_bp if claim.is_second else claim.rule.rate_bp
    amount = claim.fixed_fen if rate is None else half_up(rate * claim.basis_fen, WHOLE)
    return CommissionEntry(
        employee_id=claim.person.employee, promoter_id=claim.person.promoter, kind=EntryKind.ACCRUAL, amount_fen=amount,
        order_id=claim.order, campaign_id=claim.slot.campaign, rule=claim.rule, basis=claim.basis, model=claim.model,
        basis_fen=claim.basis_fen, rate_bp=rate, paid_fen=sold.paid, at=at, day=sold.day, month=months.of(sold.day),
        payable_on=payable_on, key=keys.accrual(claim.order, claim.person, claim.slot.code, nth),
    )  # fmt: skip


def movement(
    one: Earned, *, target: int, sold: Sold, because: Because, given_back_on: date | None, months: ledger.Months, at: datetime
) -> CommissionEntry | None:
    """So that `target` of an accrual is taken back in all. None where it is. What was given back stands on its day; a
    correction stands with what it corrects, as long as that month is open."""
    more = target - one.taken
    if not more:
        return None
    accrual, nth = one.entry, one.moves + 1
    day, month = clock.today(), months.of(one.last_month)
    if because == Because.REFUND and more > 0:
        # Nothing is taken back before it was earned.
        day = max(given_back_on or day, accrual.day)
        month = max(months.of(day), accrual.month)
    return CommissionEntry(
        employee_id=accrual.employee_id, promoter_id=accrual.promoter_id, order_id=accrual.order_id,
        campaign_id=accrual.campaign_id, rule_id=accrual.rule_id, basis=accrual.basis, model=accrual.model,
        kind=EntryKind.REVERSAL if more > 0 else EntryKind.ADJUSTMENT, amount_fen=-more, refunded_fen=sold.refunded,
        paid_fen=sold.paid, at=at, day=day, month=month, payable_on=accrual.payable_on, reverses=accrual,
        key=keys.reversal(accrual.pk, nth) if more > 0 else keys.back(accrual.pk, nth),
        note=because if more > 0 else Because.AGAIN,
    )  # fmt: skip
