"""A campaign as its form says it: made as a draft, changed as far as its state allows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import AssignmentState, Basis, CampaignState
from campaigns.models import Assignment, Campaign
from campaigns.queries import readiness
from campaigns.services import arriving, assigning, dating, link_making
from campaigns.services.assigning import Targets
from campaigns.services.crediting import work
from campaigns.services.paying import rules
from customers.models import Channel, Product
from scrm.kit.errors import Refused
from scrm.staff.models import Department, Employee

ADD, CHANGE = "campaigns.add_campaign", "campaigns.change_campaign"
DRAFT, SCHEDULED, RUNNING, ENDED, SETTLED = CampaignState
WINDOWS = frozenset({"view_days", "scan_days", "referral_days"})
# Fixed once it is scheduled: how it is judged and what it pays.
FIXED = WINDOWS | {"kind", "primary_metric", "pay_basis", "pay_model", "pay_wins"}
# Once it runs its beginning is history; what is over is only commented on.
BEGUN = FIXED | {"starts_on"}
# Without these nobody could follow its links, or know when.
NEEDED = {
    "dates": {"starts_on", "ends_on"},
    "landing": {"landing", "target_url", "mini_path"},
    "page": {"landing"},
}
AFTERWARDS = frozenset({"note", "in_charge", "audience"})


@dataclass(frozen=True)
class Pay:
    """What one order pays; neither: nothing."""

    rate_bp: int | None = None
    fixed_fen: int | None = None


@dataclass(frozen=True)
class People:
    """Whoever is chosen by name or department, with the same targets; `for_all`: of a draft also those who were there."""

    employees: list[Employee] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    targets: Targets = assigning.NO_TARGETS
    deadline: date | None = None
    for_all: bool = True


def is_fixed(state: str, name: str) -> bool:
    """Whether a field of a campaign in this state can no longer be changed."""
    if state == DRAFT:
        return False
    if state in (ENDED, SETTLED):
        return name not in AFTERWARDS
    return name in (FIXED if state == SCHEDULED else BEGUN)


def save(
    campaign: Campaign,
    *,
    values: dict[str, Any],
    products: Iterable[Product] | None = None,
    channels: Iterable[Channel] | None = None,
    people: People | None = None,
    pay: Pay | None = None,
    by: Any,
) -> Campaign:
    """A new one (without a pk), or one as it stands in the database; None leaves a part as it is. Of a draft whoever is no
    longer chosen is taken off; later people and channels only come, each with links at once.

    Raises Refused: "campaign.not_allowed", "campaign.frozen", "campaign.not_ready", and what assigning and pay refuse.
    """
    right = CHANGE if campaign.pk else ADD
    if by is not None and not by.has_perm(right):
        raise Refused("campaign.not_allowed", _("You may not change campaigns. Ask whoever runs them."))
    with transaction.atomic():
        kept = _write(campaign, values, by=by)
        if products is not None and not is_fixed(kept.state, "products"):
            kept.products.set(products)
        if kept.state in (ENDED, SETTLED):
            return kept
        new_ways = _channels(kept, channels)
        if people is not None:
            _people(kept, people, by=by)
        if kept.state != DRAFT and (new_ways or people is not None):
            link_making.for_everybody(kept, by=by)
        if pay is not None and kept.state == DRAFT:
            _pay(kept, pay, by=by)
    return kept


def _write(campaign: Campaign, values: dict[str, Any], *, by: Any) -> Campaign:
    if not campaign.pk:
        made = Campaign(**values, created_by=by)
        made.save()
        return made
    kept = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    differing = [name for name, value in values.items() if getattr(kept, name) != value]
    if any(is_fixed(kept.state, name) for name in differing):
        said = _("The campaign is “%(state)s”: what it pays and how it is judged can no longer be changed.")
        if kept.state in (ENDED, SETTLED):
            said = _("The campaign is “%(state)s”: it can no longer be changed.")
        raise Refused("campaign.frozen", said % {"state": kept.get_state_display()})
    for name in differing:
        setattr(kept, name, values[name])
    if differing:
        kept.save(update_fields=differing)
    if kept.state in (SCHEDULED, RUNNING):
        _still_whole(kept, set(differing))
    if kept.state != DRAFT and dating.DAYS & set(differing):
        dating.judge_again(kept)
    if WINDOWS & set(differing):
        work.of_campaign(kept)
        arriving.look_again(kept.participations.values_list("customer", flat=True))
    return kept


def _still_whole(campaign: Campaign, changed: set[str]) -> None:
    """What is out keeps its days and a place to lead to."""
    parts = {part for part, names in NEEDED.items() if names & changed}
    lacking = [one for one in readiness.missing(campaign) if one.part in parts] if parts else []
    if lacking:
        codes = [one.code for one in lacking]
        raise Refused("campaign.not_ready", " ".join(one.words for one in lacking), missing=codes)


def _channels(campaign: Campaign, channels: Iterable[Channel] | None) -> bool:
    """Whether new ones came."""
    if channels is None:
        return False
    chosen = list(channels)
    before = set(campaign.channels.values_list("pk", flat=True))
    if campaign.state == DRAFT:
        campaign.channels.set(chosen)
    else:
        campaign.channels.add(*chosen)
    return not {channel.pk for channel in chosen} <= before


def _people(campaign: Campaign, people: People, *, by: Any) -> None:
    chosen: list[Assignment] = []
    if people.employees or people.departments:
        chosen = assigning.assign(
            campaign=campaign, employees=people.employees, departments=people.departments, targets=people.targets,
            deadline=people.deadline, by=by,
        )  # fmt: skip
    if campaign.state != DRAFT:
        return
    standing = Assignment.objects.standing().filter(campaign=campaign)
    standing.exclude(pk__in=[one.pk for one in chosen]).update(state=AssignmentState.WITHDRAWN)
    if people.for_all:
        standing.update(**people.targets.columns(), deadline=people.deadline)


def _pay(campaign: Campaign, pay: Pay, *, by: Any) -> None:
    if pay.rate_bp is None and pay.fixed_fen is None:
        rules.drop_rule(campaign=campaign, by=by)
        return
    basis = Basis(campaign.pay_basis)
    now = rules.of_campaign(campaign)
    tiers, second = (now.tiers, now.second_bp) if now is not None and now.rate_bp is not None else ([], None)
    if pay.rate_bp is None:
        tiers, second = [], None
    rules.set_rule(
        campaign=campaign, basis=basis, rate_bp=pay.rate_bp, fixed_fen=pay.fixed_fen, tiers=tiers, second_bp=second, by=by
    )
