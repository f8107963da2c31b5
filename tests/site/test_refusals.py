"""Pages for what cannot be answered: ours, never a white one or Django's bare English."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from scrm.staff.models import Employee

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def said(content: bytes) -> tuple[str, list[str]]:
    page = content.decode()
    return re.findall(r"<h1>(.*?)</h1>", page)[0], re.findall(r'<a href="(.*?)"', page)


@pytest.mark.parametrize("name", ["site_language", "admin:logout"])
def test_an_address_for_buttons_only(client: Client, owner: Employee, name: str) -> None:
    client.force_login(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(reverse(name), headers=BROWSER)
    assert (answer.status_code, answer["Content-Length"]) == (405, str(len(answer.content)))
    assert "POST" in answer["Allow"]
    headline = "This address only takes what a button sends; there is no page behind it."
    assert said(answer.content) == (headline, ["/"])


def test_machines_get_no_page(client: Client) -> None:
    answer = client.get(reverse("site_language"))
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.django_db
def test_a_request_that_makes_no_sense(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(reverse("admin:login"), headers={**BROWSER, "host": "elsewhere.example.com"})
    assert answer.status_code == 400
    assert said(answer.content) == ("The system could not read this request.", ["/"])
