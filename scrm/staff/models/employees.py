"""Employee, the user model."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from scrm.kit import phones
from scrm.staff.choices import SCOPE_OF_ROLE, Role, Scope
from scrm.staff.models.departments import Department

# Not for the history: a secret, something that each login writes, and the name of a file.
UNTOLD = ["password", "last_login", "wechat_qr"]


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
    """Someone who works here. Rights come from `role`, rows from `scope` (or the role's), never from groups
    by hand. Never deleted: `services.employees.deactivate` when they leave."""

    phone = models.CharField(_("phone number"), max_length=20, unique=True, help_text=_("Used to log in."))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.EMPLOYEE, db_index=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("store"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="employees",
    )
    scope = models.CharField(_("sees"), max_length=12, choices=Scope, default=Scope.BY_ROLE, blank=True)
    is_active = models.BooleanField(_("works here"), default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    # Below PRIVATE_DIR; customers who come by a link of hers see it, nobody else.
    wechat_qr = models.CharField(max_length=255, blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    history = HistoricalRecords(excluded_fields=UNTOLD)

    objects = EmployeeManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["-is_active", "id"]
        permissions = [("choose_colleague", _("Can choose colleagues and stores in forms"))]

    def __str__(self) -> str:
        return self.name or self.phone

    def save(self, **kwargs: Any) -> None:
        """Writes no history row where nothing has changed that it would tell: a login, a new password."""
        if not self._tells_nothing_new(kwargs.get("update_fields")):
            super().save(**kwargs)
            return
        self.skip_history_when_saving = True  # simple-history's word for it
        try:
            super().save(**kwargs)
        finally:
            del self.skip_history_when_saving

    def _tells_nothing_new(self, update_fields: Iterable[str] | None) -> bool:
        if update_fields is not None:
            return set(update_fields) <= set(UNTOLD)
        if self._state.adding:
            return False
        told = [field.attname for field in type(self)._meta.concrete_fields if field.name not in UNTOLD]
        stored = type(self)._base_manager.filter(pk=self.pk).values(*told).first()
        return stored == {name: getattr(self, name) for name in told}

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
