"""From a link to a person: links, visitors, touches."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Hint, NotCounted, TouchKind, VisitorKind
from campaigns.models.campaigns import Campaign
from scrm.staff import scope
from scrm.staff.choices import Role

CODE_LENGTH = 7
KEY = re.compile("[0-9a-f]{32}")


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, employee: Any) -> LinkQuerySet:
        """The own ones and those of the places she sees. An agency: those of its campaigns that are its own."""
        if employee is not None and employee.role == Role.AGENCY and not employee.is_superuser:
            return self.filter(employee=employee.pk, campaign__in=Campaign.objects.visible_to(employee).order_by().values("pk"))
        return scope.limit(self, employee, owner="employee", department="employee__department", listed=True)


class Link(models.Model):
    """推广链接: one campaign, one promoter (an employee, a customer, or nobody), one channel. QR, poster and
    mini-program scene all come from its code. Made once, never changed: whose it is stays so in history."""

    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="links")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="links",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer who recommends"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="links",
    )
    channel = models.ForeignKey(
        "customers.Channel",
        verbose_name=_("channel of origin"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    material = models.ForeignKey(
        "campaigns.Material",
        verbose_name=_("material"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="links",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "campaign",
                Coalesce("employee", 0),
                Coalesce("customer", 0),
                Coalesce("channel", 0),
                Coalesce("material", 0),
                name="campaigns_link_unique",
            ),
            models.CheckConstraint(
                condition=Q(employee=None) | Q(customer=None), name="campaigns_link_one_promoter"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def address(self) -> str:
        """Absolute, on the shop's own domain."""
        return f"{settings.PUBLIC_URL}/l/{self.code}"

    @property
    def scan_address(self) -> str:
        """What a QR code holds: a scan is told from a tap by it."""
        return f"{self.address}?s"

    @property
    def scene(self) -> str:
        """Of a mini-program code: 32 characters at most."""
        return f"l={self.code}"


class Visitor(models.Model):
    """One cookie, openid, or address and browser of a day. `customer`, null until known, is all that changes."""

    # What the browser holds, hashed where it is an openid: nobody can guess it.
    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=VisitorKind, default=VisitorKind.COOKIE)
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visitors",
        db_index=False,
    )
    known_at = models.DateTimeField(_("known since"), null=True, blank=True)
    # By which of her identities she became known: where that goes back after a merge, this goes with it.
    identity = models.ForeignKey(
        "customers.Identity",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer"], name="campaigns_visitor_hers", condition=Q(customer__isnull=False))
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Touch(models.Model):
    """来访: somebody used a link. Stored before the answer is sent, once and for all: triggers refuse UPDATE and
    DELETE. Whether it counts is said beside it (`TouchReading`) by a later job."""

    append_only = True

    link = models.ForeignKey(Link, verbose_name=_("link"), on_delete=models.PROTECT, related_name="touches", db_index=False)
    # A visitor's key; her row is made by the reading job, so that a touch is one INSERT.
    visitor_key = models.UUIDField(db_index=False)
    visitor_kind = models.CharField(max_length=8, choices=VisitorKind, default=VisitorKind.COOKIE)
    kind = models.CharField(_("kind"), max_length=8, choices=TouchKind, default=TouchKind.VIEW)
    at = models.DateTimeField(_("when"), default=timezone.now)
    hint = models.CharField(max_length=8, choices=Hint, blank=True, default=Hint.NONE)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    # Of the address, salted by the day: tells a flood, and nobody's whereabouts.
    origin = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at:%Y-%m-%d %H:%M}"

    @staticmethod
    def key_of(text: str) -> UUID | None:
        """A visitor's key as a cookie holds it; None for anything else."""
        return UUID(hex=text) if KEY.fullmatch(text) else None


class TouchReading(models.Model):
    """What a touch counts as. One a touch, made set-based by `services.reading`; the board and attribution read this."""

    touch = models.OneToOneField(
        Touch, primary_key=True, on_delete=models.PROTECT, related_name="reading", db_constraint=False
    )
    visitor = models.ForeignKey(Visitor, on_delete=models.PROTECT, related_name="readings", db_index=False)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="readings", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=TouchKind)
    at = models.DateTimeField(_("when"))
    day = models.DateField(_("day"))
    not_counted = models.CharField(
        _("not counted because"), max_length=8, choices=NotCounted, blank=True, default=NotCounted.NONE
    )
    # Counted, and no unique one of this visitor by this link in the hour before.
    unique = models.BooleanField(_("unique"), default=False)
    # Her first counted touch of this campaign: the day on which the board counts her as a visitor.
    first = models.BooleanField(_("first of the campaign"), default=False)

    class Meta:
        verbose_name = _("reading of a touch")
        verbose_name_plural = _("readings of touches")
        ordering = ["-touch"]
        indexes = [
            models.Index(
                fields=["visitor", "at"], name="campaigns_reading_hers", condition=Q(unique=True)
            ),
            models.Index(fields=["campaign", "day", "link"], name="campaigns_reading_board"),
            models.Index(fields=["visitor", "at"], name="campaigns_reading_hour", condition=Q(not_counted="")),
            models.Index(fields=["link", "day"], name="campaigns_reading_link"),
            models.Index(fields=["visitor", "campaign"], name="campaigns_reading_first", condition=Q(first=True)),
        ]

    def __str__(self) -> str:
        return str(self.touch_id)


class OriginHour(models.Model):
    """How many touches one address had in one hour: what tells a flood. Rows of past days are let go."""

    origin = models.CharField(max_length=16)
    hour = models.DateTimeField()
    touches = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("touches of an address in an hour")
        verbose_name_plural = _("touches of addresses by the hour")
        constraints = [models.UniqueConstraint(fields=["hour", "origin"], name="campaigns_originhour_one")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.touches}"
