"""The dates of a campaign were changed: what lay outside them may count now, and the other way round."""

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.choices import NotCounted
from campaigns.models import Campaign, TouchReading, Visitor
from campaigns.services.reading import marking, slices, telling
from scrm.kit import jobs
from scrm.kit.among import Among

SLICE = 1_000


JOB = "campaigns.tasks.read_again"


def dates_changed(campaign: Campaign) -> None:
    """For whoever changes them, in the same transaction. Without a key: a job that runs already may have looked before."""
    if campaign.links.exists():
        jobs.enqueue(JOB, campaign.pk)


def step(campaign_id: int) -> bool:
    """The next slice; True when none was left. Which readings are to be changed is asked of the rows, so that it may be
    broken off and begun again."""
    with transaction.atomic():
        slices.hold()
        campaign = Campaign.objects.get(pk=campaign_id)
        wrong = list(_wrong(campaign).order_by("pk")[:SLICE])
        if not wrong:
            return True
        for value, was in ((NotCounted.NONE, NotCounted.LATE), (NotCounted.LATE, NotCounted.NONE)):
            TouchReading.objects.filter(pk__in=[one.pk for one in wrong if one.not_counted == was]).update(
                not_counted=value, unique=False, first=False
            )
        visitors = sorted({one.visitor_id for one in wrong})
        who = list(Visitor.objects.select_for_update(of=("self",)).filter(Among("pk", visitors)).order_by("pk"))
        counted = TouchReading.objects.filter(Among("visitor", visitors), not_counted=NotCounted.NONE)
        rows = list(counted.filter(campaign=campaign))
        before = {one.pk: (one.unique, one.first) for one in rows}
        for one in rows:
            one.unique = one.first = False
        marking.mark_all(rows)
        revised = [one for one in rows if before[one.pk] != (one.unique, one.first)]
        marking.save(revised)
        telling.tell(who, [*wrong, *rows])
        return False


def _wrong(campaign: Campaign) -> QuerySet[TouchReading]:
    outside = Q(pk__in=[])
    if campaign.starts_on is not None:
        outside |= Q(day__lt=campaign.starts_on)
    if campaign.ends_on is not None:
        outside |= Q(day__gt=campaign.ends_on)
    rows = TouchReading.objects.filter(campaign=campaign)
    return rows.filter((outside & Q(not_counted=NotCounted.NONE)) | (~outside & Q(not_counted=NotCounted.LATE)))
