"""Five failures lock a phone number at an address for 15 minutes, however the number is spelled."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client, override_settings
from django.urls import reverse

from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee
from scrm.staff.queries import locks
from scrm.staff.services.locks import unlock
from tests.factories.staff import PASSWORD, make_employee

SPELLINGS = ["13800000004", "138 0000 0004", "138-0000-0004", "+86 138 0000 0004", "１３８０００００００４"]
START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def someone(employee: Employee) -> Employee:
    employee.set_password(PASSWORD)
    employee.save(update_fields=["password"])
    return employee


def log_in(client: Client, phone: str, password: str = "wrong", **extra: str) -> object:
    form = {"username": phone, "password": password, "next": ""}
    return client.post(reverse("admin:login"), form, **extra)


def fail(client: Client, times: int, phone: str = "13800000004", **extra: str) -> object:
    for _ in range(times):
        response = log_in(client, phone, **extra)
    return response


@pytest.mark.parametrize("spelling", [*SPELLINGS, "0086-138 0000 0004", " 13800000004\u202c"])
def test_any_spelling_logs_in(client: Client, someone: Employee, spelling: str) -> None:
    response = log_in(client, spelling, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))
    assert client.session["_auth_user_id"] == str(someone.pk)


def test_a_wrong_password_says_what_is_left_and_what_to_do(client: Client, someone: Employee) -> None:
    response = fail(client, 2)
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["invalid_login", "tries_left", "what_next"]
    assert errors[1].params == {"left": 3}


def test_an_unknown_number_reads_like_a_wrong_password(client: Client, someone: Employee) -> None:
    known, unknown = fail(client, 1), fail(client, 1, "13899999999")
    said = [
        [error.code for error in response.context["form"].non_field_errors().as_data()]
        for response in (known, unknown)
    ]
    assert said[0] == said[1]


def test_whoever_left_reads_like_a_wrong_password(client: Client, someone: Employee) -> None:
    someone.is_active = False
    someone.save(update_fields=["is_active"])
    response = log_in(client, someone.phone, PASSWORD)
    codes = [error.code for error in response.context["form"].non_field_errors().as_data()]
    assert (response.status_code, codes) == (200, ["invalid_login", "tries_left", "what_next"])


def test_the_fifth_failure_locks_whatever_the_spelling(client: Client, someone: Employee) -> None:
    for spelling in SPELLINGS[:4]:
        assert log_in(client, spelling).status_code == 200
    assert log_in(client, SPELLINGS[4]).status_code == 429
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {"13800000004"}
    for spelling in SPELLINGS:
        assert log_in(client, spelling, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_another_browser_at_the_same_address_is_locked_too(client: Client, someone: Employee) -> None:
    for number in range(5):
        response = log_in(client, someone.phone, HTTP_USER_AGENT=f"browser {number}")
    assert response.status_code == 429
    assert log_in(client, someone.phone, PASSWORD, HTTP_USER_AGENT="a sixth").status_code == 429


def test_the_page_says_when_it_ends_and_it_does_end(client: Client, someone: Employee) -> None:
    with time_machine.travel(START, tick=False) as clock:
        fail(client, 4)
        clock.shift(timedelta(minutes=2))
        response = fail(client, 1)
        assert response.context["ends_at"] == START + timedelta(minutes=17)
        assert response.context["ends_at"].strftime("%H:%M") == "10:17"  # the shop's time, not UTC
        assert (response.context["minutes"], response["Retry-After"]) == (15, "901")
        # Trying on does not push the end away.
        clock.shift(timedelta(minutes=14))
        assert fail(client, 3).context["ends_at"] == START + timedelta(minutes=17)
        assert log_in(client, someone.phone, PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert log_in(client, someone.phone, PASSWORD).status_code == 302


def test_the_end_is_when_too_few_failures_remain(client: Client, someone: Employee) -> None:
    """Two browsers, so two rows: three at ten o'clock, three at five past; the lock ends with the older
    ones."""
    with time_machine.travel(START, tick=False) as clock:
        fail(client, 3, HTTP_USER_AGENT="a")
        clock.shift(timedelta(minutes=5))
        response = fail(client, 2, HTTP_USER_AGENT="b")
        assert response.context["ends_at"] == START + timedelta(minutes=15)
        clock.shift(timedelta(minutes=10, seconds=1))
        assert log_in(client, someone.phone, PASSWORD, HTTP_USER_AGENT="c").status_code == 302


def test_other_people_and_other_addresses_are_not_locked(client: Client, someone: Employee) -> None:
    make_employee("mate", phone="13800000006", password=PASSWORD)
    fail(client, 5)
    assert log_in(Client(), "13800000006", PASSWORD).status_code == 302
    assert log_in(Client(), someone.phone, PASSWORD, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_success_forgets_the_failures(client: Client, someone: Employee) -> None:
    fail(client, 4)
    assert log_in(client, someone.phone, PASSWORD).status_code == 302
    client.logout()
    assert fail(client, 4).status_code == 200


class TestProxies:
    def test_without_a_proxy_the_header_is_a_strangers_claim(self, client: Client, someone: Employee) -> None:
        for number in range(5):
            response = log_in(client, someone.phone, HTTP_X_FORWARDED_FOR=f"9.9.9.{number}")
        assert response.status_code == 429
        assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}

    @override_settings(PROXY_COUNT=1)
    def test_behind_one_proxy_its_word_counts_and_no_other(self, client: Client, someone: Employee) -> None:
        for number in range(5):
            response = log_in(client, someone.phone, HTTP_X_FORWARDED_FOR=f"9.9.9.{number}, 20.0.0.1")
        assert response.status_code == 429
        elsewhere = log_in(Client(), someone.phone, PASSWORD, HTTP_X_FORWARDED_FOR="20.0.0.2")
        assert elsewhere.status_code == 302

    def test_one_ipv6_network_is_one_address(self, client: Client, someone: Employee) -> None:
        for number in range(5):
            response = log_in(client, someone.phone, REMOTE_ADDR=f"2001:db8:1:2::{number}")
        assert response.status_code == 429


class TestUnlock:
    def test_unlocking_lets_in_at_once_and_is_logged(
        self, client: Client, someone: Employee, owner: Employee
    ) -> None:
        fail(client, 5)
        assert unlock([someone], by=owner) == 1
        assert log_in(client, someone.phone, PASSWORD).status_code == 302
        entry = AuditEntry.objects.get(action="staff.unlock")
        assert (entry.actor, entry.object_type, entry.object_id) == (owner, "staff.employee", str(someone.pk))

    def test_unlocking_frees_every_address_but_nobody_else(
        self, client: Client, someone: Employee, owner: Employee
    ) -> None:
        fail(client, 5)
        fail(client, 5, REMOTE_ADDR="10.1.2.3")
        fail(client, 5, "13899999999")
        assert unlock([someone, owner], by=owner) == 1
        assert set(AccessAttempt.objects.values_list("username", flat=True)) == {"13899999999"}
        assert AuditEntry.objects.filter(action="staff.unlock").count() == 1

    def test_unlocking_somebody_who_is_not_locked_writes_nothing(
        self, someone: Employee, owner: Employee
    ) -> None:
        assert unlock([someone], by=owner) == 0
        assert AuditEntry.objects.filter(action="staff.unlock").count() == 0


class TestWithLock:
    def locked(self) -> list[str]:
        return [person.name for person in locks.with_lock(Employee.objects.order_by("id")) if person.locked]

    def test_it_names_who_is_locked_now(self, client: Client, someone: Employee, owner: Employee) -> None:
        with time_machine.travel(START, tick=False) as clock:
            fail(client, 4)
            assert self.locked() == []
            fail(client, 1)
            assert self.locked() == [someone.name]
            clock.shift(timedelta(minutes=15, seconds=1))
            assert self.locked() == []

    def test_failures_at_several_addresses_do_not_add_up(self, client: Client, someone: Employee) -> None:
        fail(client, 3)
        fail(client, 3, REMOTE_ADDR="10.1.2.3")
        assert self.locked() == []

    def test_nobody_is_locked_without_failures(self, someone: Employee) -> None:
        assert locks.ends_at(someone.phone, "127.0.0.1") is None
