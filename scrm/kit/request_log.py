"""One line a request: which route answered what, how fast, to whom. Never the query string, never a body."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from scrm.kit import logs

log = logs.get_logger("requests")
# Asked every few seconds by machines.
SILENT_ROUTES = {"healthz"}


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name or match.route if match else None
        if route not in SILENT_ROUTES and not request.path.startswith(settings.STATIC_URL):
            # Only if somebody asked already: the log does not open sessions.
            user = getattr(request, "_cached_user", None)
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round((time.perf_counter() - began) * 1000),
                employee=getattr(user, "pk", None),
            )
        return response
