"""A campaign with its page, coupon, poster, people and costs: made as a draft, published, and on its way by its first day."""

from campaigns.choices import CampaignState
from campaigns.models import Assignment, Campaign
from campaigns.services import assigning, page_templates, paging, reviewing, setting_up, states, working
from campaigns.services.assigning import Targets
from campaigns.services.costing import enter_cost
from loyalty.models import Coupon
from scrm.kit import clock
from scrm.site.demo.campaigns import promoting
from scrm.site.demo.campaigns.shapes import Gift, Plan, Shop

KEPT = ("ask_time", "consents", "questions")


def set_up(plan: Plan, shop: Shop) -> Campaign:
    """It runs afterwards, also where its days are over by now: `close` ends it."""
    by = shop.operator
    with clock.staged(shop.at(plan.starts + 4, 15)):
        campaign = setting_up.save(
            Campaign(),
            values={
                "name": plan.name, "kind": plan.kind, "starts_on": shop.day(plan.starts), "ends_on": shop.day(plan.ends),
                "audience": plan.audience, "primary_metric": plan.metric, "nobody_too": plan.nobody_too,
                "budget_fen": plan.budget * 100, "in_charge": by, "note": plan.note, "created_at": clock.now(),
            },
            products=[shop.products[name] for name in plan.products],
            channels=[shop.channels[name] for name in plan.channels],
            pay=setting_up.Pay(rate_bp=plan.rate_bp),
            by=by,
        )  # fmt: skip
        if plan.second_bp is not None:
            promoting.pay_second_level(campaign, plan.rate_bp, plan.second_bp, by=by)
        _page(plan, campaign, shop)
        for task in plan.tasks:
            targets = Targets(task.leads, task.referrals, task.orders, task.yuan * 100 if task.yuan else None)
            assigning.assign(
                campaign=campaign, employees=[shop.staff[task.name]], targets=targets, deadline=shop.day(plan.ends), by=by
            )
        promoting.poster(plan, campaign)
    with clock.staged(shop.at(plan.starts + 2, 11)):
        states.publish(campaign, by=by, no_pay=plan.rate_bp is None)
    for task in plan.tasks:
        if not task.idle:
            with clock.staged(shop.at(plan.starts + 1, 18)):
                working.accept(_assignment(campaign, shop, task.name), by=shop.staff[task.name])
    with clock.staged(shop.at(plan.starts, 0, 5)):
        states.move_due()
    _costs(plan, campaign, shop)
    campaign.refresh_from_db()
    return campaign


def close(plan: Plan, campaign: Campaign, shop: Shop) -> None:
    """Whoever has begun is told from touches; those who are done say so. What is over ends in the night after its last day."""
    working.notice_starts()
    for task in plan.tasks:
        if task.done is not None:
            with clock.staged(shop.at(task.done, 21)):
                working.finish(_assignment(campaign, shop, task.name), by=shop.staff[task.name])
    if not plan.is_over:
        return
    with clock.staged(shop.at(plan.ends - 1, 0, 5)):
        states.move_due()
    with clock.staged(shop.at(plan.verdict_days_ago, 17)):
        reviewing.review(campaign, verdict=plan.verdict, words=plan.verdict_words, by=shop.operator)
        if plan.settled:
            states.move(campaign, to=CampaignState.SETTLED, by=shop.operator)


def _page(plan: Plan, campaign: Campaign, shop: Shop) -> None:
    filled = page_templates.fill(campaign, plan.template)
    values = {name: getattr(filled, name) for name in KEPT} | {
        "template": plan.template, "button": filled.button, "thanks": filled.thanks, **plan.page,
        "coupon": _coupon(plan.gift, shop),
    }  # fmt: skip
    paging.create_page(campaign=campaign, by=shop.operator, **values)


def _coupon(gift: Gift, shop: Shop) -> Coupon:
    return Coupon.objects.create(
        name=gift.name, kind=gift.kind, value_fen=gift.yuan * 100 if gift.yuan else None,
        min_spend_fen=gift.min_yuan * 100 if gift.min_yuan else None,
        product=shop.products[gift.product] if gift.product else None, stock=gift.stock, words=gift.words,
        created_at=clock.now(),
    )  # fmt: skip


def _assignment(campaign: Campaign, shop: Shop, name: str) -> Assignment:
    return Assignment.objects.select_related("campaign").get(campaign=campaign, employee=shop.staff[name])


def _costs(plan: Plan, campaign: Campaign, shop: Shop) -> None:
    for cost in plan.costs:
        for day in cost.days:
            enter_cost(
                campaign=campaign, channel=shop.channels[cost.channel], day=shop.day(day), kind=cost.kind,
                amount_fen=cost.yuan * 100, note=cost.note, by=shop.operator,
            )  # fmt: skip

