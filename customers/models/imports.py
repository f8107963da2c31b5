"""One uploaded sheet and what became of each of its rows."""

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import BatchState, ImportKind, NameKind, OnConflict, Outcome, Require


class ImportMapping(models.Model):
    """A mapping of columns to fields, saved by name and remembered for the same header."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ImportKind, default=ImportKind.CUSTOMERS)
    header_hash = models.CharField(max_length=64, db_index=True, blank=True)
    columns = models.JSONField(_("columns"), default=dict)
    system = models.CharField(_("system"), max_length=60, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One sheet on its way in. `cursor` is the last sheet row whose outcome is committed; a dead batch resumes there."""

    kind = models.CharField(_("kind"), max_length=12, choices=ImportKind, default=ImportKind.CUSTOMERS)
    file_name = models.CharField(_("file"), max_length=200)
    # Below PRIVATE_DIR; blank once KEEP_UPLOADS_DAYS took it away (undo ends with it).
    path = models.CharField(max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True, editable=False)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    layout = models.JSONField(default=dict, editable=False)
    mapping = models.JSONField(_("mapping"), default=dict)
    mapping_name = models.CharField(_("saved mapping"), max_length=60, blank=True)
    system = models.CharField(_("system"), max_length=60, blank=True)
    require = models.CharField(_("a row needs"), max_length=10, choices=Require, default=Require.IDENTITY)
    on_conflict = models.CharField(
        _("where both have a value"), max_length=10, choices=OnConflict, default=OnConflict.FILL
    )
    # None: not known, so service and care only. True: agreed, on `consent_ground`.
    consent = models.BooleanField(_("agreed to marketing"), null=True, blank=True)
    consent_ground = models.CharField(_("ground"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=BatchState, default=BatchState.UPLOADED, db_index=True
    )
    stage = models.CharField(max_length=20, blank=True, editable=False)
    cursor = models.IntegerField(default=0, editable=False)
    total = models.IntegerField(_("rows in the sheet"), default=0, editable=False)
    counters = models.JSONField(_("figures"), default=dict, editable=False)
    preview = models.JSONField(default=dict, editable=False)
    refused = models.TextField(_("why not"), blank=True, editable=False)
    # Of orders: where they are from, what returns become and so on, as the import command takes them.
    options = models.JSONField(default=dict, editable=False)
    cancel_asked = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        permissions = [("run_import", _("Can import sheets")), ("undo_import", _("Can undo imports"))]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class ImportRow(models.Model):
    """What became of one row. Cells stay only where a person must look: rejected or warned rows."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    number = models.IntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    code = models.CharField(_("code"), max_length=40, blank=True)
    conflict = models.BooleanField(_("other name"), default=False)
    customer = models.ForeignKey(
        "customers.Customer",
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="import_rows",
    )
    # Where and what: {"column", "cell", "value"} of a rejected row, {"name", "kept"} of another name.
    detail = models.JSONField(null=True, blank=True)
    # {"field": [before, after]} of an updated or merged row: what undo needs.
    changes = models.JSONField(null=True, blank=True)
    # [{"code", "field", "column", "value"}]
    warnings = models.JSONField(null=True, blank=True)
    # {"owner": "小何"}: names nobody here is called; matched once, in the result page.
    unknown = models.JSONField(null=True, blank=True)
    cells = models.JSONField(null=True, blank=True)
    undone = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="customers_import_row")]
        indexes = [
            models.Index(
                fields=["batch", "outcome", "number"],
                name="customers_import_outcome",
                # Most rows are created or unchanged: those are found by walking the batch.
                condition=~models.Q(outcome__in=["created", "unchanged"]),
            ),
            models.Index(
                fields=["batch"], name="customers_import_unknown", condition=models.Q(unknown__isnull=False)
            ),
            # Search finds her by the name a sheet has for her.
            models.Index(
                KT("detail__name"), name="customers_import_other_name", condition=models.Q(conflict=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class KnownName(models.Model):
    """A name from a sheet that someone matched to an employee or a store, once and for all."""

    kind = models.CharField(_("kind"), max_length=8, choices=NameKind)
    text = models.CharField(_("as written"), max_length=100)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    store = models.ForeignKey(
        "staff.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("known name")
        verbose_name_plural = _("known names")
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="customers_known_name")]

    def __str__(self) -> str:
        return self.text
