"""What looks like fraud. It holds what was earned for somebody to look at, and takes nothing away.

The buyer is the promoter, by phone or as the same person; the buyer's phone is a colleague's; two recommend each other, or in
a ring; very many came by the link from one place in the hour in which the buyer did. What was released once for a person and
an order is not held again for the same reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import TruncHour

from campaigns import paying_keys as keys
from campaigns.choices import HoldReason, NotCounted
from campaigns.models import CommissionEntry, CommissionHold, Credit, Referral, TouchReading
from campaigns.queries.commission.roots import roots
from campaigns.services.paying.sold import Sold
from campaigns.services.paying.standing import Standing
from customers.choices import IdentityKind
from customers.models import Customer, Identity
from scrm.kit.among import Among
from scrm.staff.models import Employee

# So many different visitors by one link from one address in one hour.
MANY = 20
# A ring of more people than this is no ring that anybody means.
LONGEST_RING = 10
Noticed = dict[int, dict[str, str]]


def look(made: Sequence[CommissionEntry], sold: Mapping[int, Sold], earned: Standing, *, at: datetime) -> None:
    """Of accruals that were just written: one hold for each reason."""
    if not made:
        return
    buyers = {entry.pk: sold[entry.order_id or 0].customer for entry in made}
    who = roots({*buyers.values(), *(entry.promoter_id for entry in made if entry.promoter_id is not None)})
    buyers = {pk: who[customer] for pk, customer in buyers.items()}
    noticed: Noticed = {entry.pk: {} for entry in made}
    _own(made, buyers, who, noticed)
    _rings(made, buyers, who, noticed)
    _bursts(made, buyers, noticed)
    released = {entry.pk: _released(entry, earned) for entry in made}
    CommissionHold.objects.bulk_create(
        CommissionHold(entry_id=pk, reason=reason, words=words, at=at)
        for pk, reasons in noticed.items()
        for reason, words in reasons.items()
        if reason not in released[pk]
    )


def _released(entry: CommissionEntry, earned: Standing) -> set[str]:
    place = (keys.Person(entry.employee_id, entry.promoter_id), keys.slot_of(entry.key))
    return {reason for past in earned.get(entry.order_id or 0, {}).get(place, ()) for reason in past.released}


def _own(made: Sequence[CommissionEntry], buyers: Mapping[int, int], who: Mapping[int, int], noticed: Noticed) -> None:
    """By phone: the numbers of the buyer, of whoever she is one person with, and of those who work here."""
    people = sorted({*buyers.values(), *who.values()})
    phones = _phones(people)
    numbers = sorted({number for those in phones.values() for number in those})
    working = Employee.objects.filter(phone__in=numbers, is_active=True).order_by("pk")
    staff = {phone: (pk, name) for pk, phone, name in working.values_list("pk", "phone", "name")}
    own = dict(Employee.objects.filter(pk__in={entry.employee_id for entry in made}).order_by().values_list("pk", "phone"))
    for entry in made:
        buyer = buyers[entry.pk]
        hers = phones.get(buyer, set())
        if entry.employee_id is not None:
            is_own = own[entry.employee_id] in hers
        else:
            promoter = who[entry.promoter_id or 0]
            is_own = promoter == buyer or bool(hers & phones.get(promoter, set()))
        if is_own:
            noticed[entry.pk][HoldReason.SELF_PURCHASE] = ""
        colleagues = [staff[number] for number in sorted(hers & staff.keys())]
        names = [name for pk, name in colleagues if pk != entry.employee_id]
        if names:
            noticed[entry.pk][HoldReason.STAFF_PHONE] = "、".join(names)[:200]


def _phones(people: Sequence[int]) -> dict[int, set[str]]:
    """{person: all her numbers}, those of records folded into her too."""
    found: dict[int, set[str]] = {}
    rows = Identity.objects.filter(Among("customer", people), kind=IdentityKind.PHONE).order_by()
    folded = Customer.everyone.filter(Among("merged_into", people)).exclude(phone="").order_by()
    own = Customer.everyone.filter(Among("pk", people)).exclude(phone="").order_by()
    for pk, number in [
        *rows.values_list("customer_id", "value"), *own.values_list("pk", "phone"), *folded.values_list("merged_into_id", "phone"),
    ]:  # fmt: skip
        found.setdefault(pk or 0, set()).add(number)
    return found


def _rings(made: Sequence[CommissionEntry], buyers: Mapping[int, int], who: Mapping[int, int], noticed: Noticed) -> None:
    """Whether the buyer stands above whoever recommended: she brought her, or brought who brought her."""
    below = {entry.pk: {who[entry.promoter_id]} for entry in made if entry.promoter_id is not None}
    edge = set().union(*below.values()) if below else set()
    inviters: dict[int, set[int]] = {}
    for _step in range(LONGEST_RING):
        asked = edge - inviters.keys()
        if not asked:
            break
        inviters.update({pk: set() for pk in asked})
        rows = Referral.objects.filter(Among("invitee", sorted(asked))).order_by().values_list("invitee_id", "inviter_id")
        edge = set()
        for invitee, inviter in rows:
            inviters[invitee].add(inviter)
            edge.add(inviter)
    for pk, seen in below.items():
        above: set[int] = set()
        edge = seen
        while edge:
            edge = set().union(*(inviters.get(one, set()) for one in edge)) - above
            above |= edge
        if buyers[pk] in above and HoldReason.SELF_PURCHASE not in noticed[pk]:
            noticed[pk][HoldReason.RING] = ""


def _bursts(made: Sequence[CommissionEntry], buyers: Mapping[int, int], noticed: Noticed) -> None:
    """Where the buyer's own visit by the link stood in a crowd from the same address, within the hour of the clock."""
    orders = {entry.order_id: entry for entry in made if entry.model}
    if not orders:
        return
    rows = Credit.objects.filter(Among("order", sorted(pk or 0 for pk in orders)), share_fen__gt=0).order_by()
    links: dict[int, set[tuple[int, int, str]]] = {}
    for order, link, campaign, model in rows.values_list("order_id", "link_id", "campaign_id", "model").distinct():
        links.setdefault(order, set()).add((link, campaign, model))
    hers = TouchReading.objects.filter(
        Among("visitor__customer", sorted(set(buyers.values()))), link__in={link for those in links.values() for link, _c, _m in those},
        unique=True,
    ).exclude(touch__origin="")  # fmt: skip
    visits = set(
        hers.order_by().values_list("visitor__customer_id", "link_id", "day", "touch__origin", TruncHour("at")).distinct()
    )
    if not visits:
        return
    crowd = TouchReading.objects.filter(
        campaign__in={campaign for those in links.values() for _link, campaign, _m in those},
        link__in={link for _who, link, _day, _origin, _hour in visits},
        day__in={day for _who, _link, day, _origin, _hour in visits},
        touch__origin__in={origin for _who, _link, _day, origin, _hour in visits},
        not_counted__in=("", NotCounted.FLOOD),
    )
    counted = crowd.order_by().annotate(hour=TruncHour("at")).values_list("link_id", "touch__origin", "hour")
    many = {tuple(where): n for *where, n in counted.annotate(n=Count("visitor", distinct=True)).filter(n__gte=MANY)}
    for entry in made:
        own = {
            link
            for link, campaign, model in links.get(entry.order_id or 0, ())
            if model == entry.model and entry.campaign_id in (None, campaign)
        }
        found = [
            (many[link, origin, hour], hour)
            for customer, link, _day, origin, hour in visits
            if customer == buyers[entry.pk] and link in own and (link, origin, hour) in many
        ]
        if entry.model and found:
            noticed[entry.pk][HoldReason.BURST] = str(max(found)[0])
