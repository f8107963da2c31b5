"""One order, as one viewer may read it. Texts from sheets are masked like everything a sheet brought."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import CreditRole, source_label
from customers.models import Order, OrderLine, Refund
from customers.models.orders import AGREED, PAID
from customers.queries import disclosure
from scrm.kit import money

BESIDE = ("customer", "store", "channel", "batch", "approved_by", "entered_by")


@dataclass(frozen=True)
class Bought:
    pk: int
    name: str
    quantity: str
    price: str
    amount: str
    given_back: bool


@dataclass(frozen=True)
class Served:
    name: str
    role: str
    share: str


@dataclass(frozen=True)
class GivenBack:
    amount: str
    at: Any
    by: str
    reason: str
    products: str
    number: str


class Reader:
    """What `viewer` may read of `order`, which comes with BESIDE. Four queries."""

    def __init__(self, order: Order, viewer: Any) -> None:
        self.order, self.viewer = order, viewer
        self.full = disclosure.sees_full_phones(viewer)
        self._lines = list(OrderLine.objects.filter(order=order).select_related("product").order_by("pk"))
        refunds = Refund.objects.filter(order=order).select_related("recorded_by").prefetch_related("lines")
        self._refunds = list(refunds.order_by("pk"))

    def text(self, value: Any) -> str:
        return disclosure.text_for(self.full, str(value))

    @property
    def number(self) -> str:
        return self.text(self.order.number)

    @property
    def buyer(self) -> str:
        return self.text(self.order.customer.name) or _("(no name)")

    @property
    def source(self) -> str:
        return self.text(source_label(self.order.source))

    @property
    def channel(self) -> str:
        return self.text(self.order.channel) if self.order.channel else ""

    @property
    def note(self) -> str:
        return self.text(self.order.note)

    @property
    def approval_note(self) -> str:
        return self.text(self.order.approval_note)

    @property
    def counts(self) -> bool:
        return self.order.state in PAID and self.order.approval in AGREED

    def figures(self) -> list[tuple[str, str]]:
        """In the order in which one reckons; what is nothing is left out, but for goods, paid and net."""
        one = self.order
        rows = [
            (_("Goods"), one.goods_fen, True),
            (_("Discount"), -one.discount_fen, False),
            (_("Freight"), one.freight_fen, False),
            (_("Paid"), one.paid_fen, True),
            (_("of it from stored value"), one.stored_value_fen, False),
            (_("Refunded"), -one.refunded_fen, False),
            (_("Net"), one.net_fen, True),
        ]
        return [(label, money.show(fen)) for label, fen, always in rows if fen or always]

    def lines(self) -> list[Bought]:
        back = {line.pk for refund in self._refunds for line in refund.lines.all()}
        return [
            Bought(
                pk=line.pk,
                name=self._product(line),
                quantity=f"{line.quantity.normalize():f}",
                price="" if line.unit_price is None else f"¥{line.unit_price.normalize():,f}",
                amount=money.show(line.amount_fen),
                given_back=line.pk in back,
            )
            for line in self._lines
        ]

    def _product(self, line: OrderLine) -> str:
        return self.text(line.product.name) if line.product else _("(no product)")

    def refunds(self) -> list[GivenBack]:
        names = {line.pk: self._product(line) for line in self._lines}
        return [
            GivenBack(
                amount=money.show(refund.amount_fen),
                at=refund.at,
                by=refund.recorded_by.name if refund.recorded_by else "",
                reason=self.text(refund.reason),
                products="、".join(names[line.pk] for line in refund.lines.all() if line.pk in names),
                number=self.text(refund.number),
            )
            for refund in self._refunds
        ]

    def served(self) -> list[Served]:
        credits = self.order.credits.select_related("employee").order_by("pk")
        return [
            Served(
                name=credit.employee.name,
                role=str(CreditRole(credit.role).label),
                share="" if credit.role == CreditRole.PROMOTER else f"{credit.share_bp / 100:g}%",
            )
            for credit in credits
        ]
