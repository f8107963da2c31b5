"""Fixtures that the whole suite shares: the shop, one employee for each role, and a flush past the guards."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from scrm.staff import roles
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests import cast, flushing


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out what never asks the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs no database says the same beside any: the second run of CI does without it."""
    if not config.getoption("--database-only"):
        return
    asks = [item for item in items if _asks(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
    items[:] = asks


def _asks(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    by_class = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return bool(fixtures) or by_class or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transactional test empties at its end what it filled."""
    with django_db_blocker.unblock():
        base = flushing.left_by_migrate()
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        flushing.flush(base, lambda: original(self))

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A test's database need not outlive a power cut: no commit waits for the disk. (SQLite does not wait anyway.)"""
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test sees what another one left in this process's cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """The real hasher takes a third of a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.open_shop()


@pytest.fixture
def owner(shop: cast.Shop) -> Employee:
    return cast.hire(shop, Role.OWNER)


@pytest.fixture
def operator(shop: cast.Shop) -> Employee:
    return cast.hire(shop, Role.OPERATOR)


@pytest.fixture
def manager(shop: cast.Shop) -> Employee:
    return cast.hire(shop, Role.MANAGER)


@pytest.fixture
def employee(shop: cast.Shop) -> Employee:
    return cast.hire(shop, Role.EMPLOYEE)


@pytest.fixture
def agency(shop: cast.Shop) -> Employee:
    return cast.hire(shop, Role.AGENCY)


@pytest.fixture
def everyone(
    owner: Employee, operator: Employee, manager: Employee, employee: Employee, agency: Employee
) -> dict[Role, Employee]:
    """One employee for each role."""
    return {Role(person.role): person for person in (owner, operator, manager, employee, agency)}


@pytest.fixture
def role_rights(monkeypatch: pytest.MonkeyPatch) -> Callable[[Role, Iterable[str]], None]:
    """For this test alone: a role that may do exactly these ("app.codename")."""

    def declare(role: Role, rights: Iterable[str]) -> None:
        monkeypatch.setitem(roles._declared, Role(role), set(rights))

    return declare
