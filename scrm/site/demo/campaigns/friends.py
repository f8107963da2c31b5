"""C: 老带新·闺蜜同行, which goes on. 17 friends so far; one bought with the number of a colleague."""

from campaigns.choices import CampaignKind, CostKind, PosterStyle, PrimaryMetric
from loyalty.choices import CouponKind
from scrm.site.demo.campaigns.shapes import NOBODY, Bought, Cost, Gift, Lead, Plan, Task, Way
from scrm.site.demo.goods import CARE

# ¥298 less the coupon.
YUAN = 248
# 王蕾's own number.
COLLEAGUE, SHE = "13800000005", "小蕾"
HELD = Lead(5, 2, phone=COLLEAGUE, name=SHE)
CHANNEL = "老带新"


def _friend(joined: int, visit: int) -> Lead:
    return Lead(joined, visit, bought=(Bought(visit, CARE, yuan=YUAN, channel=CHANNEL),))


def _brought(by: str, views: int, visitors: int, *leads: Lead) -> Way:
    return Way(NOBODY, CHANNEL, views, visitors, leads, recommends=by, serves=("许静", "王蕾"))


# The first whom 蒋美琳 brought brings somebody herself.
HEAD, FRIEND = "13800000029", "friend"
PLAN = Plan(
    name="老带新·闺蜜同行",
    starts=12,
    ends=-18,
    audience="来过三次以上的老客，请她带一位没来过的闺蜜",
    channels=("朋友圈",),
    products=(CARE,),
    template="coupon",
    page={
        "title": "闺蜜同行，一起舒缓",
        "words": "朋友请你来做一次舒缓补水护理，首次立减 ¥50。\n留下姓名和手机号，券马上到手。",
        "rules": "限没来过的朋友，每人一张。\n到店消费满 ¥200 可用。\n介绍人的答谢在朋友消费后计算，退款会一并收回。",
        "button": "领闺蜜券",
        "thanks": "领好了。到店报券码，立减 ¥50。",
    },
    gift=Gift("闺蜜同行券 ¥50", CouponKind.AMOUNT, yuan=50, min_yuan=200, words="舒缓补水护理满 ¥200 可用"),
    tasks=(
        Task("许静", referrals=10, yuan=3_000), Task("王蕾", referrals=6, yuan=2_000), Task("陈露", referrals=4, yuan=1_500),
        Task("赵倩", referrals=4, yuan=1_500, idle=True),
    ),
    ways=(
        _brought(HEAD, 23, 14, _friend(12, 10), _friend(10, 8), Lead(7, 5), Lead(3)),
        _brought("13800000022", 19, 11, _friend(11, 9), HELD, Lead(4)),
        _brought("13800000028", 15, 9, _friend(9, 7), Lead(6, 4), Lead(2)),
        _brought("王蕾", 12, 7, _friend(8, 6), Lead(5)),
        _brought("陈露", 11, 8, Lead(9), Lead(3)),
        _brought("许静", 9, 6, _friend(6, 3), Lead(1)),
        _brought(FRIEND, 5, 4, _friend(4, 2)),
        # Out in the moments, without a name so far.
        Way("许静", "朋友圈", 38, 27, days=(12, 10, 8, 5, 3, 2, 1)),
        Way("王蕾", "朋友圈", 21, 15, days=(11, 9, 4, 2)),
        Way("陈露", "朋友圈", 12, 9, days=(10, 6)),
    ),
    costs=(
        Cost("老带新", CostKind.PRIZES, 480, (12,), "同行伴手礼 40 份"),
        Cost("朋友圈", CostKind.PRINTING, 160, (12,), "闺蜜卡"),
    ),
    kind=CampaignKind.REFERRAL,
    metric=PrimaryMetric.REVENUE,
    budget=3_400,
    rate_bp=500,
    second_bp=200,
    note="只谢消费，不谢转发。介绍人按闺蜜实付的 5% 计佣金。",
    style=PosterStyle.WARM,
    poster_words="扫码领闺蜜券，首次立减 ¥50",
)  # fmt: skip
