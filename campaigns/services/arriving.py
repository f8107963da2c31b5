"""Leads who came to the shop: by an appointment she kept after joining, within the campaign's window, or by a coupon of
the campaign taken at the counter. Once a lead, on the first such day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.utils import timezone

from campaigns.choices import CampaignKind
from campaigns.models import ArrivalWork, Link, Participation
from campaigns.services import boarding
from customers.choices import AppointmentState
from customers.models import Appointment
from loyalty.choices import GrantState
from loyalty.models import CouponGrant
from scrm.kit.among import Among

SLICE = 500
# How a grant says by which link it was promised.
ORIGIN = "campaigns.link:"

type Came = dict[tuple[int, int], list[date]]


def look_again(customers: Iterable[int]) -> None:
    """Something of these people changed that may be an arrival. Called in the transaction that changed it; who joined
    nothing is left out."""
    leads = Participation.objects.filter(Among("customer", sorted(set(customers)))).order_by("customer")
    people = leads.values_list("customer", flat=True).distinct()
    ArrivalWork.objects.bulk_create([ArrivalWork(customer_id=pk) for pk in people], batch_size=1_000)


def waits() -> bool:
    return ArrivalWork.objects.exists()


def settle() -> None:
    """Looks until nothing waits."""
    while step():
        pass


def step() -> bool:
    """One slice, in one transaction; False where nothing waited."""
    with transaction.atomic():
        work = list(ArrivalWork.objects.order_by("pk").values_list("pk", "customer")[:SLICE])
        if not work:
            return False
        _look({customer for _pk, customer in work})
        ArrivalWork.objects.filter(pk__in=[pk for pk, _customer in work]).delete()
    return True


def _look(people: set[int]) -> None:
    leads = list(
        Participation.objects.filter(customer__in=people).select_related("campaign").select_for_update(of=("self",)).order_by("pk")
    )
    if not leads:
        return
    visits, used = _visits({lead.customer_id for lead in leads}), _used({lead.customer_id for lead in leads})
    moved = []
    for lead in leads:
        days = [timezone.localdate(at) for at in visits[lead.customer_id] if lead.at <= at and _within(lead, at)]
        came = min([*days, *used[lead.customer_id, lead.campaign_id]], default=None)
        if came != lead.arrived_on:
            moved.append((lead, lead.arrived_on))
            lead.arrived_on = came
    Participation.objects.bulk_update([lead for lead, _before in moved], ["arrived_on"], batch_size=200)
    boarding.changed(
        (lead.campaign_id, day) for lead, before in moved for day in (before, lead.arrived_on) if day is not None
    )


def _within(lead: Participation, at: datetime) -> bool:
    """A lead has left her name, as somebody who scanned has; for a recommended one there is more time."""
    campaign = lead.campaign
    days = campaign.referral_days if campaign.kind == CampaignKind.REFERRAL else campaign.scan_days
    return at <= lead.at + timedelta(days=days)


def _visits(people: set[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = Appointment.objects.filter(customer__in=people, state=AppointmentState.ARRIVED).order_by()
    for customer, at in rows.values_list("customer", "starts_at"):
        found[customer].append(at)
    return found


def _used(people: set[int]) -> Came:
    rows = CouponGrant.objects.filter(customer__in=people, state=GrantState.USED, origin__startswith=ORIGIN).order_by()
    grants = [(pk, int(origin.removeprefix(ORIGIN)), at) for pk, origin, at in rows.values_list("customer", "origin", "used_at")]
    campaigns: dict[int, int] = {}
    for some in batched({link for _pk, link, _at in grants}, 5_000):
        campaigns |= dict(Link.objects.filter(pk__in=some).order_by().values_list("pk", "campaign"))
    found: Came = defaultdict(list)
    for customer, link, at in grants:
        if link in campaigns:
            found[customer, campaigns[link]].append(timezone.localdate(at))
    return found
