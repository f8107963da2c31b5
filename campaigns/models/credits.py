"""业绩归属: an order's net amount, split over the links that came before it. A view over facts: rebuilt, never edited."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Model
from campaigns.models.campaigns import Campaign
from campaigns.models.links import Link
from scrm.staff import scope


class ConversionQuerySet(models.QuerySet["Conversion"]):
    def visible_to(self, employee: Any) -> ConversionQuerySet:
        """Orders of customers whom she may read, and those in which a link had a part whose promoter she sees."""
        seen = scope.rule(
            employee, owner="order__customer__owner", department="order__customer__store", model=self.model, listed=True
        )
        if seen is None:
            return self
        shares = Credit.objects.visible_to(employee).filter(conversion=OuterRef("pk"))
        return self.filter(seen | Q(Exists(shares)))


class Conversion(models.Model):
    """An order counted for a campaign: at least one counted touch of it lies within its window before the order.
    What no campaign had a part in has no row: unattributed is the rest."""

    order = models.ForeignKey(
        "customers.Order", verbose_name=_("order"), on_delete=models.PROTECT, related_name="conversions", db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="conversions", db_index=False
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="conversions", db_index=False)
    # The order's own: what is left after refunds, when, and on which day of the shop.
    net_fen = models.BigIntegerField(_("net amount"))
    at = models.DateTimeField(_("ordered at"))
    day = models.DateField(_("day"))
    # Which of her orders counted for this campaign it is, by time: 1 makes a buyer, 2 a repeat.
    number = models.PositiveIntegerField(_("number of the order"), default=1)

    objects = ConversionQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of a campaign")
        verbose_name_plural = _("orders of campaigns")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["order", "campaign"], name="campaigns_conversion_once")]
        indexes = [
            models.Index(fields=["campaign", "day"], name="campaigns_conversion_board"),
            models.Index(fields=["customer", "campaign", "at"], name="campaigns_conversion_hers"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.order}"


class CreditQuerySet(models.QuerySet["Credit"]):
    def by(self, model: str) -> CreditQuerySet:
        return self.filter(model=model)

    def visible_to(self, employee: Any) -> CreditQuerySet:
        """The own links' and those of the people of the places she sees: credit is a matter of promoters."""
        return scope.limit(self, employee, owner="employee", department="employee__department", listed=True)


class Credit(models.Model):
    """Conversion × link × model → share in fen. All shares of one order under one model sum to its net amount."""

    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="credits", db_index=False)
    # Without constraints of their own, as the next ones: those of the conversion and the link hold them too, and each check
    # of millions of rows costs as much as a row.
    order = models.ForeignKey(
        "customers.Order", on_delete=models.PROTECT, related_name="link_credits", db_index=False, db_constraint=False
    )
    link = models.ForeignKey(Link, verbose_name=_("link"), on_delete=models.PROTECT, related_name="credits", db_index=False)
    model = models.CharField(_("credit by"), max_length=8, choices=Model)
    share_fen = models.BigIntegerField(_("share"))
    # Of the link, which never changes: the board joins nothing.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="link_credits",
        db_index=False,
        db_constraint=False,
    )
    channel = models.ForeignKey(
        "customers.Channel", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(_("day"))

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "link", "model"], name="campaigns_credit_once"),
        ]
        indexes = [
            models.Index(fields=["campaign", "model", "day"], name="campaigns_credit_board"),
            models.Index(
                fields=["employee", "model", "-day"], name="campaigns_credit_mine", condition=Q(employee__isnull=False)
            ),
            models.Index(fields=["conversion"], name="campaigns_credit_part_of"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.link} {self.model}"


class OrderWork(models.Model):
    """An order whose credits and commission are to be worked out again. Added by whoever changes it (an order listener,
    a visitor who became known); taken away by the job in the transaction that did the work. Several of one order are
    fine: what comes while the job works is not lost."""

    order = models.ForeignKey("customers.Order", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("order to be credited")
        verbose_name_plural = _("orders to be credited")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.order_id)


class Place(models.Model):
    """How far a job has come, one row a job: `at` is the last row it has read, since `moved_at`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("place of a job")
        verbose_name_plural = _("places of jobs")

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
