from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ErasedIdentity(models.Model):
    """What stays of an identity that was erased: a keyed hash, so that no sheet brings its person back."""

    hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(_("erased"), default=timezone.now)

    class Meta:
        verbose_name = _("erased identity")
        verbose_name_plural = _("erased identities")

    def __str__(self) -> str:
        return self.hash[:8]
