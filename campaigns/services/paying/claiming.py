"""Who has a claim on an order, by which rule: by links, or by having served. Which of the two pays is decided here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from campaigns.choices import Basis
from campaigns.models import Campaign, PayRule
from campaigns.paying_keys import Person, Slot


@dataclass(frozen=True)
class Claim:
    """One person's share of the amount paid for an order, and the rule that pays for it. `fixed_fen`: her part of a fixed
    sum. `slack_fen`: by so much the share may differ from the one worked out earlier without being another."""

    order: int
    person: Person
    slot: Slot
    rule: PayRule
    model: str
    basis_fen: int
    fixed_fen: int = 0
    slack_fen: int = 0

    @property
    def basis(self) -> str:
        return Basis.SERVED if self.slot.served else Basis.CREDIT

    @property
    def is_second(self) -> bool:
        return self.slot.level == 2


def together(claims: Iterable[Claim]) -> list[Claim]:
    """One claim for each person, order and slot: several links of hers add up before anything is rounded."""
    found: dict[tuple[int, Person, Slot], Claim] = {}
    for claim in claims:
        key = (claim.order, claim.person, claim.slot)
        if (one := found.get(key)) is not None:
            claim = replace(
                one,
                basis_fen=one.basis_fen + claim.basis_fen,
                fixed_fen=one.fixed_fen + claim.fixed_fen,
                slack_fen=one.slack_fen + claim.slack_fen,
            )
        found[key] = claim
    return list(found.values())


def decide(by_links: Sequence[Claim], served: Sequence[Claim], credit_wins: bool) -> Sequence[Claim]:
    """Of one order. `credit_wins`: some campaign that has a claim says so."""
    if by_links and served:
        return by_links if credit_wins else served
    return by_links or served


def wins(campaigns: Iterable[int]) -> dict[int, bool]:
    """{campaign: the credit of its links comes before who served}"""
    rows = Campaign.objects.filter(pk__in=set(campaigns)).order_by().values_list("pk", "pay_wins")
    return {pk: said == Basis.CREDIT for pk, said in rows}
