"""Coupons: what was promised, to whom, and whether it was used at the counter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from loyalty.choices import CouponKind, GrantState
from scrm.kit import clock
from scrm.staff import scope

CODE_LENGTH = 12


class Coupon(models.Model):
    """A kind of coupon. Its grants keep their own last day, so that a change here touches nothing that was promised."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=CouponKind, default=CouponKind.AMOUNT)
    value_fen = models.BigIntegerField(_("worth"), null=True, blank=True)
    percent_off = models.PositiveSmallIntegerField(
        _("per cent off"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    min_spend_fen = models.BigIntegerField(_("from a purchase of"), null=True, blank=True)
    product = models.ForeignKey(
        "customers.Product", verbose_name=_("good for"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # How many there are; without a number as many as are asked for. `left` is counted down by conditional UPDATE.
    stock = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    granted = models.PositiveIntegerField(_("given out"), default=0, editable=False)
    per_person = models.PositiveSmallIntegerField(_("at most for one person"), default=1, validators=[MinValueValidator(1)])
    # A grant ends on this day, or so many days after it was given, whichever comes first.
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    valid_days = models.PositiveSmallIntegerField(_("valid for (days)"), null=True, blank=True, default=30)
    words = models.CharField(_("conditions"), max_length=200, blank=True)
    is_active = models.BooleanField(_("still given out"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords(excluded_fields=["granted"])

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=CouponKind.AMOUNT, value_fen__isnull=False, value_fen__gt=0)
                | Q(kind=CouponKind.PERCENT, percent_off__isnull=False)
                | Q(kind=CouponKind.GIFT),
                name="loyalty_coupon_worth",
                violation_error_message=_("Say what the coupon is worth: an amount, or per cent."),
            ),
            models.CheckConstraint(
                condition=Q(stock=None) | Q(granted__lte=F("stock")),
                name="loyalty_coupon_stock",
                violation_error_message=_("More than that have been given out already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["CouponGrant"]):
    def visible_to(self, employee: Any) -> GrantQuerySet:
        return scope.limit(self, employee, owner="customer__owner", department="customer__store", listed=True)


class CouponGrant(models.Model):
    """One coupon of one person. Used once: a conditional UPDATE decides who was first."""

    coupon = models.ForeignKey(Coupon, verbose_name=_("coupon"), on_delete=models.PROTECT, related_name="grants")
    customer = models.ForeignKey(
        "customers.Customer", verbose_name=_("customer"), on_delete=models.PROTECT, related_name="coupons"
    )
    code = models.CharField(_("coupon code"), max_length=CODE_LENGTH, unique=True, editable=False)
    # What can be typed at a counter: 8 digits.
    short_code = models.CharField(_("short code"), max_length=8, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=GrantState, default=GrantState.GRANTED)
    # Names the occasion ("campaign:12:345"), so that sent twice it is given once.
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    # Where it was promised, as text: "campaigns.link:12".
    origin = models.CharField(max_length=60, blank=True, editable=False)
    granted_at = models.DateTimeField(_("given on"), default=timezone.now)
    # The first moment at which it is no longer valid.
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    store = models.ForeignKey(
        "staff.Department", verbose_name=_("store"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.ForeignKey(
        "customers.Order", verbose_name=_("order"), null=True, blank=True, on_delete=models.PROTECT, related_name="coupons"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("coupon of a customer")
        verbose_name_plural = _("coupons of customers")
        ordering = ["-id"]
        permissions = [("use_coupongrant", _("Can take coupons at the counter"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=GrantState.USED, used_at__isnull=False) | (~Q(state=GrantState.USED) & Q(used_at=None)),
                name="loyalty_grant_used",
            )
        ]
        indexes = [models.Index(fields=["origin"], name="loyalty_grant_origin", condition=~Q(origin=""))]

    def __str__(self) -> str:
        return f"{self.coupon} {self.code}"

    @property
    def is_lapsed(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()
