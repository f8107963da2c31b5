"""What happened to the people of the story, each act through its service and on its day."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localdate

from customers.choices import Began, FollowUpOutcome, JourneyStage, Medium, Purpose, RelationHow
from customers.models import Customer, Feedback, Order, Product, Touchpoint
from customers.services import consenting, feelings, following, occasions, relations, visits
from customers.services.merging import weak
from customers.services.ordering import refunding
from customers.services.owning import acts
from scrm.kit import clock
from scrm.site.demo import agreeing, cast, goods
from scrm.site.demo.campaigns import people as leads
from scrm.staff.models import Employee

# So many nobody has spoken to for long (90 days).
QUIET = 312
TING = "13800000024"
SAID = (
    "到店护理后回访，皮肤状态稳定", "问换季护理，建议先补水", "发了护理后注意事项", "提醒面膜一周两次，客户说记得", "问近况，孩子开学比较忙",
    "约下个月来，时间再定", "反馈精华很好用", "聊了作息和饮食，少熬夜",
)  # fmt: skip
SOLD = ("推荐了舒缓护理，客户考虑一下", "发了秋冬舒缓季的活动，客户说看看", "问是否要送朋友体验")
POINTS = (
    ("咨询接待", JourneyStage.BEFORE), ("到店接待", JourneyStage.ARRIVING), ("护理过程", JourneyStage.SERVICE),
    ("结账", JourneyStage.PAYING), ("护理后回访", JourneyStage.AFTER),
)  # fmt: skip
BEFORE_THE_RULE = (-2, -2, -1, -1, -1, -1, 0, 0, 1)  # and 孙婷's −2: ten voices, −0.9 in the mean
SINCE_THE_RULE = (1, 1, 1, 1, 0, 1, 2, 0, -1, 0)  # ten voices, +0.6


def at(day: date, days_ago: int, hour: int = 14, minute: int = 0) -> datetime:
    """A moment of the shop, so many days before T; days to come are negative."""
    return clock.start_of(day - timedelta(days=days_ago)) + timedelta(hours=hour, minutes=minute)


def told_of() -> set[str]:
    """Phones of those of whom something else is told."""
    return {guest.phone for guest in cast.KNOWN} | leads.phones()


def tell(staff: dict[str, Employee], today: date) -> None:
    """Once: told again, it says nothing new."""
    if Feedback.objects.exists():
        return
    names = {guest.phone: guest.name for guest in cast.KNOWN}
    people = Customer.objects.filter(phone__in=names).select_related("store")
    known = {f"{names[person.phone]}{person.phone[-2:]}": person for person in people}
    agreed = agreeing.agree(staff["林薇"], today)
    _stay_in_touch(staff, today, agreed)
    _ting(known["孙婷24"], staff, today)
    _rule(staff, today)
    _others(known, staff, today)
    _today(staff, today)
    _assign(staff)
    weak.propose_pairs()
    occasions.remember_birthdays()


def _stay_in_touch(staff: dict[str, Employee], today: date, agreed: dict[int, datetime]) -> None:
    """Somebody spoke to everybody within 85 days, but for QUIET who have been here for long; nobody before she came."""
    rng = random.Random(cast.SEED + 3)
    story = told_of()
    everybody = list(Customer.objects.select_related("owner").order_by("pk"))
    long_here = [one for one in everybody if one.known_since and (today - one.known_since).days > 200]
    quiet = {one.pk for one in rng.sample([one for one in long_here if one.phone not in story], QUIET)}
    talks: dict[Employee, list[following.Contact]] = defaultdict(list)
    for one in everybody:
        author = one.owner if one.owner and one.owner.is_active else staff["陈露"]
        # What happened to the people of the story yesterday is the last that happened to them.
        days = rng.randint(100, 190) if one.pk in quiet else rng.randint(2 if one.phone in story else 1, 85)
        if (since := _since(one)) is not None:
            days = min(days, (today - since).days)
        moment = at(today, days, rng.randint(10, 19), rng.randrange(60))
        may_sell = one.pk in agreed and agreed[one.pk] < moment
        if one.phone != TING and days:
            talks[author].append(_talk(rng, one, moment, may_sell=may_sell))
    for author, contacts in talks.items():
        following.record(contacts, by=author)


def _since(one: Customer) -> date | None:
    """Who came by a page is known since that day; of a sheet only what it says."""
    return one.known_since or (None if one.imported_in_id else localdate(one.created_at))


def _talk(rng: random.Random, customer: Customer, moment: datetime, *, may_sell: bool) -> following.Contact:
    sells = rng.random() < 0.16 and may_sell
    return following.Contact(
        customer=customer,
        content=rng.choice(SOLD if sells else SAID),
        medium=rng.choices((Medium.WECOM, Medium.PHONE, Medium.VISIT), weights=(70, 20, 10))[0],
        began=rng.choices((Began.US, Began.CUSTOMER), weights=(80, 20))[0],
        contact_class=Purpose.PROMOTION if sells else rng.choices((Purpose.SERVICE, Purpose.CARE), weights=(60, 40))[0],
        outcome=FollowUpOutcome.REACHED,
        at=moment,
    )


def _ting(ting: Customer, staff: dict[str, Employee], today: date) -> None:
    """A good customer, her cheeks burn, nobody answers; she is sent an offer, and cancels. Since then she waits."""
    xu = staff["许静"]
    care = Product.objects.get(name=goods.CARE)
    relations.befriend(ting, xu, remark="婷婷 敏感肌 先皮试", at=at(today, 380), how=RelationHow.SCANNED)
    with clock.staged(at(today, 27, 11)):
        done = visits.book(visits.Booking(ting, at(today, 24, 15), 90, service=care, employee=xu), by=xu)
        coming = visits.book(visits.Booking(ting, at(today, 16, 15), 90, service=care, employee=xu), by=xu)
    with clock.staged(at(today, 24, 16)):
        visits.arrive(done, by=xu)
    following.record(
        [
            following.Contact(
                ting, "做完脸有点红，要紧吗？", began=Began.CUSTOMER, at=at(today, 23, 20, 12),
                outcome=FollowUpOutcome.UNKNOWN,
            ),
            following.Contact(
                ting, "秋冬舒缓季：修护精华老客 8 折，今晚截止，点链接下单", contact_class=Purpose.PROMOTION,
                at=at(today, 20, 10, 5),
            ),
        ],
        by=xu,
    )  # fmt: skip
    with clock.staged(at(today, 21, 21, 40)):
        point = _points()["护理后回访"]
        feelings.felt([feelings.Feeling(ting, -2, "问了两天没人回", touchpoint=point, is_last=True)], by=xu)
    with clock.staged(at(today, 18, 9, 30)):
        visits.cancel(coming, by=xu)


def _points() -> dict[str, Touchpoint]:
    return {
        name: Touchpoint.objects.get_or_create(name=name, defaults={"stage": stage, "position": n + 1})[0]
        for n, (name, stage) in enumerate(POINTS)
    }


def _rule(staff: dict[str, Employee], today: date) -> None:
    """Since T−14 whoever had a care is called within a day. The mean feeling there went from −0.9 to +0.6."""
    points = _points()
    after = points["护理后回访"]
    after.changed_on, after.change = today - timedelta(days=14), "护理后 24 小时内必须回访"
    after.save(update_fields=["changed_on", "change"])
    story = told_of()
    hers = Customer.objects.filter(owner=staff["许静"], known_since__lt=today - timedelta(days=45))
    people = list(hers.exclude(phone__in=story).order_by("pk")[:40])
    for n, score in enumerate((*BEFORE_THE_RULE, *SINCE_THE_RULE)):
        early = n < len(BEFORE_THE_RULE)
        days = 40 - n * 2 if early else 13 - (n - len(BEFORE_THE_RULE))
        with clock.staged(at(today, days, 19)):
            words = "一直没人问我恢复得怎么样" if score < 0 else ""
            [row] = feelings.felt([feelings.Feeling(people[n], score, words, touchpoint=after)], by=staff["许静"])
        if score < 0:
            with clock.staged(at(today, days - 1, 11)):
                feelings.answer(row, by=staff["周敏"], words="已致电道歉，送面膜一片，约了复查")
    for n, (name, point) in enumerate(points.items()):
        if name == "护理后回访":
            continue
        for k in range(6):
            with clock.staged(at(today, 30 - 4 * k, 12 + n)):
                feelings.felt([feelings.Feeling(people[20 + k], (k + n) % 3, touchpoint=point)], by=staff["许静"])


def _others(known: dict[str, Customer], staff: dict[str, Employee], today: date) -> None:
    care = Product.objects.get(name=goods.CARE)
    xu = staff["许静"]
    wen = known["郑雯27"]
    relations.befriend(wen, xu, remark="郑雯 朋友圈", at=at(today, 120))
    relations.befriend(known["蒋美琳29"], xu, remark="蒋姐 SVIP", at=at(today, 530))
    with clock.staged(at(today, 4, 12)):
        missed = visits.book(visits.Booking(wen, at(today, 1, 15), 60, service=care, employee=xu), by=xu)
    with clock.staged(at(today, 1, 16)):
        visits.miss(missed, by=xu)
    with clock.staged(at(today, 45, 16)):
        consenting.record(
            customers=[known["李曼25"].pk], purposes=[Purpose.PROMOTION], given=False, by=staff["王蕾"],
            ground="微信里说不要再发活动",
        )  # fmt: skip
    order = Order.objects.filter(customer=known["冯洁30"]).first()
    if order is not None and not order.refunded_fen:
        with clock.staged(at(today, 3, 11)):
            refunding.refund(order, amount_fen=51_200, by=staff["周敏"], reason="护理缩短，退部分")


def _today(staff: dict[str, Employee], today: date) -> None:
    """What stands on today's lists: appointments, agreed follow-ups, one that is late."""
    care = Product.objects.get(name=goods.CARE)
    story = told_of()
    with clock.staged(at(today, 3, 18)):
        for name, hours in (("许静", (10, 14, 16)), ("王蕾", (11, 15)), ("陈露", (10, 13)), ("赵倩", (15,))):
            me = staff[name]
            lately = Customer.objects.filter(owner=me, last_contact_at__gte=at(today, 89))  # QUIET stay so
            newer = Q(known_since__gt=today - timedelta(days=4))
            own = lately.exclude(phone__in=story).exclude(newer).order_by("-pk")[:12]
            for customer, hour in zip(own, hours, strict=False):
                visits.book(visits.Booking(customer, at(today, 0, hour), 60, service=care, employee=me), by=me)
            for customer, days, words in zip(own[5:8], (1, 0, -2), ("问护理后感觉", "发秋冬护理建议", "约下次时间"), strict=False):
                contact = following.Contact(
                    customer, "护理后状态不错，约好再联系", medium=Medium.PHONE, outcome=FollowUpOutcome.REACHED,
                    next_at=at(today, days, 17), next_words=words,
                )  # fmt: skip
                following.record([contact], by=me)


def _assign(staff: dict[str, Employee]) -> None:
    """The newest of those nobody looks after, put into 许静's hands just now."""
    pool = Customer.objects.filter(owner=None, store__name=cast.BINJIANG, source__name="老带新")
    newest = pool.order_by("-known_since", "-pk").values("pk")[:1]
    note = "朋友介绍来的，想先看看皮肤状态，周末有空"
    acts.assign(Customer.objects.filter(pk__in=list(newest.values_list("pk", flat=True))), to=staff["许静"], by=staff["周敏"], note=note)
