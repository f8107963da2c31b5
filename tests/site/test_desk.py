"""The admin site itself: what it leaves out, the security headers, the pages of refusal."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from scrm.kit.admin import HouseAdmin
from scrm.staff.choices import Role
from scrm.staff.models import Employee


def test_only_admins_of_the_house() -> None:
    strangers = [
        model._meta.label for model, made in admin.site._registry.items() if not isinstance(made, HouseAdmin)
    ]
    assert strangers == []
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels & {"auth", "axes", "django_q", "sessions", "contenttypes"} == set()


def test_nothing_can_be_deleted(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    for model in admin.site._registry:
        try:
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[1])
        except NoReverseMatch:  # an admin of pages of our own, without Django's
            continue
        assert (url, client.post(url, {"post": "yes"}).status_code in {302, 403, 404}) == (url, True)


@pytest.mark.parametrize("role", list(Role))
def test_lists_open_for_who_may_view_and_for_nobody_else(
    client: Client, everyone: dict[Role, Employee], role: Role
) -> None:
    me = everyone[role]
    client.force_login(me)
    answers, expected = {}, {}
    for model in admin.site._registry:
        opts = model._meta
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        answers[url] = client.get(url).status_code
        may = me.has_perm(f"{opts.app_label}.view_{opts.model_name}")
        expected[url] = 200 if may else 403
    assert answers == expected


def test_apps_have_no_page_of_their_own(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    response = client.get(reverse("admin:app_list", args=["customers"]))
    assert response["Location"] == reverse("admin:index")


def admin_urls() -> list[str]:
    """Every address below /admin/ that needs no argument."""
    found = []
    for name in {
        str(key) for key in get_resolver().namespace_dict["admin"][1].reverse_dict if isinstance(key, str)
    }:
        try:
            found.append(reverse(f"admin:{name}"))
        except Exception:
            continue
    return sorted(found)


def test_every_page_has_the_policy_and_no_inline_script(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    pages = [url for url in admin_urls() if "logout" not in url]
    assert len(pages) > 15
    for url in pages:
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval';" in policy + ";"
        assert "frame-ancestors 'none'" in policy
        if response.get("Content-Type", "").startswith("text/html"):
            scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", response.content.decode())
            inline = [found for found in scripts if "application/json" not in found]
            handlers = re.findall(r"<[a-z][^>]*\son[a-z]+=", response.content.decode())
            assert (url, inline, handlers) == (url, [], [])


@pytest.mark.parametrize("path", ["/admin/staff/employee/", "/admin/status/"])
def test_a_refusal_is_a_page_of_ours(client: Client, employee: Employee, path: str) -> None:
    client.force_login(employee)
    response = client.get(path)
    assert response.status_code == 403
    assert "scrm/refusal.css" in response.content.decode()


def test_a_page_that_is_not_there(client: Client, employee: Employee) -> None:
    client.force_login(employee)
    response = client.get("/admin/nothing/")
    assert response.status_code == 404
    assert "scrm/refusal.css" in response.content.decode()


def test_an_old_form_is_told_what_to_do(employee: Employee) -> None:
    response = Client(enforce_csrf_checks=True).post(
        reverse("admin:login"), {"username": "x", "password": "y"}
    )
    assert response.status_code == 403
    assert "scrm/refusal.css" in response.content.decode()


class TestPassword:
    def test_changing_ones_own(self, client: Client, employee: Employee) -> None:
        employee.set_password("the-old-one-1")
        employee.save(update_fields=["password"])
        client.force_login(employee)
        form = {
            "old_password": "the-old-one-1",
            "new_password1": "a-new-one-22",
            "new_password2": "a-new-one-22",
        }
        response = client.post(reverse("admin:password_change"), form)
        assert response["Location"] == reverse("admin:password_change_done")
        assert client.get(response["Location"]).status_code == 200  # and still logged in
        assert Employee.objects.get(pk=employee.pk).check_password("a-new-one-22") is True

    def test_other_sessions_end(self, client: Client, employee: Employee) -> None:
        employee.set_password("the-old-one-1")
        employee.save(update_fields=["password"])
        elsewhere = Client()
        for session in (client, elsewhere):
            session.force_login(employee)
        form = {
            "old_password": "the-old-one-1",
            "new_password1": "a-new-one-22",
            "new_password2": "a-new-one-22",
        }
        client.post(reverse("admin:password_change"), form)
        assert elsewhere.get(reverse("admin:index")).status_code == 302

    def test_the_old_one_is_asked_for(self, client: Client, employee: Employee) -> None:
        client.force_login(employee)
        form = {"old_password": "wrong", "new_password1": "a-new-one-22", "new_password2": "a-new-one-22"}
        response = client.post(reverse("admin:password_change"), form)
        assert list(response.context["form"].errors) == ["old_password"]
