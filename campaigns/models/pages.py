"""The shop's own page for a campaign, and who joined."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from campaigns.choices import BindOutcome
from campaigns.models.campaigns import Campaign
from campaigns.models.links import Link, Visitor
from scrm.staff import scope


class LandingPage(models.Model):
    """活动页: one a campaign, for anybody with a phone browser; each link shows it with its own employee. The phone is
    always asked for: without it nobody could be found again."""

    campaign = models.OneToOneField(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="page"
    )
    template = models.CharField(_("made from"), max_length=20, blank=True, default="coupon")
    title = models.CharField(_("title"), max_length=60)
    words = models.TextField(_("text"), blank=True)
    # Below PRIVATE_DIR, and shown to everybody while the page is.
    picture = models.CharField(max_length=255, blank=True, editable=False)
    price_fen = models.BigIntegerField(_("price"), null=True, blank=True)
    usual_fen = models.BigIntegerField(_("usual price"), null=True, blank=True)
    rules = models.TextField(_("rules"), blank=True)
    ask_name = models.BooleanField(_("ask for the name"), default=True)
    ask_time = models.BooleanField(_("ask for a wished time"), default=False)
    # [{"key": "skin", "label": "肤质", "choices": ["干", "油"], "required": false}], at most 10
    questions = models.JSONField(_("questions"), default=list, blank=True)
    # Consents that are asked for, each with a box of its own: ["care", "promotion"]
    consents = models.JSONField(_("consents asked for"), default=list, blank=True)
    button = models.CharField(_("on the button"), max_length=20, blank=True)
    coupon = models.ForeignKey(
        "loyalty.Coupon", verbose_name=_("coupon given"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    thanks = models.CharField(_("after it was sent"), max_length=200, blank=True)
    is_open = models.BooleanField(_("can be filled in"), default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(price_fen=None) | Q(price_fen__gte=0), name="campaigns_page_price")
        ]

    def __str__(self) -> str:
        return self.title


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, employee: Any) -> ParticipationQuerySet:
        """Whoever may read the customer, and whoever sees the promoter by whose link she came."""
        hers = scope.rule(employee, owner="customer__owner", department="customer__store", model=self.model, listed=True)
        links = scope.rule(
            employee, owner="link__employee", department="link__employee__department", model=self.model, listed=True
        )
        return self if hers is None or links is None else self.filter(hers | links)


class CountingManager(models.Manager.from_queryset(ParticipationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ParticipationQuerySet:
        return super().get_queryset().filter(doubled=False)


class Participation(models.Model):
    """A customer joined a campaign: a lead. Once a customer: of records that were merged the first counts, and `objects`
    and `customer.participations` know no others; `everyone` does, for moving, erasing and old addresses."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="participations"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="participations",
    )
    # By which she came; nobody's where she was entered by hand.
    link = models.ForeignKey(
        Link, verbose_name=_("link"), null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)
    day = models.DateField(_("day"))
    # {"skin": "干"}
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    wished = models.CharField(_("wished time"), max_length=60, blank=True)
    # She was not here before.
    is_new = models.BooleanField(_("new customer"), default=False)
    # The first day on which she came to the shop as a lead: `services.arriving` keeps it.
    arrived_on = models.DateField(_("came to the shop on"), null=True, blank=True, editable=False)
    # Two records of hers had joined before they were merged, and this was not the first: `services.joined` keeps it.
    doubled = models.BooleanField(default=False, editable=False)

    everyone = ParticipationQuerySet.as_manager()
    objects = CountingManager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-id"]
        base_manager_name = "everyone"
        default_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "customer"], condition=Q(doubled=False), name="campaigns_participation_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["campaign", "day", "link"], name="campaigns_participation_board", condition=Q(doubled=False)
            ),
            models.Index(
                fields=["campaign", "arrived_on"],
                name="campaigns_participation_came",
                condition=Q(arrived_on__isnull=False, doubled=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.customer}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, employee: Any) -> ReferralQuerySet:
        """Whoever may read her who brought, and whoever sees the promoter whose link it was."""
        hers = scope.rule(employee, owner="inviter__owner", department="inviter__store", model=self.model, listed=True)
        links = scope.rule(
            employee, owner="link__employee", department="link__employee__department", model=self.model, listed=True
        )
        return self if hers is None or links is None else self.filter(hers | links)


class Referral(models.Model):
    """老带新: who brought whom, once a friend and campaign. `root` and `depth` are kept so that a tree is one query."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="referrals"
    )
    inviter = models.ForeignKey(
        "customers.Customer", verbose_name=_("who brought"), on_delete=models.PROTECT, related_name="brought"
    )
    invitee = models.ForeignKey(
        "customers.Customer", verbose_name=_("who came"), on_delete=models.PROTECT, related_name="brought_by"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    root = models.ForeignKey(
        "customers.Customer", verbose_name=_("first of the chain"), on_delete=models.PROTECT, related_name="+"
    )
    depth = models.PositiveSmallIntegerField(_("depth"), default=1)
    link = models.ForeignKey(Link, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    at = models.DateTimeField(_("when"), default=timezone.now)
    day = models.DateField(_("day"))

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "invitee"], name="campaigns_referral_once"),
            models.CheckConstraint(condition=~Q(inviter=F("invitee")), name="campaigns_referral_other"),
        ]
        indexes = [models.Index(fields=["campaign", "day"], name="campaigns_referral_board")]

    def __str__(self) -> str:
        return f"{self.inviter} → {self.invitee}"


class Binding(models.Model):
    """Each time a link could have given a customer to its employee, with what came of it and why."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="bindings")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=BindOutcome)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("binding to an employee")
        verbose_name_plural = _("bindings to employees")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.customer} {self.outcome}"
