"""Who agreed to marketing, where and since when. Three in five did; the rest hears of service and care only."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

from customers.choices import Purpose
from customers.models import Customer
from customers.services import consenting
from scrm.kit import clock
from scrm.site.demo import cast
from scrm.staff.models import Employee

SHARE = 0.6
# Word was taken every two months, of all who had come since.
EVERY, OLDEST = 60, 480
GROUNDS = ("到店填会员登记表时勾选", "加企业微信时同意接收活动", "小程序里勾选接收活动")
DISLIKES = "不喜欢推销"
ALWAYS = ("13800000022", "13800000024", "13800000029", "13800000030")  # 陈佳怡, 孙婷, 蒋美琳, 冯洁
NEVER = ("13800000025",)  # 李曼


def agree(by: Employee, today: date) -> dict[int, datetime]:
    """{customer: since when}; a call of the service for each round and ground. Who came by a page was asked there."""
    rng = random.Random(cast.SEED + 4)
    rounds: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, phone, since, note in Customer.objects.exclude(imported_in=None).order_by("pk").values_list("pk", "phone", "known_since", "note"):
        drawn, ground = rng.random() < SHARE, rng.choice(GROUNDS)
        days = (today - since).days if since else EVERY
        if days < 1 or phone in NEVER or DISLIKES in note or not (drawn or phone in ALWAYS):
            continue
        rounds[min(days - days % EVERY, OLDEST) or 1, ground].append(pk)
    agreed: dict[int, datetime] = {}
    for (days, ground), people in sorted(rounds.items(), reverse=True):
        moment = clock.start_of(today - timedelta(days=days)) + timedelta(hours=18)
        with clock.staged(moment):
            consenting.record(customers=people, purposes=[Purpose.PROMOTION], given=True, by=by, ground=ground)
        agreed |= dict.fromkeys(people, moment)
    return agreed
