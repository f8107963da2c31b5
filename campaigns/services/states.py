"""What becomes of a campaign. One table says which moves there are, one function makes them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from campaigns.queries import readiness
from campaigns.services import dating, link_making
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

DRAFT, SCHEDULED, RUNNING, ENDED, SETTLED = CampaignState
NEXT: dict[CampaignState, frozenset[CampaignState]] = {
    DRAFT: frozenset({SCHEDULED}),
    SCHEDULED: frozenset({DRAFT, RUNNING}),
    RUNNING: frozenset({ENDED}),
    ENDED: frozenset({SETTLED}),
    SETTLED: frozenset(),
}
CHANGE = "campaigns.change_campaign"
ACTS = {
    DRAFT: "campaign.taken_back",
    SCHEDULED: "campaign.scheduled",
    RUNNING: "campaign.started",
    ENDED: "campaign.ended",
    SETTLED: "campaign.settled",
}


def move(campaign: Campaign, *, to: CampaignState, by: Any, no_pay: bool = False) -> Campaign:
    """`by` is None for the clock. `no_pay` is the answer to "nobody is paid?", asked where no pay is set.

    To be scheduled all must be there, and every link is made; begun is it on its first day, and ended by hand it ends
    today. Raises Refused: "campaign.not_yours_to_move", "campaign.state", "campaign.not_ready" (`detail["missing"]`: codes),
    "campaign.too_early".
    """
    if by is not None and not by.has_perm(CHANGE):
        raise Refused("campaign.not_yours_to_move", _("You may not do this with a campaign. Ask whoever runs them."))
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if to not in NEXT[CampaignState(locked.state)]:
            raise Refused("campaign.state", _why_not(locked, to))
        values = _before(locked, to, by=by, no_pay=no_pay)
        here = Campaign.objects.filter(pk=locked.pk, state=locked.state)
        if not here.update(state=to, **values):
            raise Refused("campaign.state", _why_not(locked, to))
        audit.record(ACTS[to], by=by, on=locked)
        if to == SCHEDULED:
            link_making.for_everybody(locked, by=by)
        if to == SCHEDULED or values.keys() & dating.DAYS:
            dating.judge_again(locked)
    campaign.refresh_from_db()
    return campaign


def publish(campaign: Campaign, *, by: Any, no_pay: bool = False) -> Campaign:
    """Scheduled, and at once running where its first day has come."""
    with transaction.atomic():
        move(campaign, to=SCHEDULED, by=by, no_pay=no_pay)
        if campaign.starts_on is not None and campaign.starts_on <= clock.today():
            move(campaign, to=RUNNING, by=by)
    return campaign


def move_due() -> int:
    """What the clock does: begins on the first day, ends after the last. Returns how many moves it made."""
    today, moved = clock.today(), 0
    for campaign in Campaign.objects.filter(state=SCHEDULED, starts_on__lte=today).order_by("pk"):
        moved += _moved(campaign, RUNNING)
    for campaign in Campaign.objects.filter(state=RUNNING, ends_on__lt=today).order_by("pk"):
        moved += _moved(campaign, ENDED)
    return moved


def doors(campaign: Campaign, by: Any) -> list[CampaignState]:
    """Where `by` may move it now, as far as the table goes; what is missing is said when she tries."""
    if not by.has_perm(CHANGE):
        return []
    early = campaign.starts_on is None or campaign.starts_on > clock.today()
    order = [to for to in CampaignState if to in NEXT[CampaignState(campaign.state)]]
    return [to for to in order if not (to == RUNNING and early)]


def _moved(campaign: Campaign, to: CampaignState) -> bool:
    """Somebody may have been quicker by hand."""
    try:
        move(campaign, to=to, by=None)
    except Refused:
        return False
    return True


def _before(campaign: Campaign, to: CampaignState, *, by: Any, no_pay: bool) -> dict[str, Any]:
    """What else is written, once nothing speaks against it."""
    today = clock.today()
    if to == SCHEDULED:
        lacking = [one for one in readiness.missing(campaign) if not (no_pay and one.code == "pay")]
        if lacking:
            words = " ".join(one.words for one in lacking)
            raise Refused("campaign.not_ready", words, missing=[one.code for one in lacking])
        return {"no_pay": True} if no_pay and not readiness.has_pay(campaign) else {}
    if to == RUNNING and (campaign.starts_on is None or campaign.starts_on > today):
        said = _("It begins on %(day)s. To begin sooner, choose an earlier first day.")
        raise Refused("campaign.too_early", said % {"day": campaign.starts_on})
    if to == ENDED and by is not None and (campaign.ends_on is None or campaign.ends_on > today):
        return {"ends_on": today}
    return {}


def _why_not(campaign: Campaign, to: CampaignState) -> str:
    state = CampaignState(campaign.state)
    if state == to:
        return _("It is so already: somebody was quicker.")
    said = _("The campaign is “%(now)s”; from there it cannot become “%(then)s”.")
    return said % {"now": state.label, "then": to.label}
