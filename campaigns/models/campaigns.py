"""What we do: a campaign, who works on it, what it costs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from campaigns.choices import (
    AssignmentState,
    Basis,
    CampaignKind,
    CampaignState,
    CostKind,
    Landing,
    Model,
    PrimaryMetric,
    Verdict,
)
from scrm.staff import scope
from scrm.staff.choices import Role


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, employee: Any) -> CampaignQuerySet:
        """Everyone who works here sees what the shop does; an agency only what it is assigned to."""
        if employee is None or not employee.is_active:
            return self.none()
        if employee.role == Role.AGENCY and not employee.is_superuser:
            mine = Assignment.objects.filter(employee=employee.pk).exclude(state=AssignmentState.WITHDRAWN)
            return self.filter(pk__in=mine.values("campaign"))
        return self

    def on(self, day: date) -> CampaignQuerySet:
        """Whose dates hold this day of the shop."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))


class Campaign(models.Model):
    """活动. Its state moves by `services.states` alone; its pay is fixed when it is scheduled."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CampaignKind, default=CampaignKind.LINK)
    state = models.CharField(
        _("state"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    # Days of the shop, both included; without an end it goes on.
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    audience = models.CharField(_("whom it is for"), max_length=200, blank=True)
    primary_metric = models.CharField(
        _("judged by"), max_length=16, choices=PrimaryMetric, default=PrimaryMetric.REVENUE
    )
    landing = models.CharField(_("links lead to"), max_length=12, choices=Landing, default=Landing.PAGE)
    target_url = models.CharField(_("address"), max_length=500, blank=True, help_text=_("Begins with https://"))
    mini_path = models.CharField(
        _("page of the mini-program"), max_length=200, blank=True, help_text=_("Such as pages/goods/detail?id=12")
    )
    products = models.ManyToManyField(
        "customers.Product",
        verbose_name=_("what it sells"),
        blank=True,
        related_name="+",
        help_text=_("For the margin and the number of orders that pays for it."),
    )
    # By which its links go out; made for each of them when it is published.
    channels = models.ManyToManyField(
        "customers.Channel", verbose_name=_("channels of origin"), blank=True, related_name="+"
    )
    nobody_too = models.BooleanField(
        _("also links that are nobody's"), default=False, help_text=_("For the counter, leaflets, the shop's own account.")
    )
    budget_fen = models.BigIntegerField(_("budget"), null=True, blank=True)
    # A touch counts for an order that comes at most so many days after it.
    view_days = models.PositiveSmallIntegerField(
        _("a view counts for (days)"), default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    scan_days = models.PositiveSmallIntegerField(
        _("a scan or new contact counts for (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    referral_days = models.PositiveSmallIntegerField(
        _("a recommendation counts for (days)"), default=90, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    # Which figure pays, and which one where an order has both.
    pay_basis = models.CharField(_("commission is paid on"), max_length=8, choices=Basis, default=Basis.CREDIT)
    pay_model = models.CharField(_("credit by"), max_length=8, choices=Model, default=Model.LAST)
    pay_wins = models.CharField(_("where both claim an order"), max_length=8, choices=Basis, default=Basis.CREDIT)
    # "Published without pay": asked once, answered yes.
    no_pay = models.BooleanField(_("no commission, on purpose"), default=False)
    in_charge = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("in charge"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.TextField(_("note"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True, default=Verdict.NONE)
    verdict_words = models.TextField(_("why"), blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        permissions = [
            ("see_money", _("Can see cost, return and margin of campaigns")),
            ("see_board", _("Can see the boards of campaigns")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaigns_campaign_dates",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(budget_fen=None) | Q(budget_fen__gte=0), name="campaigns_campaign_budget"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def lasts(self, day: date) -> bool:
        """Whether a day of the shop lies within its dates."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> AssignmentQuerySet:
        return self.exclude(state=AssignmentState.WITHDRAWN)

    def visible_to(self, employee: Any) -> AssignmentQuerySet:
        """The own ones; those of the places she sees."""
        return scope.limit(self, employee, owner="employee", department="employee__department", listed=True)


class Assignment(models.Model):
    """活动任务: who works on a campaign, with what is expected of him. A target of 0 or none is no target."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="assignments"
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("employee"), on_delete=models.PROTECT, related_name="assignments"
    )
    target_leads = models.PositiveIntegerField(_("target: leads"), null=True, blank=True)
    target_referrals = models.PositiveIntegerField(_("target: brought by customers"), null=True, blank=True)
    target_orders = models.PositiveIntegerField(_("target: orders"), null=True, blank=True)
    target_fen = models.BigIntegerField(_("target: net revenue"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=AssignmentState, default=AssignmentState.ASSIGNED, editable=False
    )
    deadline = models.DateField(_("until"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("assigned"), default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["campaign", "id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "employee"], name="campaigns_assignment_pair"),
            models.CheckConstraint(
                condition=Q(target_fen=None) | Q(target_fen__gte=0), name="campaigns_assignment_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} × {self.employee}"


class CampaignCost(models.Model):
    """Money spent for a channel on a day; of no campaign where it serves several."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), null=True, blank=True, on_delete=models.PROTECT, related_name="costs"
    )
    channel = models.ForeignKey(
        "customers.Channel", verbose_name=_("channel of origin"), on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("day"))
    kind = models.CharField(pgettext_lazy("cost", "what for"), max_length=8, choices=CostKind, default=CostKind.ADS)
    amount_fen = models.BigIntegerField(_("amount"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0),
                name="campaigns_cost_amount",
                violation_error_message=_("A cost is not negative."),
            ),
            # One figure a day, channel, campaign and purpose: entered again it is corrected, not added.
            models.UniqueConstraint(
                Coalesce("campaign", 0), "channel", "day", "kind", name="campaigns_cost_unique"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="campaigns_cost_day")]

    def __str__(self) -> str:
        return f"{self.channel} {self.day}"

