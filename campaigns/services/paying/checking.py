"""账目核对: what the last audit found is kept for the first page."""

from collections.abc import Sequence

from campaigns.models import BookCheck
from campaigns.queries.commission.auditing import Finding, audit
from scrm.kit import clock

LEDGER = "commission"
KEPT = 100


def check() -> BookCheck:
    """By night; and by hand, from the command."""
    return remember(audit())


def remember(findings: Sequence[Finding]) -> BookCheck:
    row, _new = BookCheck.objects.update_or_create(
        name=LEDGER, defaults={"at": clock.now(), "findings": [one.plain() for one in findings[:KEPT]]}
    )
    return row
