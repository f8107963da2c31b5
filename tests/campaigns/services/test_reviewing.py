"""复盘 after the end: keep, change or stop, and why."""

import pytest

from campaigns.choices import CampaignState, Verdict
from campaigns.services import reviewing
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign

pytestmark = pytest.mark.django_db


def test_filed_and_decided_anew(owner):
    campaign = make_campaign(state=CampaignState.ENDED)
    reviewing.review(campaign, verdict=Verdict.KEEP, words=" 复购高 ", by=owner)
    kept = reviewing.review(campaign, verdict=Verdict.STOP, words="亏了", by=owner)
    reviewing.review(campaign, verdict=Verdict.STOP, words="亏了", by=owner)
    assert (kept.verdict, kept.verdict_words, kept.verdict_at is not None) == (Verdict.STOP, "亏了", True)
    assert list(kept.history.values_list("verdict_words", flat=True)) == ["亏了", "复购高", ""]
    said = AuditEntry.objects.filter(action="campaign.reviewed").order_by("pk")
    assert [entry.detail["verdict"] for entry in said] == ["keep", "stop"]


@pytest.mark.parametrize(
    ("state", "verdict", "words", "code"),
    [
        ("running", "keep", "好", "review.too_early"),
        ("draft", "keep", "好", "review.too_early"),
        ("ended", "", "好", "review.verdict"),
        ("ended", "perhaps", "好", "review.verdict"),
        ("ended", "keep", "  ", "review.why"),
        ("ended", "keep", "好" * 2_001, "review.too_long"),
    ],
)
def test_refusals(owner, state, verdict, words, code):
    with pytest.raises(Refused) as no:
        reviewing.review(make_campaign(state=state), verdict=verdict, words=words, by=owner)
    assert no.value.code == code


def test_only_with_the_right(manager):
    campaign = make_campaign(state=CampaignState.ENDED)
    with pytest.raises(Refused) as no:
        reviewing.review(campaign, verdict=Verdict.KEEP, words="好", by=manager)
    assert (no.value.code, reviewing.may_review(campaign, manager)) == ("review.not_allowed", False)
