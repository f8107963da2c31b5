"""Claims by the credit of links: an employee's 提成, the 佣金 of a customer who recommends and of who brought her."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from campaigns.choices import Basis
from campaigns.models import Credit, Referral
from campaigns.paying_keys import Person, Slot
from campaigns.queries.commission.roots import roots
from campaigns.services.paying.claiming import Claim, together
from campaigns.services.paying.portions import Lines, Portion, portions
from campaigns.services.paying.rulebook import Rulebook
from campaigns.services.paying.sold import Sold
from scrm.kit import money
from scrm.kit.among import Among


class Share(NamedTuple):
    order: int
    campaign: int
    employee: int | None
    promoter: int | None
    model: str
    fen: int
    pays_by: str
    no_pay: bool


def claims(sold: Mapping[int, Sold], book: Rulebook, lines: Lines) -> tuple[list[Claim], dict[int, set[int]]]:
    """All of a slice, and {order: the campaigns by which somebody has one}."""
    if not book.has(Basis.CREDIT):
        return [], {}
    shares = _shares(list(sold))
    people = roots({share.promoter for share in shares if share.promoter is not None})
    by_model: dict[tuple[int, str], list[Share]] = {}
    for share in shares:
        by_model.setdefault((share.order, share.model), []).append(share)
    found: list[Claim] = []
    campaigns: dict[int, set[int]] = {}
    for (order, model), those in by_model.items():
        one = sold[order]
        # What no link brought is nobody's, and has its part of every amount that is split.
        weights = [share.fen for share in those]
        weights.append(max(one.net - sum(weights), 0))
        slack = one.paid // max(one.net, 1) + 2
        for nth, share in enumerate(those):
            if share.pays_by != model or not share.fen or (share.employee is None and share.promoter is None):
                continue
            promoter = None if share.promoter is None else people[share.promoter]
            for portion in _portions(one, share, book, lines):
                rule = portion.rule
                part = money.split(portion.paid_fen, weights)[nth]
                fixed = money.split(rule.fixed_fen, weights)[nth] if rule.fixed_fen else 0
                person = Person(share.employee, promoter)
                found.append(Claim(order, person, portion.slot, rule, model, part, fixed, slack))
                campaigns.setdefault(order, set()).add(share.campaign)
    first = together(claim for claim in found if claim.basis_fen)
    return [*first, *_second(first)], campaigns


def _shares(order_ids: Sequence[int]) -> list[Share]:
    rows = Credit.objects.filter(Among("order", order_ids)).order_by("order_id", "model", "link_id")
    return [
        Share(*row)
        for row in rows.values_list(
            "order_id", "campaign_id", "employee_id", "link__customer_id", "model", "share_fen", "campaign__pay_model",
            "campaign__no_pay",
        )
    ]  # fmt: skip


def _portions(sold: Sold, share: Share, book: Rulebook, lines: Lines) -> list[Portion]:
    """The campaign's own rule pays for the whole order; where it has none, those of the products."""
    rule = book.of(sold, basis=Basis.CREDIT, campaign=share.campaign)
    if rule is not None:
        return [Portion(Slot(campaign=share.campaign, served=False), rule, sold.paid)]
    return [] if share.no_pay else portions(sold, lines, book, Basis.CREDIT)


def _second(claims: Iterable[Claim]) -> list[Claim]:
    """Who brought her who recommends, in the same campaign: one level, and none above."""
    first = [claim for claim in claims if claim.person.promoter is not None and claim.rule.second_bp and claim.slot.campaign]
    if not first:
        return []
    pairs = {(claim.slot.campaign, claim.person.promoter) for claim in first}
    rows = Referral.objects.filter(
        campaign__in={campaign for campaign, _who in pairs}, invitee__in={who for _campaign, who in pairs}
    )
    brought = {(campaign, who): by for campaign, who, by in rows.order_by("pk").values_list("campaign_id", "invitee_id", "inviter_id")}
    above = roots(set(brought.values()))
    found = []
    for claim in first:
        inviter = brought.get((claim.slot.campaign, claim.person.promoter))  # type: ignore[arg-type]
        if inviter is not None and above[inviter] != claim.person.promoter:
            person, slot = Person(promoter=above[inviter]), claim.slot._replace(level=2)
            found.append(replace(claim, person=person, slot=slot, fixed_fen=0))
    return together(found)
