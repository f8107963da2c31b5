from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import Medium, Purpose


class Consent(models.Model):
    """Who agreed to what, and on what ground. Append-only by its services: the newest row of a pair counts."""

    customer = models.ForeignKey(
        "customers.Customer", verbose_name=_("customer"), on_delete=models.PROTECT, related_name="consents"
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    medium = models.CharField(_("medium"), max_length=14, choices=Medium, default=Medium.ANY)
    given = models.BooleanField(_("given"))
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    source = models.CharField(_("where from"), max_length=40, blank=True)
    batch = models.ForeignKey(
        "customers.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer", "purpose", "medium", "-id"], name="customers_consent_newest"),
            models.Index(
                fields=["customer"],
                name="customers_consent_refused",
                condition=models.Q(purpose=Purpose.PROMOTION, given=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {'✓' if self.given else '✗'}"
