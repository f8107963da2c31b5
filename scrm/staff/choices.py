from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """The five roles of the matrix in docs/roles.md; the order is that of the matrix."""

    OWNER = "owner", pgettext_lazy("role", "Owner")
    OPERATOR = "operator", _("Operator")
    MANAGER = "manager", _("Store manager")
    EMPLOYEE = "employee", _("Consultant")
    AGENCY = "agency", _("Agency")


class Scope(models.TextChoices):
    """Whose rows an employee sees. BY_ROLE takes the role's own."""

    BY_ROLE = "", _("as the role says")
    SELF = "self", _("own customers")
    DEPARTMENT = "department", _("own department")
    BELOW = "below", _("own department and below")
    ALL = "all", _("everyone")


SCOPE_OF_ROLE = {
    Role.OWNER: Scope.ALL,
    Role.OPERATOR: Scope.ALL,
    Role.MANAGER: Scope.BELOW,
    Role.EMPLOYEE: Scope.SELF,
    # Their people come with the campaigns that are assigned to them, through a registered scope provider.
    Role.AGENCY: Scope.SELF,
}


class DepartmentKind(models.TextChoices):
    COMPANY = "company", _("company")
    DEPARTMENT = "department", _("department")
    STORE = "store", _("store")
