"""Contacts written down: what was said, how it felt, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import (
    Began,
    FollowUpOutcome,
    Medium,
    Purpose,
    Score,
    TaskOutcome,
    TaskReason,
    TaskState,
)
from customers.models import Appointment, Customer, FollowUp, Task, Touchpoint
from customers.services import contacting, feelings
from scrm.kit import clock
from scrm.kit.errors import Refused

RECORD = "customers.record_followup"
LONGEST = 5_000


@dataclass
class Contact:
    """One contact as its form or a task says it. `next_for` does the next step, the author where it is None.
    `key` makes it once: a form sent twice."""

    customer: Customer
    content: str = ""
    medium: str = Medium.WECOM
    began: str = Began.US
    contact_class: str = Purpose.SERVICE
    feeling: int | None = None
    touchpoint: Touchpoint | None = None
    is_last: bool = False
    outcome: str = FollowUpOutcome.UNKNOWN
    at: datetime | None = None
    next_at: datetime | None = None
    next_words: str = ""
    next_for: Any = None
    appointment: Appointment | None = None
    key: str | None = None


def record(contacts: Sequence[Contact], *, by: Any) -> list[FollowUp]:
    """Writes them in one transaction and returns what was new: one whose key is there already is left out.

    The newest contact of a customer is kept beside her. Agreed follow-ups of `by` with her that were due by the end
    of today are settled by it. A feeling becomes `Feedback`; one of −1 or below its consequences (`feelings.felt`).

    Raises Refused: follow_up.empty, follow_up.future, follow_up.next_past, follow_up.too_long, person.not_living.
    """
    now = clock.now()
    for contact in contacts:
        _check(contact, now)
    with transaction.atomic():
        there = set(
            FollowUp.objects.filter(key__in=[contact.key for contact in contacts if contact.key]).values_list(
                "key", flat=True
            )
        )
        fresh = [contact for contact in contacts if contact.key is None or contact.key not in there]
        written = [
            FollowUp(
                customer=contact.customer, author=by, at=contact.at or now, medium=contact.medium, began=contact.began,
                contact_class=contact.contact_class, content=contact.content.strip(), feeling=contact.feeling,
                outcome=contact.outcome, next_at=contact.next_at, next_words=contact.next_words.strip(),
                key=contact.key,
            )
            for contact in fresh
        ]  # fmt: skip
        FollowUp.objects.bulk_create(written)
        contacting.refresh_last_contact({row.customer_id for row in written})
        reached = [row.customer_id for row in written if row.outcome != FollowUpOutcome.NOT_REACHED]
        _settle_agreed(reached, by, now)
        _agree(fresh, written, by)
        felt = [
            (contact, row) for contact, row in zip(fresh, written, strict=True) if contact.feeling is not None
        ]
        feelings.felt(
            [
                feelings.Feeling(
                    customer=contact.customer, score=int(contact.feeling or 0), words=row.content, at=row.at,
                    touchpoint=contact.touchpoint, is_last=contact.is_last, follow_up=row,
                    appointment=contact.appointment,
                )
                for contact, row in felt
            ],
            by=by,
        )  # fmt: skip
    return written


def _check(contact: Contact, now: datetime) -> None:
    if not contact.customer.is_living:
        raise Refused("person.not_living", _("This customer is archived or was merged; nothing was written."))
    said = contact.content.strip() or contact.feeling is not None or contact.outcome or contact.next_at
    if not said:
        raise Refused("follow_up.empty", _("Write down what was said, or choose a feeling or a result."))
    if len(contact.content) > LONGEST:
        raise Refused(
            "follow_up.too_long",
            _("At most %(limit)s characters fit into one follow-up.") % {"limit": LONGEST},
        )
    if contact.at is not None and contact.at > now + timedelta(minutes=1):
        raise Refused(
            "follow_up.future", _("A follow-up tells what was. For something to come, set the next time.")
        )
    if contact.next_at is not None and contact.next_at < clock.start_of(clock.today()):
        raise Refused("follow_up.next_past", _("The next time lies in the past. Choose today or later."))
    if contact.feeling is not None and contact.feeling not in Score.values:
        raise Refused("feeling.unknown", _("Choose one of the feelings."))


def _settle_agreed(people: Sequence[int], by: Any, now: datetime) -> None:
    due = Task.objects.open().due_by(clock.end_of(clock.today())).filter(reason=TaskReason.FOLLOW_UP)
    due.filter(customer__in=people, employee=by).update(
        state=TaskState.DONE, outcome=TaskOutcome.DONE, done_at=now, done_by=by
    )


def _agree(contacts: Sequence[Contact], written: Sequence[FollowUp], by: Any) -> None:
    Task.objects.bulk_create(
        [
            Task(
                customer=row.customer, employee=contact.next_for or by, reason=TaskReason.FOLLOW_UP,
                about=row.next_words, due_at=row.next_at, follow_up=row, created_by=by, key=f"follow_up:{row.pk}",
            )
            for contact, row in zip(contacts, written, strict=True)
            if row.next_at is not None
        ]
    )  # fmt: skip
