"""Whether the books of commission are right: everything is worked out again from the entries themselves."""

from campaigns.queries.commission.auditing import entries, months
from campaigns.queries.commission.auditing.findings import Finding

__all__ = ["Finding", "audit"]


def audit() -> list[Finding]:
    """What is wrong, row by row; nothing where all is well."""
    return [*entries.check(), *months.check()]
