from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


def declare() -> None:
    acts.register(
        coupon__used=_("coupon taken at the counter"),
        coupon__withdrawn=_("coupon of a customer withdrawn"),
    )
