"""Employee (the user model), the department tree with its stores, and one-time login links."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from scrm.kit import phones
from scrm.staff.choices import SCOPE_OF_ROLE, DepartmentKind, Role, Scope


class Department(models.Model):
    """A node of the shop's tree. `path` ("/1/7/") is kept by `services.departments`, so that a subtree is a prefix."""

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
    history = HistoricalRecords()

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

    def clean(self) -> None:
        if self.pk and self.parent and self.parent.path.startswith(self.path or "-"):
            raise ValidationError({"parent": _("A department cannot be part of itself.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `path`, also of everything below after a move."""
        before = self.path
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != before:
            self.path = path
            type(self).objects.filter(pk=self.pk).update(path=path)
            if before:
                for below in type(self).objects.filter(path__startswith=before).exclude(pk=self.pk):
                    type(self).objects.filter(pk=below.pk).update(path=path + below.path[len(before) :])


class EmployeeManager(BaseUserManager["Employee"]):
    def get_by_natural_key(self, username: str | None) -> "Employee":
        """The login form takes a phone number as people type it: spaces, dashes, +86."""
        return self.get(phone=phones.normalise(username or "") or username)

    def create_user(self, phone: str, password: str | None = None, **fields: Any) -> "Employee":
        employee = self.model(phone=phones.normalise(phone) or phone, **fields)
        if password:
            employee.set_password(password)
        else:
            employee.set_unusable_password()
        employee.save(using=self._db)
        return employee

    def create_superuser(self, phone: str, password: str | None = None, **fields: Any) -> "Employee":
        fields.setdefault("role", Role.OWNER)
        return self.create_user(phone, password, is_superuser=True, **fields)


class Employee(AbstractBaseUser, PermissionsMixin):
    """Someone who works here. Rights come from `role`, rows from `scope` (or the role's), never from groups by hand."""

    phone = models.CharField(
        _("phone number"), max_length=20, unique=True, help_text=_("Used to log in.")
    )
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.EMPLOYEE, db_index=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("store"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="employees",
    )
    scope = models.CharField(
        _("sees"), max_length=12, choices=Scope, default=Scope.BY_ROLE, blank=True
    )
    is_active = models.BooleanField(_("works here"), default=True)
    joined_on = models.DateField(_("joined"), null=True, blank=True)
    left_on = models.DateField(_("left"), null=True, blank=True)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    objects = EmployeeManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["-is_active", "id"]

    def __str__(self) -> str:
        return self.name or self.phone

    @property
    def is_staff(self) -> bool:
        """Everyone who works here works in the admin; what they may do there is their role's."""
        return self.is_active

    @property
    def row_scope(self) -> Scope:
        """The scope in force. An agency never sees more than its own, whatever was set."""
        if self.is_superuser:
            return Scope.ALL
        if self.role == Role.AGENCY:
            return Scope.SELF
        return Scope(self.scope) if self.scope else SCOPE_OF_ROLE[Role(self.role)]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.phone = phones.normalise(self.phone) or self.phone


class LoginLink(models.Model):
    """A one-time way in for new staff. Only the hash of the token is kept."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="login_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("login link")
        verbose_name_plural = _("login links")

    def __str__(self) -> str:
        return f"{self.employee} {self.made_at:%Y-%m-%d}"
