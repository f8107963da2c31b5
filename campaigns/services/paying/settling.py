"""Who is paid what for an order, by which rule. The whole of it, in sentences:

* An order pays when it is paid and agreed to, has a moment, and something of it was not given back.
* By links: whoever has a share of it under the model of a campaign (an employee, a customer who recommends) is paid by the
  campaign's rule for links; where the campaign has none and does not refuse to pay, by the rules for links of the products.
  A recommending customer's own recommender is paid the second level, where the rule has one; nobody above.
* Who served: by the rule of a campaign that had a part in the order and pays who served (that of the last touch, else the
  oldest); else by the rules of the products for their part of the order, and by the rule for any order for the rest.
* Where somebody has a claim by links and somebody by having served, one kind is paid and the other gets nothing for this
  order: links, if a campaign by whose links somebody claims it says so (`pay_wins`); else who served.
* The version of a rule is the one that was in force when the order was placed, and stays that of the order.
* Earned is rate × share of the amount paid, rounded half up; or her share of the fixed sum, split by largest remainder. With
  steps the rate is the one that she had reached before this order. Several links of one person count as one share.
* What is given back takes back earned × given back ÷ paid, rounded half up, less what was taken already. An order that no
  longer counts, and a share that somebody else has now, take back all; where it comes back, so does what was earned.
* A share that has become another, beyond what rounding explains, is taken back and earned anew.
* What was refused stays refused, whatever becomes of the order.
* It is payable at once for a sale at the counter, some days after the goods arrived for an order online (`sold.Holding`).
* It stands on the day on which the order was paid or the money given back, in that day's month or the first open one; a
  correction stands in the month of what it corrects, or the first open one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from campaigns import paying_keys as keys
from campaigns.choices import Because
from campaigns.models import CommissionEntry, PayRule, Receipt
from campaigns.reckoning import half_up
from campaigns.services.paying import (
    attained,
    by_links,
    by_service,
    ledger,
    portions,
    signals,
    standing,
    writing,
)
from campaigns.services.paying.claiming import Claim, decide, wins
from campaigns.services.paying.rulebook import Rulebook
from campaigns.services.paying.sold import Holding, Sold, read
from campaigns.services.paying.standing import Earned, Standing
from customers.models import Refund
from scrm.kit import clock
from scrm.kit.among import Among


@dataclass(frozen=True)
class Verdict:
    """What becomes of an accrual: how much of it is to be taken back in all, and why."""

    earned: Earned
    target: int
    because: Because


def settle(order_ids: Sequence[int]) -> int:
    """Makes the ledger say what these orders earn now; how many entries that took. Repeatable: the second time none."""
    ids = sorted(set(order_ids))
    # Nothing was ever earned but by a rule, and none is ever deleted.
    if not ids or not PayRule.objects.exists():
        return 0
    with transaction.atomic():
        ledger.lock()
        return _settle(read(ids))


def _settle(sold: dict[int, Sold]) -> int:
    earned = standing.read(list(sold))
    book = Rulebook()
    for order, places in earned.items():
        for one in (one for those in places.values() for one in those):
            book.pin(order, one.entry.rule_id)
    claims = _claims({pk: one for pk, one in sold.items() if one.pays}, book)
    verdicts, fresh = _compare(sold, earned, claims)
    rates = attained.rates([claim for claim, _nth in fresh], sold)
    at, months, holding, days = clock.now(), ledger.Months(), Holding(), _refund_days(sold)
    entries = [
        writing.accrual(
            claim, sold[claim.order], rate_bp=rates.get(claim), nth=nth, payable_on=holding.payable_on(sold[claim.order]),
            months=months, at=at,
        )
        for claim, nth in fresh
    ]  # fmt: skip
    made = ledger.write([entry for entry in entries if entry.amount_fen])
    verdicts += [_given_back(Earned(entry, _whose(entry)), sold[entry.order_id or 0]) for entry in made]
    moved = [_movement(verdict, sold, days, months, at) for verdict in verdicts]
    moves = ledger.write([entry for entry in moved if entry is not None])
    _arrive(sold, earned, holding, at)
    signals.look(made, sold, earned, at=at)
    return len(made) + len(moves)


def _claims(paying: dict[int, Sold], book: Rulebook) -> dict[int, Sequence[Claim]]:
    if not paying:
        return {}
    lines = portions.lines_of(list(paying)) if book.products() else {}
    by_link, campaigns = by_links.claims(paying, book, lines)
    credit_first = wins(campaign for those in campaigns.values() for campaign in those)
    linked: dict[int, list[Claim]] = {}
    served: dict[int, list[Claim]] = {}
    for claim in by_link:
        linked.setdefault(claim.order, []).append(claim)
    for claim in by_service.claims(paying, book, lines):
        served.setdefault(claim.order, []).append(claim)
    return {
        order: decide(linked.get(order, []), served.get(order, []), any(credit_first[one] for one in campaigns.get(order, ())))
        for order in linked.keys() | served.keys()
    }


def _compare(
    sold: dict[int, Sold], earned: Standing, claims: dict[int, Sequence[Claim]]
) -> tuple[list[Verdict], list[tuple[Claim, int]]]:
    """What becomes of each accrual, and which claims are to be earned anew, with the number of the try."""
    verdicts: list[Verdict] = []
    fresh: list[tuple[Claim, int]] = []
    for order in sorted(sold):
        one, places = sold[order], earned.get(order, {})
        wanted = {(claim.person, claim.slot.code): claim for claim in claims.get(order, ())}
        for place, those in places.items():
            claim = wanted.pop(place, None)
            current = next((past for past in those if claim is not None and _same(past.entry, claim, one)), None)
            for past in those:
                if past.refused:
                    continue
                verdicts.append(_given_back(past, one) if past is current else _taken(past, one, moved=claim is not None))
            if claim is not None and current is None and not any(past.refused for past in those):
                fresh.append((claim, 1 + max(keys.nth_of(past.entry.key) for past in those)))
        fresh += [(claim, 1) for claim in wanted.values()]
    return verdicts, fresh


def _same(entry: CommissionEntry, claim: Claim, sold: Sold) -> bool:
    return entry.paid_fen == sold.paid and abs((entry.basis_fen or 0) - claim.basis_fen) <= claim.slack_fen


def _given_back(past: Earned, sold: Sold) -> Verdict:
    return Verdict(past, half_up(past.entry.amount_fen * sold.refunded, sold.paid), Because.REFUND)


def _taken(past: Earned, sold: Sold, *, moved: bool) -> Verdict:
    """All of it. Of an order of which nothing is left nobody asks whose it is."""
    if not sold.counts:
        because = Because.CANCELLED
    elif sold.net <= 0:
        because = Because.REFUND
    else:
        because = Because.SHARE if moved else Because.CLAIM
    return Verdict(past, past.entry.amount_fen, because)


def _movement(
    verdict: Verdict, sold: dict[int, Sold], days: dict[int, date], months: ledger.Months, at: datetime
) -> CommissionEntry | None:
    order = verdict.earned.entry.order_id or 0
    return writing.movement(
        verdict.earned, target=verdict.target, sold=sold[order], because=verdict.because, given_back_on=days.get(order),
        months=months, at=at,
    )  # fmt: skip


def _refund_days(sold: dict[int, Sold]) -> dict[int, date]:
    """The day on which money was given back last, as far as anybody said so."""
    ids = [pk for pk, one in sold.items() if one.refunded]
    rows = Refund.objects.filter(Among("order", ids), at__isnull=False).order_by().values_list("order_id") if ids else None
    today = clock.today()
    return {} if rows is None else {pk: min(timezone.localdate(last), today) for pk, last in rows.annotate(last=Max("at"))}


def _whose(entry: CommissionEntry) -> keys.Person:
    return keys.Person(entry.employee_id, entry.promoter_id)


def _arrive(sold: dict[int, Sold], earned: Standing, holding: Holding, at: datetime) -> None:
    """Goods that were under way when it was earned have arrived."""
    rows = []
    for order, places in earned.items():
        day = holding.payable_on(sold[order])
        waiting = (one for those in places.values() for one in those if one.entry.payable_on is None and one.arrived is None)
        rows += [Receipt(entry=one.entry, payable_on=day, at=at) for one in waiting if day is not None]
    Receipt.objects.bulk_create(rows)
