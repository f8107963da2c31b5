from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Domain, FieldKind
from scrm.kit import phones


class CustomField(models.Model):
    """A field of the shop's own (险种, 肤质…). Values stand in `Customer.custom` under `key`."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"\A[a-z][a-z0-9_]*\Z")],
        help_text=_("Lower-case letters, digits and _; never changes."),
    )
    label = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=FieldKind, default=FieldKind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("Health, money, under 14: masked without the right to see it."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class Channel(models.Model):
    """来源渠道: where people come from. (How we reach them is a medium, never called channel.)"""

    name = models.CharField(_("name"), max_length=60, unique=True)
    domain = models.CharField(
        _("public or private"), max_length=8, choices=Domain, blank=True, default=Domain.UNKNOWN
    )
    online = models.BooleanField(_("online"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("channel of origin")
        verbose_name_plural = _("channels of origin")
        ordering = ["name"]

    def __str__(self) -> str:
        """Shown to everyone, as `Customer` is: "老客介绍 138…" comes from sheets too."""
        return phones.mask_in_text(self.name)
