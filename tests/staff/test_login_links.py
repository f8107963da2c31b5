"""One-time login links: issued, looked at, used once; and what the pages behind them do."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from scrm.kit import phones
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.staff.models import Employee, LoginLink
from scrm.staff.services import employees, login_links
from tests.factories.staff import PASSWORD

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def token_of(url: str) -> str:
    prefix, _, rest = url.partition("/admin/enter/")
    assert prefix == settings.PUBLIC_URL
    return rest.rstrip("/")


@pytest.fixture
def token(employee: Employee, owner: Employee) -> str:
    return token_of(login_links.issue(employee, by=owner))


def code_of(token: str) -> str:
    with pytest.raises(Refused) as refused:
        login_links.look_up(token)
    return refused.value.code


class TestIssue:
    def test_only_the_hash_is_kept(self, token: str, employee: Employee, owner: Employee) -> None:
        link = LoginLink.objects.get()
        assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
        assert (link.employee, link.made_by, link.used_at, link.revoked_at) == (employee, owner, None, None)
        assert len(token) == 43  # 32 bytes
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM staff_loginlink")
            assert token not in str(cursor.fetchall())

    def test_it_is_logged_without_the_token(self, token: str, employee: Employee, owner: Employee) -> None:
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor, entry.object_id) == ("login_link.issue", owner, str(employee.pk))
        assert token not in str(entry.detail)

    def test_a_new_one_makes_older_ones_void(self, token: str, employee: Employee, owner: Employee) -> None:
        newer = token_of(login_links.issue(employee, by=owner))
        assert code_of(token) == "login_link.revoked"
        assert login_links.look_up(newer).employee == employee

    def test_other_peoples_links_stay(self, token: str, employee: Employee, owner: Employee) -> None:
        login_links.issue(owner, by=owner)
        assert login_links.look_up(token).employee == employee

    def test_not_for_somebody_who_left(self, token: str, employee: Employee, owner: Employee) -> None:
        employees.deactivate(employee, by=owner)
        with pytest.raises(Refused) as refused:
            login_links.issue(employee, by=owner)
        assert refused.value.code == "login_link.inactive"
        assert LoginLink.objects.count() == 1


class TestRedeem:
    def test_once(self, token: str, employee: Employee) -> None:
        assert login_links.redeem(token) == employee
        with pytest.raises(Refused) as refused:
            login_links.redeem(token)
        assert refused.value.code == "login_link.used"
        assert AuditEntry.objects.filter(action="login_link.redeem", actor=employee).count() == 1

    def test_seven_days(self, employee: Employee, owner: Employee) -> None:
        with time_machine.travel(START, tick=False) as clock:
            token = token_of(login_links.issue(employee, by=owner))
            clock.shift(timedelta(days=7) - timedelta(seconds=1))
            assert login_links.look_up(token).employee == employee
            clock.shift(timedelta(seconds=1))
            assert code_of(token) == "login_link.expired"

    @pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "../../etc/passwd", "令牌"])
    def test_an_invented_one(self, token: str, wrong: str) -> None:
        assert code_of(wrong) == "login_link.unknown"

    def test_leaving_makes_it_void(self, token: str, employee: Employee, owner: Employee) -> None:
        employees.deactivate(employee, by=owner)
        assert code_of(token) == "login_link.revoked"


class TestPages:
    def test_looking_does_not_use_it_up(self, client: Client, token: str, employee: Employee) -> None:
        """WeChat, and every other chat, opens a link to draw its preview."""
        url = reverse("admin:enter", args=[token])
        for method in (client.get, client.head, client.get):
            response = method(url)
            assert response.status_code == 200
        assert response.context["employee"] == employee
        assert "_auth_user_id" not in client.session
        assert LoginLink.objects.get().used_at is None
        assert (response["Referrer-Policy"], "no-store" in response["Cache-Control"]) == ("same-origin", True)

    def test_the_button_needs_our_own_form(self, token: str) -> None:
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(reverse("admin:enter", args=[token])).status_code == 403
        assert LoginLink.objects.get().used_at is None

    def test_the_whole_way_in(self, client: Client, token: str, employee: Employee) -> None:
        choose = reverse("admin:choose_password")
        response = client.post(reverse("admin:enter", args=[token]))
        assert (response.status_code, response["Location"]) == (302, choose)
        # Nothing else opens before a password is chosen.
        for page in (
            reverse("admin:index"),
            reverse("admin:password_change"),
            reverse("admin:search") + "?s=1",
        ):
            assert client.get(page)["Location"] == choose
        assert client.get(choose).status_code == 200
        response = client.post(choose, {"new_password1": PASSWORD, "new_password2": PASSWORD})
        assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))
        assert client.get(reverse("admin:index")).status_code == 200
        assert Employee.objects.get(pk=employee.pk).check_password(PASSWORD) is True
        # The page was for this once.
        assert client.get(choose)["Location"] == reverse("admin:password_change")
        assert AuditEntry.objects.filter(action="staff.password", actor=employee).count() == 1

    @pytest.mark.parametrize(
        ("first", "second", "codes"),
        [
            ("short-1", "short-1", {"password_too_short"}),
            ("8361947250", "8361947250", {"password_entirely_numeric"}),
            ("password1", "password1", {"password_too_common"}),
            (PASSWORD, PASSWORD + "x", {"password_mismatch"}),
        ],
    )
    def test_weak_passwords_are_refused(
        self, client: Client, token: str, employee: Employee, first: str, second: str, codes: set[str]
    ) -> None:
        client.post(reverse("admin:enter", args=[token]))
        form = {"new_password1": first, "new_password2": second}
        response = client.post(reverse("admin:choose_password"), form)
        errors = response.context["form"].errors.as_data()
        assert {error.code for error in errors["new_password2"]} == codes
        assert Employee.objects.get(pk=employee.pk).has_usable_password() is False

    def test_logging_out_and_the_language_stay_open(self, client: Client, token: str) -> None:
        client.post(reverse("admin:enter", args=[token]))
        response = client.post(reverse("site_language"), {"language": "en"})
        assert response.cookies["django_language"].value == "en"
        assert client.post(reverse("admin:logout")).status_code == 302
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("end", ["used", "revoked", "expired", "unknown"])
    def test_a_dead_link_says_so_and_what_to_do(
        self, client: Client, token: str, employee: Employee, owner: Employee, end: str
    ) -> None:
        if end == "used":
            login_links.redeem(token)
        elif end == "revoked":
            login_links.issue(employee, by=owner)
        elif end == "expired":
            LoginLink.objects.update(expires_at=START - timedelta(days=3650))
        else:
            token = "x" * 43
        for method in (client.get, client.post):
            response = method(reverse("admin:enter", args=[token]))
            assert (response.status_code, response.context["refusal"].code) == (410, f"login_link.{end}")
        assert "_auth_user_id" not in client.session

    def test_somebody_else_is_logged_out_first(
        self, client: Client, token: str, employee: Employee, owner: Employee
    ) -> None:
        client.force_login(owner)
        session = client.session
        session["left_over"] = "the owner's"
        session.save()
        assert client.get(reverse("admin:enter", args=[token])).status_code == 200
        assert client.session["_auth_user_id"] == str(owner.pk)
        client.post(reverse("admin:enter", args=[token]))
        assert client.session["_auth_user_id"] == str(employee.pk)
        assert "left_over" not in client.session

    def test_a_lock_does_not_stop_a_link(self, client: Client, token: str, employee: Employee) -> None:
        """The owner hands one out exactly when the password was forgotten five times."""
        for _ in range(5):
            client.post(reverse("admin:login"), {"username": employee.phone, "password": "wrong"})
        assert client.post(reverse("admin:enter", args=[token]))["Location"] == reverse(
            "admin:choose_password"
        )

    def test_who_has_a_password_is_asked_for_it(self, client: Client, employee: Employee) -> None:
        choose = reverse("admin:choose_password")
        assert client.get(choose)["Location"] == reverse("admin:index")
        employee.set_password(PASSWORD)
        employee.save(update_fields=["password"])
        client.force_login(employee)
        form = {"new_password1": "another-one-22", "new_password2": "another-one-22"}
        assert client.post(choose, form)["Location"] == reverse("admin:password_change")
        assert Employee.objects.get(pk=employee.pk).check_password(PASSWORD) is True

    def test_who_has_none_may_choose_one_at_any_time(self, client: Client, employee: Employee) -> None:
        client.force_login(employee)
        page = client.get(reverse("admin:index")).context["account_links"]
        assert [link["link"] for link in page] == [reverse("admin:staff_me"), reverse("admin:choose_password")]
        client.post(reverse("admin:choose_password"), {"new_password1": PASSWORD, "new_password2": PASSWORD})
        page = client.get(reverse("admin:index")).context["account_links"]
        assert [link["link"] for link in page] == [reverse("admin:staff_me"), reverse("admin:password_change")]


@pytest.mark.parametrize(("who", "whole"), [("agency", False), ("employee", True)])
def test_the_page_of_the_password_shows_an_agency_no_whole_number(who, whole, client, request):
    employee = request.getfixturevalue(who)
    employee.set_unusable_password()
    employee.save()
    client.force_login(employee)
    text = client.get("/admin/choose-password/").content.decode()
    assert (employee.phone in text, phones.mask(employee.phone) in text) == (whole, not whole)
