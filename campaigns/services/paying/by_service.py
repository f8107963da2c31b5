"""Claims of who served, by the shares that stand on the order."""

from collections.abc import Mapping, Sequence

from campaigns.choices import Basis, Model
from campaigns.models import Conversion, Credit
from campaigns.paying_keys import Person, Slot
from campaigns.reckoning import WHOLE
from campaigns.services.paying.claiming import Claim
from campaigns.services.paying.portions import Lines, Portion, portions
from campaigns.services.paying.rulebook import Rulebook
from campaigns.services.paying.sold import Sold
from customers.choices import CreditRole
from customers.models import OrderCredit
from scrm.kit import money
from scrm.kit.among import Among

SERVING = (CreditRole.OPENER, CreditRole.HELPER)


def claims(sold: Mapping[int, Sold], book: Rulebook, lines: Lines) -> list[Claim]:
    if not book.has(Basis.SERVED):
        return []
    campaign_of = _campaigns(list(sold), book)
    found = []
    for order, shares in _shares(list(sold)).items():
        one = sold[order]
        people = sorted(shares)
        # A share that is still open, since nobody knows yet who was meant, is nobody's.
        weights = [shares[who] for who in people]
        weights.append(max(WHOLE - sum(weights), 0))
        for portion in _portions(one, campaign_of.get(order, []), book, lines):
            rule = portion.rule
            parts = money.split(portion.paid_fen, weights)
            fixed = money.split(rule.fixed_fen or 0, weights)
            found += [
                Claim(order, Person(who), portion.slot, rule, "", part, own)
                for who, part, own in zip(people, parts, fixed, strict=False)
                if part
            ]
    return found


def _shares(order_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    rows = OrderCredit.objects.filter(Among("order", order_ids), role__in=SERVING, share_bp__gt=0).order_by("pk")
    found: dict[int, dict[int, int]] = {}
    for order, who, share in rows.values_list("order_id", "employee_id", "share_bp"):
        shares = found.setdefault(order, {})
        shares[who] = shares.get(who, 0) + share
    return found


def _campaigns(order_ids: Sequence[int], book: Rulebook) -> dict[int, list[int]]:
    """{order: campaigns that pay who served and had a part in it}, that of the last touch first."""
    paying = book.campaigns(Basis.SERVED)
    if not paying:
        return {}
    rows = Conversion.objects.filter(Among("order", order_ids), campaign__in=paying).order_by("order_id", "campaign_id")
    last = Credit.objects.filter(Among("order", order_ids), campaign__in=paying, model=Model.LAST, share_fen__gt=0)
    touched_last = set(last.order_by().values_list("order_id", "campaign_id"))
    found: dict[int, list[int]] = {}
    for order, campaign in rows.values_list("order_id", "campaign_id"):
        found.setdefault(order, []).append(campaign)
    for order, campaigns in found.items():
        campaigns.sort(key=lambda campaign: ((order, campaign) not in touched_last, campaign))
    return found


def _portions(sold: Sold, campaigns: Sequence[int], book: Rulebook, lines: Lines) -> list[Portion]:
    """A campaign's rule pays for the whole order; else the products' own and that for any order."""
    for campaign in campaigns:
        rule = book.of(sold, basis=Basis.SERVED, campaign=campaign)
        if rule is not None:
            return [Portion(Slot(campaign=campaign), rule, sold.paid)]
    return portions(sold, lines, book, Basis.SERVED)
