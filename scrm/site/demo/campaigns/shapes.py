"""What a campaign of the demo is made of. Days are days before T; days to come are negative."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from campaigns.choices import CampaignKind, CostKind, PosterStyle, PrimaryMetric, Verdict
from customers.models import Channel, Product
from loyalty.choices import CouponKind
from scrm.kit import clock
from scrm.staff.models import Employee

NOBODY = ""


@dataclass(frozen=True)
class Bought:
    """Without `yuan` at its price."""

    days_ago: int
    product: str
    yuan: int | None = None
    channel: str = ""
    hour: int = 15


@dataclass(frozen=True)
class Lead:
    """Somebody who left her name. `visit`: the day of her appointment; `missed`: she did not come, `asked`: and was asked
    for another day since. `walked_in`: she came without one. `phone`: of somebody whom the demo tells of."""

    joined: int
    visit: int | None = None
    missed: bool = False
    asked: bool = False
    walked_in: int | None = None
    bought: tuple[Bought, ...] = ()
    is_new: bool = True
    phone: str = ""
    name: str = ""

    @property
    def came(self) -> int | None:
        return self.walked_in if self.visit is None or self.missed else self.visit


@dataclass(frozen=True)
class Way:
    """One link: whose, by which channel, how often it was opened and by how many, and who left her name. `recommends`: the
    phone of a customer whose link it is. `serves`: where they are looked after, in turns."""

    promoter: str
    channel: str
    views: int
    visitors: int
    leads: tuple[Lead, ...] = ()
    recommends: str = ""
    serves: tuple[str, ...] = ()
    # Opened on these days; without any on all days of the campaign.
    days: tuple[int, ...] = ()


@dataclass(frozen=True)
class Cost:
    channel: str
    kind: CostKind
    yuan: int
    days: tuple[int, ...]
    note: str = ""

    @property
    def whole(self) -> int:
        return self.yuan * len(self.days)


@dataclass(frozen=True)
class Gift:
    """The coupon of its page."""

    name: str
    kind: CouponKind
    product: str = ""
    yuan: int | None = None
    min_yuan: int | None = None
    stock: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Task:
    """Who works on it, with which targets; `done`: since when she is, `idle`: she has not even accepted."""

    name: str
    leads: int | None = None
    referrals: int | None = None
    orders: int | None = None
    yuan: int | None = None
    done: int | None = None
    idle: bool = False


@dataclass(frozen=True)
class Plan:
    name: str
    starts: int
    ends: int
    audience: str
    channels: tuple[str, ...]
    products: tuple[str, ...]
    template: str
    page: dict[str, Any]
    gift: Gift
    tasks: tuple[Task, ...]
    ways: tuple[Way, ...]
    costs: tuple[Cost, ...]
    kind: CampaignKind = CampaignKind.LINK
    metric: PrimaryMetric = PrimaryMetric.REVENUE
    budget: int = 0
    rate_bp: int | None = 500
    second_bp: int | None = None
    nobody_too: bool = False
    note: str = ""
    style: PosterStyle = PosterStyle.WARM
    poster_words: str = ""
    verdict: Verdict = Verdict.NONE
    verdict_words: str = ""
    verdict_days_ago: int = 0
    settled: bool = False

    @property
    def is_over(self) -> bool:
        return self.ends > 0

    @property
    def last(self) -> int:
        """The last day of it that has come. Today is not over."""
        return max(self.ends, 1)


def serving(way: Way, nth: int) -> str:
    """Who looks after the nth lead of a way when she comes."""
    names = way.serves or (way.promoter,)
    return names[nth % len(names)]




@dataclass(frozen=True)
class Shop:
    """What the acts of a campaign need of the shop. `today` is T."""

    staff: dict[str, Employee]
    products: dict[str, Product]
    channels: dict[str, Channel]
    today: date

    @property
    def operator(self) -> Employee:
        return self.staff["林薇"]

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def at(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        return clock.start_of(self.day(days_ago)) + timedelta(hours=hour, minutes=minute)
