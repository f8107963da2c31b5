"""What one success is worth. A rule is never edited: a new version is a new row, and the old one is switched off."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.choices import Basis, CampaignState
from campaigns.models import Campaign, PayRule, Rules
from customers.models import Product
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

SET = "campaigns.add_payrule"
WHOLE = 10_000
MOST_FEN = 10**10
MOST_TIERS = 10
MOST_ATTAINMENT = 1_000_000


def set_rule(
    *,
    campaign: Campaign | None = None,
    product: Product | None = None,
    basis: str,
    rate_bp: int | None = None,
    fixed_fen: int | None = None,
    tiers: Iterable[Mapping[str, int]] = (),
    second_bp: int | None = None,
    by: Any,
) -> PayRule:
    """The rule in force from now on: of a campaign (one at a time, whatever its basis), of a product, or, of neither, of
    who served any order. What is so already makes no new version. What was earned under an older one stays as it was.

    Raises Refused: "pay.not_allowed", "pay.frozen" once the campaign is scheduled, "pay.both", "pay.served_only",
    "pay.one", "pay.rate", "pay.fixed", "pay.second", "pay.tiers".
    """
    _require(by)
    steps = _checked(campaign, product, basis, rate_bp, fixed_fen, list(tiers), second_bp)
    with transaction.atomic():
        _alone(campaign, product)
        here = slot(campaign, product, None if campaign else basis)
        now = here.filter(is_active=True).first()
        wanted = (basis, rate_bp, fixed_fen, steps, second_bp)
        if now is not None and (now.basis, now.rate_bp, now.fixed_fen, now.tiers, now.second_bp) == wanted:
            return now
        newest = here.order_by("-version").first()
        here.filter(is_active=True).update(is_active=False)
        rule = PayRule.objects.create(
            campaign=campaign, product=product, basis=basis, rate_bp=rate_bp, fixed_fen=fixed_fen, tiers=steps,
            second_bp=second_bp, version=newest.version + 1 if newest else 1, valid_from=clock.now(), created_by=by,
        )  # fmt: skip
        if campaign is not None:
            Campaign.objects.filter(pk=campaign.pk).update(no_pay=False, pay_basis=basis)
        audit.record("pay.set", by=by, on=rule, version=rule.version)
    return rule


def check_rule(
    *, campaign: Campaign | None = None, product: Product | None = None, basis: str, rate_bp: int | None = None,
    fixed_fen: int | None = None, tiers: Iterable[Mapping[str, int]] = (), second_bp: int | None = None,
) -> None:  # fmt: skip
    """What `set_rule` would refuse of these values, whoever asks."""
    _checked(campaign, product, basis, rate_bp, fixed_fen, list(tiers), second_bp)
    if campaign is not None and campaign.state != CampaignState.DRAFT:
        raise _frozen()


def drop_rule(*, campaign: Campaign | None = None, product: Product | None = None, basis: str | None = None, by: Any) -> int:
    """Nothing is paid by it from now on. Returns how many were in force. Raises as `set_rule`."""
    _require(by)
    with transaction.atomic():
        _alone(campaign, product)
        rules = list(slot(campaign, product, basis).filter(is_active=True))
        for rule in rules:
            PayRule.objects.filter(pk=rule.pk).update(is_active=False)
            audit.record("pay.dropped", by=by, on=rule, version=rule.version)
    return len(rules)


def slot(campaign: Campaign | None, product: Product | None, basis: str | None) -> QuerySet[PayRule]:
    """All versions of one rule."""
    rows = PayRule.objects.filter(campaign=campaign, product=product)
    return rows if basis is None else rows.filter(basis=basis)


def of_campaign(campaign: Campaign) -> PayRule | None:
    return PayRule.objects.filter(campaign=campaign, is_active=True).first()


def _require(by: Any) -> None:
    if by is not None and not by.has_perm(SET):
        raise Refused("pay.not_allowed", _("You may not set what is paid. Ask the owner."))


def _alone(campaign: Campaign | None, product: Product | None) -> None:
    """Two who set the same rule at once come after each other."""
    if campaign is not None:
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        if locked.state != CampaignState.DRAFT:
            raise _frozen()
    elif product is not None:
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    else:
        Rules.objects.bulk_create([Rules(pk=1)], ignore_conflicts=True)
        Rules.objects.select_for_update(no_key=True).get(pk=1)


def _frozen() -> Refused:
    return Refused("pay.frozen", _("What the campaign pays was fixed when it was scheduled. Only a draft can be changed."))


def _checked(
    campaign: Campaign | None, product: Product | None, basis: str, rate: int | None, fixed: int | None,
    tiers: list[Mapping[str, int]], second: int | None,
) -> list[dict[str, int]]:  # fmt: skip
    """The tiers in order, as they are kept."""
    if campaign is not None and product is not None:
        raise Refused("pay.both", _("A rule is that of a campaign or that of a product, not of both."))
    if campaign is None and product is None and basis != Basis.SERVED:
        raise Refused("pay.served_only", _("A rule for every order pays who served. Links are paid by campaign or product."))
    if (rate is None) == (fixed is None):
        raise Refused("pay.one", _("Enter a rate or a fixed sum, one of the two."))
    for part in (rate, second):
        if part is not None and not 0 < part <= WHOLE:
            raise Refused("pay.rate", _("A rate lies above 0 and is 100 per cent at most."))
    if fixed is not None and not 0 < fixed <= MOST_FEN:
        raise Refused("pay.fixed", _("The sum for an order lies above 0."))
    if second is not None and rate is None:
        raise Refused("pay.second", _("A second level is a rate beside a rate."))
    return _steps(tiers, rate)


def _steps(tiers: list[Mapping[str, int]], rate: int | None) -> list[dict[str, int]]:
    wrong = Refused("pay.tiers", _("Each tier says from which attainment on which rate is paid, each attainment once."))
    if not tiers:
        return []
    if rate is None or len(tiers) > MOST_TIERS:
        raise wrong
    steps = []
    for tier in tiers:
        start, part = tier.get("from_bp"), tier.get("rate_bp")
        if not isinstance(start, int) or not isinstance(part, int):
            raise wrong
        if not 0 < start <= MOST_ATTAINMENT or not 0 < part <= WHOLE:
            raise wrong
        steps.append({"from_bp": start, "rate_bp": part})
    if len({step["from_bp"] for step in steps}) < len(steps):
        raise wrong
    return sorted(steps, key=lambda step: step["from_bp"])
