"""How customers felt. A score of −1 or below is a complaint: somebody answers within a day, and until then nobody
sends her anything that sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import COMPLAINT, Score, TaskOutcome, TaskReason, TaskState
from customers.models import Appointment, Customer, Feedback, FollowUp, Task, Touchpoint
from customers.queries import answering
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

ANSWER_WITHIN = timedelta(hours=24)


@dataclass
class Feeling:
    customer: Customer
    score: int
    words: str = ""
    at: datetime | None = None
    touchpoint: Touchpoint | None = None
    is_last: bool = False
    follow_up: FollowUp | None = None
    appointment: Appointment | None = None


def felt(feelings: Sequence[Feeling], *, by: Any = None) -> list[Feedback]:
    """Writes them down. Each of −1 or below makes the manager of her store a task that is due a day after it was
    felt (the shop's owner where the store has no manager). Raises Refused("feeling.unknown")."""
    if any(feeling.score not in Score.values for feeling in feelings):
        raise Refused("feeling.unknown", _("Choose one of the feelings."))
    now = clock.now()
    with transaction.atomic():
        written = Feedback.objects.bulk_create(
            [
                Feedback(
                    customer=feeling.customer, score=feeling.score, words=feeling.words.strip(), at=feeling.at or now,
                    touchpoint=feeling.touchpoint, is_last=feeling.is_last, follow_up=feeling.follow_up,
                    appointment=feeling.appointment, recorded_by=by,
                )
                for feeling in feelings
            ]
        )  # fmt: skip
        bad = [row for row in written if row.score <= COMPLAINT]
        if bad:
            managers = answering.managers_of({row.customer.store_id for row in bad})
            Task.objects.bulk_create(
                [
                    Task(
                        customer=row.customer, employee=manager, reason=TaskReason.BAD_FEELING,
                        about=row.words[:200], due_at=row.at + ANSWER_WITHIN, feedback=row, created_by=by,
                        key=f"feedback:{row.pk}",
                    )
                    for row in bad
                    if (manager := managers[row.customer.store_id]) is not None
                ]
            )  # fmt: skip
    return written


def answer(feedback: Feedback, *, by: Any, words: str) -> Feedback:
    """Closed, with what was done; promotion to her goes on. Its task is done. Of two who answer at once the second
    learns of it. Raises Refused: feeling.closed, feeling.no_words."""
    words = words.strip()
    if not words:
        raise Refused("feeling.no_words", _("Say in a few words what was done about it."))
    now = clock.now()
    with transaction.atomic():
        changed = Feedback.objects.filter(pk=feedback.pk, closed_at=None).update(
            closed_at=now, closed_by=by, closing_words=words[:500]
        )
        if not changed:
            raise Refused("feeling.closed", _("Somebody has answered this already."))
        Task.objects.open().filter(feedback=feedback.pk).update(
            state=TaskState.DONE, outcome=TaskOutcome.DONE, done_at=now, done_by=by, note=words[:500]
        )
        audit.record("feeling.answered", by=by, on=feedback.customer, feedback=feedback.pk)
    feedback.refresh_from_db()
    return feedback
