"""The touches of one link, to the number: so many visits that count by so many visitors, and some that do not."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from campaigns.choices import Hint, TouchKind, VisitorKind
from campaigns.models import Link
from campaigns.services.touching import NewTouch
from scrm.site.demo.campaigns.people import Somebody
from scrm.site.demo.campaigns.shapes import Plan, Shop, Way

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.54(0x1800363a) NetType/4G Language/zh_CN",
    "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 "
    "Mobile Safari/537.36 MicroMessenger/8.0.50 WeChat/arm64 NetType/WIFI Language/zh_CN",
)
PREVIEW, ROBOT = "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; Baiduspider/2.0)"
SCANS, TWICE = 0.25, 0.3
# How long before she sends the form she opens the page.
READS = timedelta(minutes=9)
# A view counts for so many days.
VIEW_DAYS = 7


class Visitors:
    """Whoever opens one link. The leads are the first of them."""

    def __init__(self, way: Way, link: Link, plan: Plan, shop: Shop, leads: Sequence[Somebody]) -> None:
        self.way, self.link, self.plan, self.shop, self.leads = way, link, plan, shop, leads
        self.rng = random.Random(f"{plan.name} {way.promoter} {way.recommends} {way.channel} {way.views}")
        self.keys = [UUID(int=self.rng.getrandbits(128)) for _n in range(way.visitors)]
        self.origins = [f"{self.rng.getrandbits(64):016x}" for _n in range(way.visitors)]
        self.days = way.days or tuple(range(plan.starts, plan.last - 1, -1))

    def touches(self) -> list[NewTouch]:
        counted = [self._first(nth) for nth in range(len(self.keys))]
        counted += [self._again(one) for one in self.leads for _order in range(_late(one))]
        first = {one.visitor_key: one for one in counted}
        while len(counted) < self.way.views:
            counted.append(self._more(first[self.rng.choice(self.keys)]))
        assert len(counted) == self.way.views, self.way
        return sorted([*counted, *self._noise()], key=lambda one: one.at)

    def _first(self, nth: int) -> NewTouch:
        if nth < len(self.leads):
            one = self.leads[nth]
            at = self.shop.at(one.lead.joined, one.hour, one.minute) - READS
        else:
            at = self.shop.at(self.rng.choice(self.days), self.rng.randint(8, 22), self.rng.randrange(60))
        return self._touch(nth, at)

    def _again(self, one: Somebody) -> NewTouch:
        """On the day before a purchase that comes long after she left her name."""
        day = min(bought.days_ago for bought in one.lead.bought) + 1
        return self._touch(one.nth, self.shop.at(day, 20, 30))

    def _more(self, first: NewTouch) -> NewTouch:
        """Within the hour, or on a later day of the campaign."""
        nth = self.keys.index(first.visitor_key)
        if self.rng.random() < TWICE:
            return self._touch(nth, first.at + timedelta(minutes=self.rng.randint(1, 40)))
        since = (self.shop.today - timezone.localdate(first.at)).days
        day = self.rng.choice([day for day in self.days if day <= since] or [since])
        return self._touch(nth, max(self.shop.at(day, 21, self.rng.randrange(60)), first.at))

    def _touch(self, nth: int, at: datetime) -> NewTouch:
        kind = TouchKind.SCAN if self.rng.random() < SCANS else TouchKind.VIEW
        agent = WECHAT[nth % len(WECHAT)]
        return NewTouch(self.link.pk, self.keys[nth], VisitorKind.COOKIE, kind, at, Hint.NONE, agent, self.origins[nth])

    def _noise(self) -> Iterator[NewTouch]:
        """Chats that fetch a preview, robots, and who comes when it is over."""
        for n in range(1 + self.way.visitors // 15):
            at = self.shop.at(self.rng.choice(self.days), self.rng.randint(8, 22), self.rng.randrange(60))
            agent = ROBOT if n % 4 == 3 else PREVIEW
            yield self._stray(at, agent, VisitorKind.HASH)
        if self.plan.is_over:
            for day in range(self.plan.ends - 1, max(self.plan.ends - 4, 0), -1):
                yield self._stray(self.shop.at(day, 12, self.rng.randrange(60)), WECHAT[0], VisitorKind.COOKIE)

    def _stray(self, at: datetime, agent: str, kind: VisitorKind) -> NewTouch:
        key, origin = UUID(int=self.rng.getrandbits(128)), f"{self.rng.getrandbits(64):016x}"
        return NewTouch(self.link.pk, key, kind, TouchKind.VIEW, at, Hint.NONE, agent, origin)


def _late(one: Somebody) -> int:
    """How many of her purchases a view on the day she joined no longer counts for."""
    return sum(one.lead.joined - bought.days_ago >= VIEW_DAYS for bought in one.lead.bought)
