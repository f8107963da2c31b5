from django.db import models
from django.utils.translation import gettext_lazy as _


class Opening(models.Model):
    """期初数据: what a legacy sheet says a person had done before. Counts in lifetime figures, never in a period."""

    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="openings",
        db_index=False,  # the unique pair serves
    )
    system = models.CharField(_("system"), max_length=80)
    spend_fen = models.BigIntegerField(_("spent before (fen)"), null=True, blank=True)
    orders = models.IntegerField(_("orders before"), null=True, blank=True)
    last_order_on = models.DateField(_("last order before"), null=True, blank=True)
    level = models.CharField(_("level before"), max_length=60, blank=True)
    batch = models.ForeignKey(
        "customers.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="openings"
    )

    class Meta:
        verbose_name = _("opening figure")
        verbose_name_plural = _("opening figures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "system"], name="customers_opening_unique")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.system}"
