"""What becomes of the things a customer holds when she is folded into another, or erased."""

from django.utils.translation import gettext_lazy as _

from customers.services.erasing.erasers import Keeps, erasers
from customers.services.merging.movers import Repoint, movers
from loyalty.models import CouponGrant


def register() -> None:
    movers.register("coupons", Repoint(CouponGrant, _("coupons")))
    erasers.register("coupons", Keeps(("loyalty.coupongrant.customer",)))
