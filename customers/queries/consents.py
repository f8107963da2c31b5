"""Who wants no marketing."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.choices import Purpose
from customers.models import Consent, Customer


def refusing(people: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those whose newest word on marketing, by whatever medium, takes it back. Few do: an index holds just these words."""
    about = Consent.objects.order_by().filter(purpose=Purpose.PROMOTION)
    newer = about.filter(customer=OuterRef("customer")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    return people.filter(pk__in=about.filter(given=False).exclude(Exists(newer)).values("customer"))
