"""Permissions come from the employee's role: one group a role, synchronised on post_migrate (see
roles.py)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from scrm.staff.models import Employee


class RoleBackend(ModelBackend):
    """Neither permissions nor group memberships given by hand count: docs/roles.md is the whole truth."""

    def _get_user_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        return Permission.objects.none()

    def _get_group_permissions(self, user_obj: Any) -> QuerySet[Permission]:
        if not isinstance(user_obj, Employee):
            return Permission.objects.none()
        return Permission.objects.filter(group__name=user_obj.role)
