"""The shop's own rules for campaigns, one row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import BindMode


class Rules(models.Model):
    """The shop's own rules, one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    bind_mode = models.CharField(_("a link gives its employee"), max_length=12, choices=BindMode, default=BindMode.FIRST)
    protected_days = models.PositiveSmallIntegerField(_("protected for (days)"), default=30)
    month_target_fen = models.BigIntegerField(_("the month's target"), null=True, blank=True)
    # Of an order; None where the shop does not know it.
    margin_bp = models.PositiveSmallIntegerField(_("usual margin (1/10,000)"), null=True, blank=True)
    counter_days = models.PositiveSmallIntegerField(_("commission held after a sale at the counter (days)"), default=0)
    online_days = models.PositiveSmallIntegerField(_("commission held after an online order was received (days)"), default=7)

    class Meta:
        verbose_name = _("rules of campaigns")
        verbose_name_plural = _("rules of campaigns")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="campaigns_rules_one")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
