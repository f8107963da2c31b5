"""What she did and how it felt: traces of behaviour, and the experience journey."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import COMPLAINT, JourneyStage, Score
from scrm.staff import scope


class Event(models.Model):
    """A trace of behaviour. Append-only by its services: a merge re-points it, an erasure empties its properties."""

    # Nobody while a visitor is not known yet; then `visitor` names whom it will belong to.
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
    )
    visitor = models.CharField(_("visitor"), max_length=40, blank=True)
    # "page.viewed": noun and what happened to it.
    kind = models.CharField(_("kind"), max_length=40)
    # "product:12", whatever the kind is about.
    object = models.CharField(_("what it is about"), max_length=80, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    properties = models.JSONField(_("properties"), default=dict, blank=True)

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces of behaviour")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | ~Q(visitor=""), name="customers_event_of_somebody"
            )
        ]
        indexes = [
            models.Index(
                fields=["customer", "-at", "-id"], name="customers_event_hers", condition=Q(customer__isnull=False)
            ),
            models.Index(fields=["visitor"], name="customers_event_visitor", condition=~Q(visitor="")),
            models.Index(fields=["kind", "-at"], name="customers_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object}".strip()


class Touchpoint(models.Model):
    """A place in the journey where a customer feels something about the shop."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    stage = models.CharField(_("stage"), max_length=10, choices=JourneyStage, default=JourneyStage.SERVICE)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # What the shop promises here since when: the mean before and after shows whether it helped.
    changed_on = models.DateField(_("something changed on"), null=True, blank=True)
    change = models.CharField(_("what changed"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, employee: Any) -> FeedbackQuerySet:
        return scope.limit(self, employee, owner="customer__owner", department="customer__store", listed=True)

    def unanswered(self) -> FeedbackQuerySet:
        """Bad feelings that nobody has closed yet: promotion to these people is paused."""
        return self.filter(score__lte=COMPLAINT, closed_at=None)


class Feedback(models.Model):
    """How she felt at a touchpoint. One of −1 or below stays open until somebody says what was done about it."""

    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="feedback",
        db_index=False,
    )
    touchpoint = models.ForeignKey(
        Touchpoint, verbose_name=_("touchpoint"), null=True, blank=True, on_delete=models.PROTECT, related_name="voices"
    )
    score = models.SmallIntegerField(_("feeling"), choices=Score)
    words = models.TextField(_("her words"), blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    # The last of a visit is what people remember.
    is_last = models.BooleanField(_("last of the visit"), default=False)
    follow_up = models.OneToOneField(
        "customers.FollowUp", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="feedback"
    )
    appointment = models.ForeignKey(
        "customers.Appointment", null=True, blank=True, on_delete=models.PROTECT, related_name="feedback"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    closing_words = models.CharField(_("what was done"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=-2, score__lte=2), name="customers_feedback_score")
        ]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="customers_feedback_hers"),
            models.Index(fields=["touchpoint", "-at"], name="customers_feedback_point"),
            models.Index(
                fields=["customer"],
                name="customers_feedback_open",
                condition=Q(score__lte=COMPLAINT, closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{Score(self.score).label} {self.customer}"
