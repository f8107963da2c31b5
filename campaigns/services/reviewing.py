"""复盘: after the end somebody says what to do with it next time, and why."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import CampaignState, Verdict
from campaigns.models import Campaign
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

CHANGE = "campaigns.change_campaign"
LONGEST = 2_000
OVER = (CampaignState.ENDED, CampaignState.SETTLED)


def may_review(campaign: Campaign, by: Any) -> bool:
    return campaign.state in OVER and bool(by.has_perm(CHANGE))


def review(campaign: Campaign, *, verdict: str, words: str, by: Any) -> Campaign:
    """The last word counts; the history of the campaign tells the earlier ones. Raises Refused: "review.not_allowed",
    "review.too_early", "review.verdict", "review.why", "review.too_long"."""
    said = words.replace("\r\n", "\n").strip()
    if by is not None and not by.has_perm(CHANGE):
        raise Refused("review.not_allowed", _("You may not decide on campaigns. Ask whoever runs them."))
    if verdict not in Verdict.values or verdict == Verdict.NONE:
        raise Refused("review.verdict", _("Choose one: again, differently, or not again."))
    if not said:
        raise Refused("review.why", _("Write in a sentence why, so that whoever plans the next one knows."))
    if len(said) > LONGEST:
        raise Refused("review.too_long", _("Keep it below %(limit)s characters.") % {"limit": f"{LONGEST:,}"})
    with transaction.atomic():
        kept = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if kept.state not in OVER:
            raise Refused("review.too_early", _("The campaign is not over yet."))
        if (kept.verdict, kept.verdict_words) == (verdict, said):
            return kept
        kept.verdict, kept.verdict_words, kept.verdict_at = verdict, said, clock.now()
        kept.save(update_fields=["verdict", "verdict_words", "verdict_at"])
        audit.record("campaign.reviewed", by=by, on=kept, verdict=verdict)
    return kept
