"""What is kept beside a customer about being in touch with her."""

from collections.abc import Iterable

from django.db.models import Max, OuterRef, Subquery

from customers.choices import FollowUpOutcome
from customers.models import Customer, FollowUp


def refresh_last_contact(people: Iterable[int]) -> None:
    """After follow-ups came, went or moved: the newest of each counts, none where there is none left. A call that
    nobody answered is no contact."""
    reached = FollowUp.objects.exclude(outcome=FollowUpOutcome.NOT_REACHED)
    newest = reached.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(last=Max("at"))
    Customer.everyone.filter(pk__in=list(people)).order_by().update(
        last_contact_at=Subquery(newest.values("last"))
    )
