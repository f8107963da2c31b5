"""What is left of a demo that was emptied: one line of the audit log, which nobody can take out."""

from scrm.kit.models import AuditEntry

ACT = "demo.emptied"


def was() -> bool:
    """Whether this base was a demo once and is its owner's own shop now: served, and never built in again."""
    return AuditEntry.objects.filter(action=ACT).exists()
