from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import ExportState


class Export(models.Model):
    """A file somebody asked for. Whom it holds is settled when it is asked for, what of them when it is written."""

    # The noun: "customers", "orders"; apps above register theirs.
    what = models.CharField(_("what"), max_length=20)
    format = models.CharField(_("format"), max_length=4, default="xlsx")
    # What the filter said, in words; for whoever reads the audit log.
    selection = models.CharField(_("selection"), max_length=300, blank=True)
    # Ids of the rows, below PRIVATE_DIR; gone once the file is written.
    ids_path = models.CharField(max_length=255, blank=True, editable=False)
    path = models.CharField(max_length=255, blank=True, editable=False)
    rows = models.IntegerField(_("rows"), default=0)
    done = models.IntegerField(_("written"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=ExportState, default=ExportState.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        permissions = [("export_rows", _("Can export customers and orders"))]

    def __str__(self) -> str:
        return f"#{self.pk}"
