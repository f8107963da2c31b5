"""提成: what an employee, or a customer who recommends, has earned. Append-only, in fen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Basis, EntryKind, HoldDecision, HoldReason, Model
from campaigns.models.campaigns import Campaign
from scrm.staff import scope


class PayRule(models.Model):
    """How much one success is worth: a rate of the net amount, or a fixed sum an order. A new version is a new row from
    its moment on; what was earned under an old one stays as it was.

    Of a campaign; of a product, wherever it is sold; or of neither: who served any order.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), null=True, blank=True, on_delete=models.PROTECT, related_name="pay_rules"
    )
    product = models.ForeignKey(
        "customers.Product", verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField(_("paid on"), max_length=8, choices=Basis, default=Basis.CREDIT)
    rate_bp = models.PositiveIntegerField(
        _("rate (1/10,000)"), null=True, blank=True, validators=[MaxValueValidator(10_000)]
    )
    fixed_fen = models.BigIntegerField(_("fixed sum an order"), null=True, blank=True)
    # [{"from_bp": 10000, "rate_bp": 800}]: from that attainment of the assignment's target on, this rate.
    tiers = models.JSONField(_("from which attainment which rate"), default=list, blank=True)
    # For whoever recommends (佣金): the next above in the chain, one level at most. Without it only the first is paid.
    second_bp = models.PositiveIntegerField(
        _("rate of the second level (1/10,000)"), null=True, blank=True, validators=[MaxValueValidator(10_000)]
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now, editable=False)
    is_active = models.BooleanField(_("in force"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("rule of commission")
        verbose_name_plural = _("rules of commission")
        ordering = ["campaign", "product", "-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_bp__isnull=False, fixed_fen=None) | Q(rate_bp=None, fixed_fen__isnull=False),
                name="campaigns_payrule_one",
                violation_error_message=_("Enter a rate or a fixed sum, one of the two."),
            ),
            models.CheckConstraint(condition=Q(fixed_fen=None) | Q(fixed_fen__gte=0), name="campaigns_payrule_fixed"),
            models.UniqueConstraint(
                Coalesce("campaign", 0),
                Coalesce("product", 0),
                "basis",
                condition=Q(is_active=True),
                name="campaigns_payrule_in_force",
            ),
            # Of a campaign or of a product; and what is of neither pays who served.
            models.CheckConstraint(condition=Q(campaign=None) | Q(product=None), name="campaigns_payrule_scope"),
            models.CheckConstraint(
                condition=Q(campaign__isnull=False) | Q(product__isnull=False) | Q(basis=Basis.SERVED.value),
                name="campaigns_payrule_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign or self.product or ''} v{self.version}"


class EntryQuerySet(models.QuerySet["CommissionEntry"]):
    def visible_to(self, employee: Any) -> EntryQuerySet:
        """The own; a manager her department's. Whether somebody sees any at all is a permission's affair."""
        return scope.limit(self, employee, owner="employee", department="employee__department", listed=True)


class CommissionEntry(models.Model):
    """One movement. `month` is the statement it stands on: a closed one takes no more, what comes late stands on the
    next. Reversals name the accrual that they take back."""

    append_only = True

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commission",
        db_index=False,
    )
    # 佣金 of a customer who recommends.
    promoter = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer who recommends"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="commission",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    amount_fen = models.BigIntegerField(_("amount"))
    order = models.ForeignKey(
        "customers.Order", verbose_name=_("order"), null=True, blank=True, on_delete=models.PROTECT, related_name="commission"
    )
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule = models.ForeignKey(
        PayRule, verbose_name=_("rule"), null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    basis = models.CharField(_("paid on"), max_length=8, choices=Basis, blank=True)
    model = models.CharField(_("credit by"), max_length=8, choices=Model, blank=True)
    # Of what: the share of the order's paid amount that it was worked out from, and at which rate.
    basis_fen = models.BigIntegerField(_("of what amount"), null=True, blank=True)
    rate_bp = models.PositiveIntegerField(_("rate (1/10,000)"), null=True, blank=True)
    # Of a reversal: what had been refunded of the order by then, of what had been paid.
    refunded_fen = models.BigIntegerField(_("refunded by then"), null=True, blank=True)
    paid_fen = models.BigIntegerField(_("paid for the order"), null=True, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    day = models.DateField(_("day"))
    month = models.DateField(_("month"))
    # Pending before this day. None while nobody knows it, since the goods have not arrived: then `Receipt` says it later.
    payable_on = models.DateField(_("payable from"), null=True, blank=True)
    reverses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversals")
    # Names the occasion, so that no job earns twice: "accrual:12:e5:k3" (services.paying.keys).
    key = models.CharField(max_length=120, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("commission entry")
        verbose_name_plural = _("commission entries")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(employee__isnull=False, promoter=None) | Q(employee=None, promoter__isnull=False),
                name="campaigns_entry_somebody",
            )
        ]
        indexes = [
            models.Index(fields=["employee", "month"], name="campaigns_entry_mine"),
            models.Index(fields=["month"], name="campaigns_entry_month"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"


class Receipt(models.Model):
    """The goods of an online order have arrived: from which day what was earned by it is payable. Beside the entry, since
    that never changes; `at` says since when it is known, so that a settled statement stays what it was."""

    append_only = True

    entry = models.OneToOneField(CommissionEntry, primary_key=True, on_delete=models.PROTECT, related_name="receipt")
    payable_on = models.DateField(_("payable from"))
    at = models.DateTimeField(_("known since"), default=timezone.now)

    class Meta:
        verbose_name = _("arrival of goods")
        verbose_name_plural = _("arrivals of goods")

    def __str__(self) -> str:
        return f"{self.entry_id} {self.payable_on}"


class CommissionHold(models.Model):
    """An accrual that somebody has to look at before it is paid. It never takes anything away by itself."""

    entry = models.ForeignKey(CommissionEntry, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=16, choices=HoldReason)
    words = models.CharField(_("what was noticed"), max_length=200, blank=True)
    at = models.DateTimeField(_("since"), default=timezone.now)
    decision = models.CharField(_("decision"), max_length=10, choices=HoldDecision, blank=True, default=HoldDecision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_words = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("held commission")
        verbose_name_plural = _("held commissions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "reason"], name="campaigns_hold_once"),
            models.CheckConstraint(
                condition=Q(decision="") | Q(decided_at__isnull=False), name="campaigns_hold_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.get_reason_display()}"


class ClosedMonth(models.Model):
    """A month whose statement is settled: no entry is written into it any more."""

    month = models.DateField(_("month"), unique=True)
    closed_at = models.DateTimeField(_("closed"), default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What stood in it, payouts included: the books are checked against it.
    entries = models.PositiveIntegerField(_("entries"), default=0)
    sum_fen = models.BigIntegerField(_("sum"), default=0)

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class BookCheck(models.Model):
    """账目核对: what the nightly audit of the books found, one row a ledger."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    # [{"check": "reversed", "entry": 12, …}]; none is well.
    findings = models.JSONField(_("findings"), default=list)

    class Meta:
        verbose_name = _("check of the books")
        verbose_name_plural = _("checks of the books")

    def __str__(self) -> str:
        return self.name

    @property
    def ok(self) -> bool:
        return not self.findings
