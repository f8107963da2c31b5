"""Whose links one may show: their QR codes and posters."""

from typing import Any

from django.db.models import F, Q, QuerySet

from campaigns.models import Campaign, Link, Poster
from customers.models import Customer
from scrm.staff.choices import Role


def links(viewer: Any) -> QuerySet[Link]:
    """The own ones and those within the scope; those of customers who recommend, for whoever looks after them. An agency
    has its own of the campaigns it is assigned to: what a customer is called is not for its eyes."""
    if viewer is None or not viewer.is_active:
        return Link.objects.none()
    seen = Q(employee=viewer.pk) | Q(pk__in=Link.objects.visible_to(viewer).order_by().values("pk"))
    rows = Link.objects.select_related("campaign", "employee", "customer", "channel", "material")
    if viewer.role == Role.AGENCY and not viewer.is_superuser:
        campaigns = Campaign.objects.visible_to(viewer).order_by().values("pk")
        return rows.filter(seen, campaign__in=campaigns, customer=None)
    return rows.filter(seen | Q(customer__in=Customer.objects.visible_to(viewer).order_by().values("pk")))


def posters(campaign: Campaign) -> QuerySet[Poster]:
    """On which its links are drawn, its own first."""
    return Poster.objects.used_in(campaign).order_by(F("campaign_id").asc(nulls_last=True), "id")
