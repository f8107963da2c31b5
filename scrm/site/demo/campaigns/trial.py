"""B: ¥68 on 小红书. Of 24 who made an appointment 14 did not come; it has cost eight times what it brought."""

from campaigns.choices import CampaignKind, CostKind, PosterStyle, PrimaryMetric
from loyalty.choices import CouponKind
from scrm.site.demo.campaigns.shapes import Bought, Cost, Gift, Lead, Plan, Task, Way
from scrm.site.demo.goods import CARE, TRIAL


def _paid(joined: int, visit: int, *, more: bool = False) -> Lead:
    """¥68 at her visit; two of them stay for a care of ¥298."""
    bought = (Bought(visit, TRIAL, channel="小红书"), *((Bought(visit, CARE, channel="小红书", hour=16),) if more else ()))
    return Lead(joined, visit, bought=bought)


def _missed(joined: int, visit: int, *, asked: bool = False) -> Lead:
    return Lead(joined, visit, missed=True, asked=asked)


SERVES = ("王蕾", "赵倩")
AGENCY = Way("青柠代运营·小安", "小红书", 612, 388, (
    _paid(20, 18), _paid(18, 16), _paid(15, 13), _paid(13, 11, more=True), _paid(10, 8), Lead(12, 10),
    _missed(20, 17), _missed(18, 15), _missed(16, 13), _missed(15, 12, asked=True), _missed(13, 10, asked=True), _missed(10, 7),
    _missed(7, 4), _missed(4, 2),
    *(Lead(day) for day in (20, 18, 17, 15, 12, 9, 6, 4, 2)),
), serves=SERVES)  # fmt: skip
WU = Way("吴桐", "小红书", 344, 227, (
    _paid(19, 17, more=True), _paid(17, 14), _paid(7, 5), _paid(5, 3),
    _missed(19, 16), _missed(18, 15), _missed(14, 12), _missed(11, 9, asked=True), _missed(8, 6), _missed(3, 1),
    *(Lead(day) for day in (19, 16, 14, 11, 8, 5, 3, 1)),
), serves=SERVES)  # fmt: skip

PLAN = Plan(
    name="小红书 ¥68 体验",
    starts=20,
    ends=-5,
    audience="没来过的新客，滨江、西湖五公里内",
    channels=("小红书",),
    products=(TRIAL, CARE),
    template="trial",
    page={
        "title": "小气泡体验 ¥68",
        "words": "第一次来的朋友：60 分钟小气泡清洁加补水，先看皮肤再做。\n到店再付，这里不收钱。",
        "rules": "限没来过的朋友，每人一次。\n请提前一天预约；来不了请告诉我们，名额让给别人。\n做完想不想加项目，您自己定。",
        "button": "我要体验",
        "thanks": "名额留好了，客服会打电话和您约时间。",
        "price_fen": 6_800,
        "usual_fen": 16_800,
    },
    gift=Gift("小气泡体验券 ¥68", CouponKind.GIFT, product=TRIAL, stock=60, words="到店付 ¥68 体验一次"),
    tasks=(Task("青柠代运营·小安", leads=80), Task("吴桐", leads=40, orders=20)),
    ways=(AGENCY, WU),
    costs=(
        Cost("小红书", CostKind.ADS, 360, tuple(range(20, 0, -1)), "薯条投放"),
        Cost("小红书", CostKind.AGENCY, 1_200, (20, 8), "代运营服务费"),
    ),
    kind=CampaignKind.COUPON,
    metric=PrimaryMetric.NEW_CUSTOMERS,
    budget=9_600,
    rate_bp=None,
    note="引流价，不计提成；做完看能不能带起舒缓护理。",
    style=PosterStyle.COOL,
    poster_words="扫码约体验，到店再付",
)  # fmt: skip
