"""The first of all middleware: a redirect needs no session, no language, no policy and no line in the log."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from campaigns.public import links

PREFIX = "/l/"


class LinkDoorMiddleware:
    """Answers what is a plain redirect. Everything else under the same address, pages and refusals, goes the usual way
    to the same view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX):
            answer = links.at_once(request, request.path_info.removeprefix(PREFIX))
            if answer is not None:
                return answer
        return self.get_response(request)
