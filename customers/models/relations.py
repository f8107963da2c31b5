from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from customers.choices import RelationHow, Side


class Relation(models.Model):
    """An employee's and a customer's contact in WeChat. Never the same row as the person: two employees know her
    under two remark names, and one of them may have lost her."""

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("employee"), on_delete=models.PROTECT, related_name="relations"
    )
    customer = models.ForeignKey(
        "customers.Customer", verbose_name=_("customer"), on_delete=models.PROTECT, related_name="relations"
    )
    remark = models.CharField(_("WeChat remark name"), max_length=100, blank=True)
    added_at = models.DateTimeField(_("added"), null=True, blank=True)
    how = models.CharField(_("how"), max_length=12, choices=RelationHow, blank=True, default=RelationHow.UNKNOWN)
    deleted_by = models.CharField(_("deleted by"), max_length=8, choices=Side, blank=True, default=Side.NOBODY)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    blocked_by = models.CharField(_("blocked by"), max_length=8, choices=Side, blank=True, default=Side.NOBODY)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("WeChat contact")
        verbose_name_plural = _("WeChat contacts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "customer"], name="customers_relation_pair"),
            models.CheckConstraint(
                condition=Q(deleted_by="") | Q(deleted_at__isnull=False), name="customers_relation_deleted"
            ),
            models.CheckConstraint(
                condition=Q(blocked_by="") | Q(blocked_at__isnull=False), name="customers_relation_blocked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} × {self.customer}"
