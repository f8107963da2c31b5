from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import TagKind, TagSetBy
from scrm.kit import phones


class TagGroup(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=TagKind, default=TagKind.BASE)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("tag group")
        verbose_name_plural = _("tag groups")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A label. The name is unique in the whole base, so that a sheet's "VIP" is one tag."""

    group = models.ForeignKey(TagGroup, verbose_name=_("group"), on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(_("name"), max_length=60, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["group", "name"]

    def __str__(self) -> str:
        """Shown to everyone, as `Customer` is: a sheet's tag may hold a phone number."""
        return phones.mask_in_text(self.name)


class CustomerTag(models.Model):
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.CASCADE,
        related_name="tag_links",
        verbose_name=_("customer"),
        db_index=False,  # the unique pair serves
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, related_name="links", verbose_name=_("tag"), db_index=False
    )
    set_by = models.CharField(_("set by"), max_length=8, choices=TagSetBy, default=TagSetBy.PERSON)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    batch = models.ForeignKey(
        "customers.ImportBatch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="customers_tag_unique")]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_tag_people")]

    def __str__(self) -> str:
        return str(self.tag)
