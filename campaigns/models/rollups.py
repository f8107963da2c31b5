"""What the boards read: facts counted by day. Never edited: rows of a day are counted anew (`services.boarding`)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Model
from campaigns.models.campaigns import Campaign
from campaigns.models.links import Link


class BoardDay(models.Model):
    """One link of a campaign on one day; without a link what was entered by hand. Each count is of rows that carry
    this day, so that days add up. `employee` and `channel` are the link's, which never change."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_index=False)
    link = models.ForeignKey(Link, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.ForeignKey("customers.Channel", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    # Touches: all, those that count, those a visitor did not repeat within the hour, the first of a visitor.
    raw = models.PositiveIntegerField(default=0)
    views = models.PositiveIntegerField(default=0)
    uniques = models.PositiveIntegerField(default=0)
    visitors = models.PositiveIntegerField(default=0)
    leads = models.PositiveIntegerField(default=0)
    # Leads who were not here before; leads who came to the shop on this day, whenever they joined.
    newcomers = models.PositiveIntegerField(default=0)
    arrivals = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of a board")
        verbose_name_plural = _("days of boards")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint("day", "campaign", Coalesce("link", 0), name="campaigns_boardday_once")
        ]
        indexes = [models.Index(fields=["campaign", "day"], name="campaigns_boardday_of")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"


class BoardCredit(models.Model):
    """What one link has a part in on one day, under one model. Under those that give an order to a single link, orders
    add up over links too; under the others an order is found in several rows, and only the money adds up."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_index=False)
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.ForeignKey("customers.Channel", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    model = models.CharField(max_length=8, choices=Model)
    day = models.DateField()
    # Of which something is left after refunds.
    orders = models.PositiveIntegerField(default=0)
    # Of the orders, those that are a customer's first one of this campaign, and all later ones.
    buyers = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    net_fen = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("credit of a day of a board")
        verbose_name_plural = _("credits of days of boards")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "day", "campaign", "link"], name="campaigns_boardcredit_once")
        ]
        indexes = [models.Index(fields=["campaign", "model", "day"], name="campaigns_boardcredit_of")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day} {self.model}"


class BoardWork(models.Model):
    """A day of a campaign on which facts came, changed or went. Added by whoever writes them, in the same transaction;
    taken away by the job in the transaction that counted the day. Several of one day are fine: what comes while the
    job works is not lost."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    day = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("day to be counted")
        verbose_name_plural = _("days to be counted")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"


class ArrivalWork(models.Model):
    """A customer of whom it has to be looked again whether she came to the shop as a lead."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("arrival to be looked at")
        verbose_name_plural = _("arrivals to be looked at")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.customer_id)
