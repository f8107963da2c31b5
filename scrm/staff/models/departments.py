"""The shop's tree: company, departments, stores."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from scrm.kit.errors import Refused
from scrm.staff.choices import DepartmentKind


class Department(models.Model):
    """A node of the tree. `path` ("/1/7/") makes a subtree a prefix; `save` keeps it, also of everything
    below."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(
        _("kind"), max_length=12, choices=DepartmentKind, default=DepartmentKind.STORE, db_index=True
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField(max_length=255, blank=True, editable=False, db_index=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords(excluded_fields=["path"])

    class Meta:
        verbose_name = _("store or department")
        verbose_name_plural = _("stores and departments")
        ordering = ["path", "id"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="staff_department_name"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(parent=None), name="staff_department_root_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Paths are read from the database, never from this object: it may be older than the last move.
        Raises Refused("department.cycle") when it would become part of itself."""
        if update_fields is not None:
            update_fields = {*update_fields}
            if not update_fields & {"parent", "parent_id"}:
                super().save(*args, update_fields=update_fields - {"path"}, **kwargs)
                return
            update_fields.add("path")
        with transaction.atomic():
            # Two moves at once could each be right and together make a ring: one at a time.
            list(Department.objects.select_for_update().order_by("pk").values_list("pk"))
            before, above = _path_of(self.pk), _path_of(self.parent_id)
            if self.pk and self._would_be_inside_itself(above):
                raise Refused("department.cycle", _("A department cannot be part of itself."))
            if self.pk:
                self.path = f"{above or '/'}{self.pk}/"
            super().save(*args, update_fields=update_fields, **kwargs)
            self._carry_path(before, f"{above or '/'}{self.pk}/")

    def clean(self) -> None:
        if self.pk and self._would_be_inside_itself(_path_of(self.parent_id)):
            raise ValidationError({"parent": _("A department cannot be part of itself.")})

    def _would_be_inside_itself(self, above: str) -> bool:
        return f"/{self.pk}/" in above

    def _carry_path(self, before: str, path: str) -> None:
        self.path = path
        Department.objects.filter(pk=self.pk).exclude(path=path).update(path=path)
        if before and before != path:
            Department.objects.filter(path__startswith=before).exclude(pk=self.pk).update(
                path=Concat(models.Value(path), Substr("path", len(before) + 1))
            )


def _path_of(pk: int | None) -> str:
    """As it stands in the database; "" for none."""
    if pk is None:
        return ""
    return Department.objects.filter(pk=pk).values_list("path", flat=True).first() or ""
