"""Roles are declared in code: what a role may do stands in the grants of each app, nowhere else.

Every app calls `grant` from its `AppConfig.ready()`. On post_migrate the whole set is written, once, to one
auth Group a role, named by the role's code, for whatever asks the database (`with_perm`); `backends.RoleBackend`
asks here. docs/roles.md shows the result.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.core import checks
from django.db import connections, transaction

from scrm.staff.choices import Role

_declared: dict[Role, set[str]] = {role: set() for role in Role}


def grant(roles: Role | Iterable[Role], *permissions: str) -> None:
    """Declares "app.codename" for one role or several. The groups follow with the next migrate; a name that no
    model has is an error of `manage.py check`."""
    for role in [roles] if isinstance(roles, Role) else roles:
        _declared[role].update(permissions)


def declared(role: Role) -> frozenset[str]:
    """Every "app.codename" of one role."""
    return frozenset(_declared[role])


def synchronise(using: str = "default") -> None:
    """Gives each role's group exactly what is declared: what is no longer declared vanishes. Idempotent.

    Permissions that do not exist yet are left out: a partial migrate (`migrate staff`) comes before their
    tables.
    """
    wanted = set().union(*_declared.values())
    known = {
        f"{label}.{codename}": pk
        for pk, label, codename in Permission.objects.using(using)
        .filter(codename__in={name.partition(".")[2] for name in wanted})
        .values_list("pk", "content_type__app_label", "codename")
    }
    with transaction.atomic(using=using):
        for role in Role:
            group, _ = Group.objects.using(using).get_or_create(name=role.value)
            group.permissions.set([known[name] for name in _declared[role] if name in known])


def _is_last(sender: AppConfig) -> bool:
    """post_migrate is sent once for each app that has models, in order; the last one has all permissions."""
    return sender == [config for config in apps.get_app_configs() if config.models_module is not None][-1]


def after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Signal receiver."""
    if _is_last(sender) and Group._meta.db_table in connections[using].introspection.table_names():
        synchronise(using)


@checks.register("roles")
def check_grants(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A typo in a grant would quietly take a right away from everybody."""
    existing = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in [
            *(f"{action}_{model._meta.model_name}" for action in model._meta.default_permissions),
            *(code for code, _ in model._meta.permissions),
        ]
    }
    return [
        checks.Error(f"The role {role.value} is granted {name}, which no model declares.", id="staff.E001")
        for role in Role
        for name in sorted(_declared[role] - existing)
    ]
