"""A: 秋冬舒缓季. It earned; 许静's moments brought most of it, and 冯洁 was given ¥512 back."""

from campaigns.choices import CostKind, PrimaryMetric, Verdict
from loyalty.choices import CouponKind
from scrm.site.demo.campaigns.shapes import NOBODY, Bought, Cost, Gift, Lead, Plan, Task, Way
from scrm.site.demo.goods import MASK, SERUM, SHOULDERS

FENG = "13800000030"


def _serum(day: int) -> tuple[Bought, ...]:
    return (Bought(day, SERUM),)


def _shoulders(day: int) -> tuple[Bought, ...]:
    return (Bought(day, SHOULDERS),)


# 26 leads, 15 came, 11 bought: 8 × ¥1,280 and 4 × ¥398 in 12 orders, the last one online.
XU = Way("许静", "朋友圈", 214, 131, (
    Lead(30, 28, bought=(Bought(28, SHOULDERS, channel="朋友圈"),), is_new=False, phone=FENG),
    Lead(34, 32, bought=_shoulders(32)),
    Lead(33, 31, bought=_shoulders(31), is_new=False),
    Lead(32, 30, bought=_serum(30)),
    Lead(31, 29, bought=_shoulders(29)),
    Lead(29, 27, bought=_serum(27), is_new=False),
    Lead(27, 24, bought=_shoulders(24)),
    Lead(25, 22, bought=_shoulders(22), is_new=False),
    Lead(23, 20, bought=_serum(20)),
    Lead(19, 16, bought=_shoulders(16), is_new=False),
    Lead(21, 18, bought=(Bought(18, SERUM), Bought(6, SHOULDERS, channel="小程序", hour=21))),
    Lead(28, 26),
    Lead(22, 19, is_new=False),
    Lead(17, walked_in=15),
    Lead(14, walked_in=12, is_new=False),
    Lead(30, is_new=False), Lead(26), Lead(24, is_new=False), Lead(20), Lead(18, is_new=False), Lead(16, is_new=False),
    Lead(13), Lead(11, is_new=False), Lead(10, is_new=False), Lead(9), Lead(8, is_new=False),
))  # fmt: skip
WANG = Way("王蕾", "朋友圈", 121, 78, (
    Lead(33, 30, bought=_shoulders(30), is_new=False),
    Lead(31, 28, bought=_serum(28)),
    Lead(26, 23, bought=_serum(23), is_new=False),
    Lead(20, walked_in=18, bought=_serum(18)),
    Lead(24, 21, is_new=False), Lead(17, 15),
    Lead(29, is_new=False), Lead(27, is_new=False), Lead(22), Lead(15, is_new=False), Lead(12), Lead(9, is_new=False),
))  # fmt: skip
CHEN = Way("陈露", "朋友圈", 64, 41, (
    Lead(32, 29, bought=_serum(29)), Lead(25, 22, bought=_serum(22), is_new=False),
    Lead(28), Lead(19, is_new=False), Lead(13, is_new=False),
))  # fmt: skip
WU = Way("吴桐", "小程序", 92, 66, (
    Lead(31, 27, bought=_serum(27)), Lead(24, 21, bought=_serum(21), is_new=False),
    Lead(18, walked_in=16, bought=_serum(16)),
    Lead(29, is_new=False), Lead(21), Lead(15, is_new=False), Lead(10),
), serves=("王蕾", "陈露"))  # fmt: skip
# The card on the counter: nobody's link.
COUNTER = Way(NOBODY, "路过进店", 47, 41, (
    Lead(30, walked_in=29, bought=_serum(29)), Lead(22, walked_in=21, bought=_serum(21)),
    Lead(16, walked_in=15), Lead(11),
), serves=("王蕾", "陈露"))  # fmt: skip

PLAN = Plan(
    name="秋冬舒缓季",
    starts=35,
    ends=6,
    audience="敏感肌老客和她们的朋友，半年内来过的优先",
    channels=("朋友圈", "小程序", "路过进店"),
    products=(SERUM, SHOULDERS),
    template="coupon",
    page={
        "title": "秋冬舒缓季 · 到店礼",
        "words": "换季泛红、紧绷、起皮？先做一次舒缓。\n留下姓名和手机号，补水面膜 1 片到店就送。",
        "rules": "每人限领一次。\n到店出示券码，由顾问核销。\n不与其他优惠同享，不兑现金。",
        "button": "领到店礼",
        "thanks": "领好了，到店把券码给顾问看就行。",
    },
    gift=Gift("秋冬舒缓季到店礼", CouponKind.GIFT, product=MASK, stock=100, words="到店送补水面膜 1 片"),
    tasks=(
        Task("许静", leads=25, yuan=10_000, done=6), Task("王蕾", leads=15, yuan=6_000, done=6),
        Task("陈露", leads=10, yuan=4_000, done=6), Task("吴桐", leads=10, yuan=3_000, done=6),
    ),
    ways=(XU, WANG, CHEN, WU, COUNTER),
    costs=(
        Cost("朋友圈", CostKind.ADS, 180, (35, 34, 33, 31, 29, 27, 24, 21, 18, 15), "本地推广投放"),
        Cost("朋友圈", CostKind.PRIZES, 1_160, (35,), "补水面膜 100 片"),
        Cost("小程序", CostKind.ADS, 160, (32, 25, 17)),
        Cost("路过进店", CostKind.PRINTING, 420, (35,), "台卡和海报"),
    ),
    metric=PrimaryMetric.REVENUE,
    budget=4_000,
    nobody_too=True,
    note="主推修护精华和肩颈护理；敏感肌先皮试再上项目。",
    poster_words="扫码领补水面膜 1 片，到店就送",
    verdict=Verdict.KEEP,
    verdict_words="许静的朋友圈带来七成：真人对比图加一句自己的感受，比投放有用。明年提前一周预热，投放减半。",
    verdict_days_ago=4,
)  # fmt: skip
