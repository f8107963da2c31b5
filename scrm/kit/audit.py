"""One line for an act. Edits by people are told by simple-history, imported rows by ImportRow."""

from typing import Any

from django.db.models import Model

from scrm.kit.models import AuditEntry


def record(action: str, *, by: Any = None, on: Model | None = None, count: int = 1, **detail: Any) -> AuditEntry:
    """Writes "import.run", "phone.shown"… with who, on what and how many. `detail` must be JSON and hold no
    personal data that erasure would have to find."""
    return AuditEntry.objects.create(
        actor=by if by is not None and getattr(by, "pk", None) else None,
        action=action,
        object_type=on._meta.label_lower if on is not None else "",
        object_id=str(on.pk) if on is not None else "",
        count=count,
        detail=detail,
    )
