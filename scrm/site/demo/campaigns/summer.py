"""夏日补水节, over since long: what 何莹 brought before she left is still hers, and was paid out."""

from campaigns.choices import CostKind, PosterStyle, Verdict
from loyalty.choices import CouponKind
from scrm.site.demo.campaigns.shapes import Bought, Cost, Gift, Lead, Plan, Task, Way
from scrm.site.demo.goods import CARE, SERUM


def _old(joined: int, visit: int, *products: str) -> Lead:
    return Lead(joined, visit, bought=tuple(Bought(visit, one, hour=15 + n) for n, one in enumerate(products)), is_new=False)


def _only(*days: int) -> tuple[Lead, ...]:
    return tuple(Lead(day, is_new=False) for day in days)


HE = Way("何莹", "朋友圈", 96, 61, (
    _old(129, 127, CARE), _old(126, 123, CARE), _old(122, 119, SERUM), _old(117, 114, CARE, SERUM), _old(110, 107, CARE),
    _old(104, 101, CARE), _old(119, 116), _old(99, 96), *_only(124, 108, 95),
))  # fmt: skip
WANG = Way("王蕾", "朋友圈", 70, 48, (
    _old(125, 122, CARE), _old(115, 112, CARE), _old(103, 100, CARE), _old(112, 109), *_only(121, 106, 97),
))  # fmt: skip

PLAN = Plan(
    name="夏日补水节",
    starts=130,
    ends=90,
    audience="三个月没来的老客",
    channels=("朋友圈",),
    products=(CARE, SERUM),
    template="coupon",
    page={"title": "夏日补水节", "words": "空调房里待久了，来补一次水。", "rules": "每人限领一次。\n到店出示券码。"},
    gift=Gift("夏日补水礼", CouponKind.GIFT, stock=60, words="到店送补水喷雾小样 1 支"),
    tasks=(Task("何莹", leads=10, yuan=2_000, done=90), Task("王蕾", leads=10, yuan=2_000, done=90)),
    ways=(HE, WANG),
    costs=(
        Cost("朋友圈", CostKind.ADS, 150, (130, 124, 118, 112, 106, 100), "本地推广投放"),
        Cost("朋友圈", CostKind.PRIZES, 300, (130,), "小样 60 支"),
    ),
    budget=1_200,
    style=PosterStyle.COOL,
    poster_words="扫码领补水小样",
    verdict=Verdict.CHANGE,
    verdict_words="老客有反应，但四十天太长，后两周没人发。下次缩到两周，只约空档时段。",
    verdict_days_ago=86,
    settled=True,
)  # fmt: skip
