"""Whether each lead came to the shop, and on which day: asked of the appointments and coupons, one lead at a time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Link, Participation
from campaigns.queries.verifying.comparing import Checked
from customers.models import Appointment
from loyalty.models import CouponGrant


def check() -> Iterator[Checked]:
    leads = Participation.objects.select_related("campaign").order_by("pk")
    people = leads.order_by().values("customer")
    visits: dict[int, list[Any]] = defaultdict(list)
    for visit in Appointment.objects.filter(state="arrived", customer__in=people).iterator(2_000):
        visits[visit.customer_id].append(visit.starts_at)
    campaigns = dict(Link.objects.values_list("pk", "campaign"))
    coupons: dict[tuple[int, int | None], list[date]] = defaultdict(list)
    for grant in CouponGrant.objects.filter(used_at__isnull=False, customer__in=people).iterator(2_000):
        where, _colon, link = grant.origin.partition(":")
        if where == "campaigns.link" and grant.used_at is not None:
            coupons[grant.customer_id, campaigns.get(int(link))].append(timezone.localdate(grant.used_at))
    for lead in leads.iterator(2_000):
        days = coupons[lead.customer_id, lead.campaign_id] + [
            timezone.localdate(at)
            for at in visits[lead.customer_id]
            if lead.at <= at <= lead.at + timedelta(days=_window(lead))
        ]
        yield Checked(f"lead {lead.pk}: came on", lead.arrived_on, min(days) if days else None)


def _window(lead: Participation) -> int:
    return lead.campaign.referral_days if lead.campaign.kind == "referral" else lead.campaign.scan_days
