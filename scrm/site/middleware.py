"""Chosen language, the password that a login link asks for, and a page where Django answers with none."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from scrm.site.entrance import MUST_CHOOSE


class ChosenLanguageMiddleware:
    """The language is the shop's (LANGUAGE_CODE) unless someone chose another; a browser's own wish does not
    count, since a Chinese shop's computers often come with an English browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class NotThisWayMiddleware:
    """An address that only takes what a form sends answers a typed one with 405 and nothing: a browser then
    shows an empty page, so it gets one of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        wants_a_page = "text/html" in request.headers.get("Accept", "")
        if response.status_code == 405 and wants_a_page and not response.streaming and not response.content:
            response.content = render_to_string("405.html").encode()
            response.headers["Content-Length"] = str(len(response.content))
        return response


class ChoosePasswordMiddleware:
    """Whoever came in by a login link goes nowhere before choosing a password: the link is used up, and
    without a password the next login would fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get(MUST_CHOOSE) and request.user.is_authenticated:
            open_doors = {
                reverse(name) for name in ("admin:choose_password", "admin:logout", "site_language")
            }
            if request.path not in open_doors and not request.path.startswith(
                reverse("admin:enter", args=["-"])[:-2]
            ):
                return redirect("admin:choose_password")
        return self.get_response(request)
