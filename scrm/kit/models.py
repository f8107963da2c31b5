"""Kit's own tables. They name the user model only by its setting."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


class AuditEntry(models.Model):
    """Who did what, to how many, when. Append-only: triggers in both databases refuse UPDATE and DELETE."""

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    action = models.CharField(_("act"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    object_id = models.CharField(_("thing"), max_length=40, blank=True)
    count = models.BigIntegerField(_("how many"), default=1)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="kit_audit_object"),
            # "Who looked at numbers these days" walks one act's days.
            models.Index(fields=["action", "-at"], name="kit_audit_act_days"),
        ]

    append_only = True

    def __str__(self) -> str:
        return acts.label(self.action)


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def live(self) -> "JobRunQuerySet":
        """Waiting or running."""
        return self.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING])


class JobRun(models.Model):
    """Our own record of a background job, because django-q2 never counts a task that kills its worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    name = models.CharField(_("job"), max_length=120, db_index=True)
    args = models.JSONField(_("arguments"), default=list)
    key = models.CharField(_("key"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED, db_index=True)
    # Slices finished; starts of the slice in hand. Together they name one claim, and never repeat.
    slices = models.PositiveIntegerField(_("slices done"), default=0)
    starts = models.PositiveSmallIntegerField(_("starts"), default=0)
    host = models.CharField(_("machine"), max_length=120, blank=True)
    pid = models.PositiveIntegerField(_("process"), null=True, blank=True)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("last started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(key=""),
                name="kit_jobrun_one_live_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Beat(models.Model):
    """Signs of life that processes share, one row a name: the scheduler's last beat, the worker's, the
    demo's."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """A thing only one process may do at a time, one row a name. See claims.py."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=120, blank=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Tally(models.Model):
    """How often something happened in a span of time, one row a name and span. See throttle.py."""

    name = models.CharField(max_length=120, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"
