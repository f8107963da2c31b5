"""What employees pass on: texts and pictures, the voice they are written in, posters."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PassedOn, PosterStyle, Voice
from campaigns.models.campaigns import Campaign


class OfCampaigns[T: models.Model](models.QuerySet[T]):
    """Rows that belong to a campaign, or to none and then to all."""

    def visible_to(self, employee: Any) -> OfCampaigns[T]:
        """Of the campaigns she sees; what belongs to none is shown to everyone who works here."""
        if employee is None or not employee.is_active:
            return self.none()
        return self.filter(Q(campaign=None) | Q(campaign__in=Campaign.objects.visible_to(employee).order_by().values("pk")))

    def used_in(self, campaign: Campaign) -> OfCampaigns[T]:
        """In use, for this campaign or for all."""
        return self.filter(Q(campaign=None) | Q(campaign=campaign.pk), is_active=True)


class Persona(models.Model):
    """人设: who speaks, and how. Texts are written for one."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    tone = models.CharField(_("tone"), max_length=200, blank=True)
    avoid = models.CharField(_("words not used"), max_length=500, blank=True, help_text=_("Separated by 、 or a comma"))
    portrait = models.TextField(_("portrait"), blank=True)
    speakers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("who speaks as it"), blank=True, related_name="+"
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """Content to pass on. Each pass-on is a `Link`, so views are known per employee."""

    campaign = models.ForeignKey(
        "campaigns.Campaign",
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="materials",
    )
    persona = models.ForeignKey(
        Persona, verbose_name=_("persona"), null=True, blank=True, on_delete=models.PROTECT, related_name="materials"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Voice, default=Voice.TEXT)
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("words to pass on"), blank=True)
    # Below PRIVATE_DIR.
    picture = models.CharField(max_length=255, blank=True, editable=False)
    url = models.CharField(_("address"), max_length=500, blank=True, help_text=_("Begins with https://"))
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = OfCampaigns.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class PassOn(models.Model):
    """Whether words that were copied were sent. One answer a link and day; the last one counts."""

    link = models.ForeignKey(
        "campaigns.Link", verbose_name=_("link"), on_delete=models.PROTECT, related_name="passed_on", db_index=False
    )
    day = models.DateField(_("day"))
    outcome = models.CharField(_("what became of it"), max_length=10, choices=PassedOn)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("passing on")
        verbose_name_plural = _("passings on")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="campaigns_passon_day")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"


class Poster(models.Model):
    """海报: a picture with places for the code, a name and a title; drawn for each link."""

    name = models.CharField(_("name"), max_length=60)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posters",
        help_text=_("Without one it may be used by all."),
    )
    # Below PRIVATE_DIR; blank: one of the plain backgrounds that come with the product.
    picture = models.CharField(max_length=255, blank=True, editable=False)
    style = models.CharField(_("background"), max_length=20, choices=PosterStyle, default=PosterStyle.WARM)
    title = models.CharField(_("title"), max_length=40, blank=True, help_text=_("Without one: the campaign's name"))
    words = models.CharField(_("line below it"), max_length=80, blank=True)
    # {"layout": "centre", "qr": {"x", "y", "size"}, "title": {"x", "y", "width", "size", "align", "colour"}, "words": …,
    # "employee": …, "customer": …}, as `services.drawing.slots` says.
    slots = models.JSONField(_("places"), default=dict, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfCampaigns.as_manager()

    class Meta:
        verbose_name = _("poster")
        verbose_name_plural = _("posters")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
