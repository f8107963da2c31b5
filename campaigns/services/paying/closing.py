"""A month is closed: what is payable in it is paid out, and nothing is ever written into it again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from campaigns import paying_keys as keys
from campaigns.choices import Because, EntryKind
from campaigns.models import ClosedMonth, CommissionEntry
from campaigns.queries.commission.months import months
from campaigns.queries.commission.standing import as_of
from campaigns.queries.commission.statement import Line, by_person, lines_of, people_of
from campaigns.reckoning import month_of
from campaigns.services.paying import ledger
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

CLOSE = "campaigns.add_closedmonth"


@dataclass(frozen=True)
class Plan:
    """Who is paid how much; whoever owes something carries it over. `records`: what each record's books lose by it, so
    that they are even afterwards, also where one person's stand on two. `stamp` changes with whatever is paid."""

    month: date
    paid: list[Line]
    carried: list[Line]
    records: list[Line]

    @property
    def sum_fen(self) -> int:
        return sum(line.payable for line in self.paid)

    @property
    def stamp(self) -> str:
        return ";".join(f"{line.person.code}={line.payable}" for line in self.paid)


def plan(month: date) -> Plan:
    """Changes nothing. Raises Refused: "month.not_over", "month.closed", "month.earlier"."""
    month = month_of(month)
    known = months()
    if month >= known.this:
        raise Refused("month.not_over", _("This month is not over yet. It can be closed from the first day of the next one on."))
    if known.is_closed(month):
        raise Refused("month.closed", _("This month is closed already."))
    if known.to_close is not None and known.to_close < month:
        said = _("Close %(month)s first: months are closed one after another.")
        raise Refused("month.earlier", said % {"month": f"{known.to_close:%Y-%m}"})
    records = sorted(lines_of(CommissionEntry.objects.all(), month, as_of(month)), key=lambda line: line.person.code)
    lines = by_person(records)
    paid = [line for line in lines if line.payable > 0]
    today, people = people_of(records), {line.person for line in paid}
    clears = [record for record in records if record.payable and today[record.person] in people]
    return Plan(month, paid, [line for line in lines if line.payable < 0], clears)


def close_month(month: date, *, by: Any, seen: str | None = None) -> ClosedMonth:
    """`seen` is the stamp of the plan that was agreed to. Raises Refused as `plan`; "month.not_allowed"; "month.stale" where
    something has changed since the plan was shown."""
    if not by.has_perm(CLOSE):
        raise Refused("month.not_allowed", _("You may not close a month."))
    with transaction.atomic():
        ledger.lock()
        planned = plan(month)
        if seen is not None and seen != planned.stamp:
            raise Refused("month.stale", _("Meanwhile something has changed. Look at the sums again."))
        at, day = clock.now(), clock.today()
        ledger.write(
            [
                CommissionEntry(
                    employee_id=line.person.employee, promoter_id=line.person.promoter, kind=EntryKind.PAYOUT,
                    amount_fen=-line.payable, at=at, day=day, month=planned.month, payable_on=day,
                    key=keys.payout(planned.month, line.person), note=Because.PAYOUT, by=by,
                )
                for line in planned.records
            ]
        )  # fmt: skip
        stands = CommissionEntry.objects.filter(month=planned.month).aggregate(n=Count("pk"), sum=Sum("amount_fen"))
        closed = ClosedMonth.objects.create(
            month=planned.month, closed_at=at, closed_by=by, entries=stands["n"], sum_fen=stands["sum"] or 0
        )
        audit.record(
            "commission.month_closed", by=by, on=closed, count=len(planned.paid), month=f"{planned.month:%Y-%m}",
            amount_fen=planned.sum_fen,
        )  # fmt: skip
    return closed
