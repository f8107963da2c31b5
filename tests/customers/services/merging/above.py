"""What the apps above hold of random people: visits, links, what they joined and whom they brought, coupons, commission."""

from typing import Any

from hypothesis import strategies as st

from campaigns.choices import BindOutcome, EntryKind
from campaigns.models import Binding, CommissionEntry, Conversion, Referral
from customers.models import Customer, Identity
from scrm.kit import clock
from tests.factories.campaigns import join, make_campaign, make_link, make_visitor
from tests.factories.customers import make_customer
from tests.factories.loyalty import give

FEW = st.integers(0, 2)
WHICH = st.sets(st.integers(0, 1))
ABOVE = {
    "visits": FEW, "bindings": FEW, "coupons": FEW, "earned": FEW, "converted": st.booleans(),
    "joined": WHICH, "links": WHICH, "brought": WHICH, "brought_by": WHICH,
}  # fmt: skip
FULL: dict[str, Any] = {
    "visits": 1, "bindings": 1, "coupons": 1, "earned": 1, "converted": True, "joined": {0}, "links": {0}, "brought": {0},
    "brought_by": {0},
}  # fmt: skip


class Shop:
    """Two campaigns that everybody may have to do with, and somebody who is not merged."""

    def __init__(self) -> None:
        self.campaigns = [make_campaign(), make_campaign()]
        self.link = make_link(self.campaigns[0])
        self.other = make_customer("别人")

    def give(self, person: Customer, said: dict[str, Any], nth: int, by: Identity | None) -> None:
        """What `said` says of her; `by` is one of her identities."""
        now, day = clock.now(), clock.today()
        for _n in range(said["visits"]):
            make_visitor(person, identity=by)
        for _n in range(said["bindings"]):
            Binding.objects.create(customer=person, link=self.link, outcome=BindOutcome.TAKEN)
        for _n in range(said["coupons"]):
            give(person)
        for n in range(said["earned"]):
            CommissionEntry.objects.create(
                promoter=person, kind=EntryKind.ADJUSTMENT, amount_fen=100, day=day, month=day.replace(day=1), key=f"{nth}:{n}"
            )
        for n in sorted(said["joined"]):
            join(self.campaigns[n], person)
        for n in sorted(said["links"]):
            make_link(self.campaigns[n], customer=person)
        for n in sorted(said["brought"]):
            Referral.objects.create(
                campaign=self.campaigns[n], inviter=person, invitee=make_customer("朋友"), root=person, day=day
            )
        for n in sorted(said["brought_by"]):
            Referral.objects.create(
                campaign=self.campaigns[n], inviter=self.other, invitee=person, root=self.other, day=day
            )
        if said["converted"]:
            for number, order in enumerate(person.orders.order_by("pk"), 1):
                Conversion.objects.create(
                    order=order, campaign=self.campaigns[0], customer=person, net_fen=order.net_fen, at=order.ordered_at or now,
                    day=day, number=number,
                )  # fmt: skip
