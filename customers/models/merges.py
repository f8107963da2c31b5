"""A join of two people, with all that its undo needs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """`folded` became part of `kept`. Never changed but by its undo."""

    kept = models.ForeignKey(
        "customers.Customer", verbose_name=_("kept"), on_delete=models.PROTECT, related_name="merges"
    )
    folded = models.ForeignKey(
        "customers.Customer", verbose_name=_("folded"), on_delete=models.PROTECT, related_name="merged_by"
    )
    # Why they were taken for one: [{"kind": "phone", "value": …}, {"why": "name and birthday"}].
    evidence = models.JSONField(_("evidence"), default=list)
    # {mover: what it needs to go back}, usually the ids of the rows that got the kept one's id.
    moved = models.JSONField(default=dict, editable=False)
    # {column: [before, after]} of the kept one; what the folded one said otherwise stays in her own row.
    changes = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]
        permissions = [("merge_customer", _("Can merge customers and undo it"))]
        constraints = [
            # A person is part of one other at a time.
            models.UniqueConstraint(
                fields=["folded"], condition=Q(undone_at__isnull=True), name="customers_merge_standing"
            ),
            models.CheckConstraint(condition=~Q(kept=F("folded")), name="customers_merge_two"),
        ]

    def __str__(self) -> str:
        return f"{self.folded} → {self.kept}"
