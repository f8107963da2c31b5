"""Who has whom as a friend in WeChat, and under which remark name."""

from datetime import datetime
from typing import Any

from customers.choices import RelationHow
from customers.models import Customer, Relation
from scrm.kit import clock


def befriend(
    customer: Customer, employee: Any, *, remark: str = "", at: datetime | None = None, how: str = RelationHow.UNKNOWN
) -> Relation:
    """Added, or added again after one deleted the other: the same row, whose history keeps what was."""
    relation, _new = Relation.objects.update_or_create(
        customer=customer,
        employee=employee,
        defaults={"deleted_by": "", "deleted_at": None, "blocked_by": "", "blocked_at": None},
        create_defaults={"remark": remark.strip()[:100], "added_at": at or clock.now(), "how": how},
    )
    if remark and relation.remark != remark:
        relation.remark = remark.strip()[:100]
        relation.save(update_fields=["remark"])
    return relation
