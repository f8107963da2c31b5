from django.db import models
from django.utils.translation import gettext_lazy as _


class CouponKind(models.TextChoices):
    AMOUNT = "amount", _("money off")
    PERCENT = "percent", _("per cent off")
    GIFT = "gift", _("a service or a gift")


class GrantState(models.TextChoices):
    GRANTED = "granted", _("can be used")
    USED = "used", _("used")
    VOID = "void", _("withdrawn")
