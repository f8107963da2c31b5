"""The shop's language, unless someone chose another."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

LOGIN = "/admin/login/"


def language_of(client: Client, **headers: str) -> str:
    response = client.get(LOGIN, **headers)
    return response["Content-Language"]


@pytest.mark.django_db
class TestWhich:
    def test_a_browsers_wish_does_not_count(self, client: Client) -> None:
        assert language_of(client, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9") == "zh-hans"

    def test_the_cookie_counts(self, client: Client) -> None:
        client.cookies["django_language"] = "en"
        assert language_of(client, HTTP_ACCEPT_LANGUAGE="zh-CN") == "en"

    @pytest.mark.parametrize("cookie", ["de", "", "zh", "EN", "en\x00", "../en"])
    def test_an_unknown_cookie_does_not(self, client: Client, cookie: str) -> None:
        client.cookies["django_language"] = cookie
        assert language_of(client) == "zh-hans"

    @override_settings(LANGUAGE_CODE="en")
    def test_a_shop_may_speak_english(self, client: Client) -> None:
        assert language_of(client) == "en"
        client.cookies["django_language"] = "zh-hans"
        assert language_of(client) == "zh-hans"


class TestChoosing:
    def choose(self, language: str, **extra: str) -> object:
        data = {"language": language} | ({"next": extra.pop("next")} if "next" in extra else {})
        return Client().post(reverse("site_language"), data, **extra)

    def test_it_lasts_a_year_and_no_script_reads_it(self) -> None:
        cookie = self.choose("en").cookies["django_language"]
        assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (
            "en",
            31536000,
            True,
            "Lax",
        )

    def test_back_to_where_it_was_asked(self) -> None:
        assert (
            self.choose("en", next="/admin/staff/employee/?q=x")["Location"] == "/admin/staff/employee/?q=x"
        )
        referer = {"HTTP_REFERER": "http://testserver/admin/status/"}
        assert self.choose("en", **referer)["Location"] == "http://testserver/admin/status/"

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""]
    )
    def test_never_to_another_site(self, target: str) -> None:
        assert self.choose("en", next=target)["Location"] == reverse("admin:index")

    @pytest.mark.parametrize("language", ["de", "", "zh-hant"])
    def test_an_unknown_one_changes_nothing(self, language: str) -> None:
        assert "django_language" not in self.choose(language).cookies

    def test_only_by_post(self) -> None:
        assert Client().get(reverse("site_language"), {"language": "en"}).status_code == 405
