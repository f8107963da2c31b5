"""Permissions come from the employee's role, and what a role may do stands in the code (see roles.py)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from scrm.staff.choices import Role
from scrm.staff.models import Employee
from scrm.staff.roles import declared


class RoleBackend(ModelBackend):
    """Neither permissions nor group memberships given by hand count: docs/roles.md is the whole truth. It is known
    without a query; the groups in the database say the same, for whatever else asks there (`with_perm`)."""

    def _get_user_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        return Permission.objects.none()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, Employee) or not user_obj.is_active or obj is not None:
            return set()
        if user_obj.is_superuser:
            everything: set[str] = super().get_group_permissions(user_obj)
            return everything
        return set(declared(Role(user_obj.role)))

    def _get_group_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        return Permission.objects.filter(group__name=user_obj.role)
