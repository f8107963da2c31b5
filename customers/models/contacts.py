"""Being in touch: what was said, what is to be done, when she comes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import (
    AppointmentState,
    Began,
    FollowUpOutcome,
    Medium,
    OwnerHow,
    Purpose,
    Score,
    TaskOutcome,
    TaskReason,
    TaskState,
)
from scrm.kit import clock
from scrm.staff import scope


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, employee: Any) -> FollowUpQuerySet:
        """Whoever may read the customer may read what was said to her."""
        return scope.limit(self, employee, owner="customer__owner", department="customer__store", listed=True)


class FollowUp(models.Model):
    """One contact. Written once; corrected by a further one."""

    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="follow_ups",
        db_index=False,
    )
    # Nobody: a sheet named somebody who is not here; `author_name` keeps who.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    author_name = models.CharField(_("author (as written)"), max_length=100, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    medium = models.CharField(_("medium"), max_length=14, choices=Medium, default=Medium.WECOM)
    began = models.CharField(_("who began"), max_length=8, choices=Began, default=Began.US)
    contact_class = models.CharField(_("class"), max_length=12, choices=Purpose, default=Purpose.SERVICE)
    content = models.TextField(_("content"), blank=True)
    feeling = models.SmallIntegerField(_("feeling"), choices=Score, null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=FollowUpOutcome, blank=True, default="")
    next_at = models.DateTimeField(_("next time"), null=True, blank=True)
    next_words = models.CharField(_("what for"), max_length=200, blank=True)
    # Sent twice it is written once; of a sheet: what its row says, so that it is found again.
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    batch = models.ForeignKey(
        "customers.ImportBatch",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="follow_ups",
        db_index=False,
    )
    # As of an order: by which of her identities the sheet found her.
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-at", "-id"]
        permissions = [("record_followup", _("Can record follow-ups and feelings"))]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="customers_followup_hers"),
            models.Index(fields=["author", "-at"], name="customers_followup_mine"),
            models.Index(fields=["-at", "-id"], name="customers_followup_newest"),
            models.Index(fields=["batch"], name="customers_followup_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, employee: Any) -> AppointmentQuerySet:
        """Her own people's, the own ones, and those of the places she sees."""
        seen = scope.rule(employee, owner="customer__owner", department="store", model=self.model, listed=True)
        if seen is None:
            return self
        if employee is not None and employee.is_active:
            seen |= Q(employee=employee.pk)
        return self.filter(seen)

    def on(self, day: date) -> AppointmentQuerySet:
        return self.filter(starts_at__gte=clock.start_of(day), starts_at__lt=clock.end_of(day))


class Appointment(models.Model):
    """A booking. A moved one stays as it was and names the one that took its place."""

    source = models.CharField(_("where from"), max_length=40, default="hand")
    # Unique within its source; blank for those booked here.
    number = models.CharField(_("number"), max_length=80, blank=True)
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
    )
    store = models.ForeignKey(
        "staff.Department",
        verbose_name=_("store"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    service = models.ForeignKey(
        "customers.Product",
        verbose_name=_("service"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    starts_at = models.DateTimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    state = models.CharField(_("state"), max_length=12, choices=AppointmentState, default=AppointmentState.BOOKED)
    state_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    moved_to = models.OneToOneField(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="moved_from"
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    digest = models.CharField(max_length=32, blank=True, editable=False)
    batch = models.ForeignKey(
        "customers.ImportBatch",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="appointments",
        db_index=False,
    )
    # As of an order: by which of her identities the sheet found her.
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-starts_at", "-id"]
        permissions = [("book_appointment", _("Can book appointments and say who came"))]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"], condition=~Q(number=""), name="customers_appointment_number"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="customers_appointment_minutes"),
        ]
        indexes = [
            models.Index(fields=["customer", "-starts_at"], name="customers_appointment_hers"),
            models.Index(fields=["store", "starts_at"], name="customers_appointment_store"),
            models.Index(fields=["employee", "starts_at"], name="customers_appointment_mine"),
            models.Index(fields=["starts_at"], name="customers_appointment_day"),
            models.Index(
                fields=["starts_at"],
                name="customers_appointment_open",
                condition=Q(state=AppointmentState.BOOKED),
            ),
            models.Index(fields=["batch"], name="customers_appointment_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, employee: Any) -> TaskQuerySet:
        """The own ones, and those of the people of the places she sees."""
        return scope.limit(self, employee, owner="employee", department="customer__store", listed=True)

    def open(self) -> TaskQuerySet:
        return self.filter(state=TaskState.OPEN)

    def due_by(self, moment: datetime) -> TaskQuerySet:
        return self.filter(due_at__lt=moment)


class Task(models.Model):
    """Something an employee should do for a customer. `key` names its occasion, so that no occasion makes two."""

    customer = models.ForeignKey(
        "customers.Customer", verbose_name=_("customer"), on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("employee"),
        on_delete=models.PROTECT,
        related_name="tasks",
        db_index=False,
    )
    reason = models.CharField(_("reason"), max_length=12, choices=TaskReason, default=TaskReason.OTHER)
    # What it is about, of this customer; the reason says the rest.
    about = models.CharField(_("what it is about"), max_length=200, blank=True)
    words = models.TextField(_("words to say"), blank=True)
    due_at = models.DateTimeField(_("due"))
    # Nobody needs it after this moment: a birthday that has passed.
    ends_at = models.DateTimeField(_("needed until"), null=True, blank=True)
    expected_fen = models.BigIntegerField(_("expected value"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=TaskState, default=TaskState.OPEN)
    outcome = models.CharField(_("outcome"), max_length=12, choices=TaskOutcome, blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True)
    key = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    follow_up = models.ForeignKey(
        FollowUp, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="tasks"
    )
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="tasks"
    )
    feedback = models.ForeignKey(
        "customers.Feedback", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="tasks"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, done_at=None) | ~Q(state=TaskState.OPEN),
                name="customers_task_open",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-due_at"], name="customers_task_hers"),
            models.Index(
                fields=["employee", "due_at"], name="customers_task_open_mine", condition=Q(state=TaskState.OPEN)
            ),
            models.Index(fields=["due_at"], name="customers_task_open_due", condition=Q(state=TaskState.OPEN)),
            models.Index(
                fields=["employee", "-done_at"],
                name="customers_task_done_mine",
                condition=Q(done_at__isnull=False),
            ),
            models.Index(fields=["-done_at"], name="customers_task_done", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.customer}"


class OwnerChange(models.Model):
    """Somebody came to look after a customer, or no longer does. Append-only by its services; an import that says
    who looks after her is told by its `ImportRow`."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="owner_changes", db_index=False
    )
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    after = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    how = models.CharField(_("how"), max_length=12, choices=OwnerHow, default=OwnerHow.ASSIGNED)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=True) | Q(after__isnull=True) | ~Q(before=F("after")),
                name="customers_owner_changed",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="customers_owner_change_hers"),
            models.Index(fields=["after", "-at"], name="customers_owner_change_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.before or '—'} → {self.after or '—'}"
