"""保本单数: how many orders pay for a campaign, and what one of them is worth to whoever brings it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, F, Sum

from campaigns.choices import CampaignState, Model
from campaigns.models import Campaign, CampaignCost, Credit, LandingPage, PayRule
from campaigns.queries import margins
from customers.models import Order
from scrm.kit import clock

OVER = (CampaignState.ENDED, CampaignState.SETTLED)
# For what an order is usually worth, where neither the campaign nor its products say.
DAYS = 90


@dataclass(frozen=True)
class BreakEven:
    """In fen. `order_source`: "own" orders so far, the price on its "page", its "products", the "shop"'s orders of late, or
    "" where nobody can say what an order brings; then, and where an order brings less than it costs, `needed` is None.

    `margin_bp` None: the margin is not known, so that all an order brings is taken for earned, which the page says."""

    cost_fen: int
    from_budget: bool
    order_fen: int | None
    order_source: str
    margin_bp: int | None
    margin_source: str
    pay_fen: int
    orders: int

    @property
    def left_fen(self) -> int | None:
        """What one order leaves for the cost, after what it pays the employee."""
        if self.order_fen is None:
            return None
        earned = self.order_fen if self.margin_bp is None else margins.part(self.order_fen, self.margin_bp)
        return earned - self.pay_fen

    @property
    def needed(self) -> int | None:
        if self.cost_fen == 0:
            return 0
        if self.left_fen is None or self.left_fen <= 0:
            return None
        return -(-self.cost_fen // self.left_fen)

    @property
    def missing(self) -> int | None:
        return None if self.needed is None else max(self.needed - self.orders, 0)

    @property
    def loses(self) -> bool:
        """Every order costs more than it brings: no number of them pays for the campaign."""
        return self.cost_fen > 0 and self.left_fen is not None and self.left_fen <= 0


def of(campaign: Campaign) -> BreakEven:
    """Orders are those of the last touch, whatever pays."""
    shares = Credit.objects.by(Model.LAST).filter(campaign=campaign, share_fen__gt=0)
    had = shares.aggregate(orders=Count("conversion", distinct=True), net=Sum("share_fen"))
    return of_all([campaign], {campaign.pk: (had["orders"], had["net"] or 0)})[campaign.pk]


def of_all(campaigns: Sequence[Campaign], had: Mapping[int, tuple[int, int]]) -> dict[int, BreakEven]:
    """{campaign: …} of several at once; `had` is {campaign: (orders, net)} of the last touch. Before and while one runs the
    budget has to be earned back, or what was spent where that is more; once it is over what was spent, where that is known."""
    pks = [one.pk for one in campaigns]
    costs = CampaignCost.objects.filter(campaign__in=pks).order_by().values_list("campaign").annotate(n=Sum("amount_fen"))
    spent: dict[int | None, int] = dict(costs)
    rules = {rule.campaign_id: rule for rule in PayRule.objects.filter(campaign__in=pks, is_active=True).order_by("-pk")}
    known = margins.of(campaigns)
    priced = LandingPage.objects.filter(campaign__in=pks, price_fen__gt=0).values_list("campaign", "price_fen")
    pages: dict[int, int] = {pk: fen for pk, fen in priced if fen}
    unknown = [pk for pk in pks if not had.get(pk, (0, 0))[0] and pk not in pages and not known[pk].price_fen]
    usual = _usual_fen() if unknown else None
    return {
        one.pk: _made(one, spent.get(one.pk, 0), _order(*had.get(one.pk, (0, 0)), pages.get(one.pk), known[one.pk], usual), had.get(one.pk, (0, 0))[0], known[one.pk], rules.get(one.pk))
        for one in campaigns
    }


def _made(
    campaign: Campaign, spent: int, order: tuple[int | None, str], orders: int, margin: margins.Margin, rule: PayRule | None
) -> BreakEven:
    cost = spent if campaign.state in OVER and spent else max(spent, campaign.budget_fen or 0)
    order_fen, source = order
    return BreakEven(
        cost_fen=cost, from_budget=cost > spent, order_fen=order_fen, order_source=source, margin_bp=margin.bp,
        margin_source=margin.source, pay_fen=worth_fen(rule, order_fen) or 0, orders=orders,
    )  # fmt: skip


def _order(
    orders: int, net: int, page_fen: int | None, margin: margins.Margin, usual: int | None
) -> tuple[int | None, str]:
    """What an order brings: as those that came did, as its page or its products say, or as the shop's orders of late did;
    what one is worth to an employee (`queries.worth`) goes by the same prices."""
    if orders:
        return (2 * net + orders) // (2 * orders), "own"
    if page_fen:
        return page_fen, "page"
    if margin.price_fen:
        return margin.price_fen, "products"
    return (usual, "shop") if usual else (None, "")


def _usual_fen() -> int | None:
    lately = Order.objects.counting().ordered_within(clock.days_ago(DAYS), clock.today())
    mean = lately.aggregate(n=Avg(F("paid_fen") - F("refunded_fen")))["n"]
    return round(mean) if mean else None


def worth_fen(rule: PayRule | None, order_fen: int | None) -> int | None:
    """What one order pays the employee ("成 1 单约得"); None where nothing is paid, or nobody can say."""
    if rule is None:
        return None
    if rule.fixed_fen is not None:
        return rule.fixed_fen
    return None if order_fen is None or rule.rate_bp is None else margins.part(order_fen, rule.rate_bp)
