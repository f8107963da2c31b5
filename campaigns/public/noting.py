"""A touch for whoever comes: by a link's address, or straight to its page.

The address bar holds the page's own address after the redirect, so that is what people send on and keep. Whoever opens it has
touched the link as much as one who came by it; a mark in her browser tells that she is counted for it already."""

from datetime import timedelta

from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from campaigns.choices import TouchKind
from campaigns.public import visitors
from campaigns.services import touching
from scrm.kit import logs

log = logs.get_logger("touches")
MARK, PAGES = "scrm_l", "/p/"
# As long as a second touch of one link by one visitor counts for nothing anyway.
HOUR = timedelta(hours=1)


def note(request: HttpRequest, link: int, who: visitors.Seen, kind: TouchKind = TouchKind.VIEW) -> None:
    """Committed before the answer goes out. Where that fails she goes where she wanted to all the same."""
    try:
        touching.touch(
            link=link,
            visitor_key=who.key,
            visitor_kind=who.kind,
            kind=kind,
            hint=visitors.hint_of(request),
            agent=visitors.agent_of(request),
            origin=visitors.origin_of(request),
        )
    except Error as error:
        log.error("touch.lost", link=link, error=type(error).__name__)


def mark(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    """This browser is counted for this link, for an hour; only pages are told."""
    response.set_cookie(
        MARK, code, max_age=HOUR, path=PAGES, secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def is_marked(request: HttpRequest, code: str) -> bool:
    """Without her key the mark says nothing: she would be somebody else."""
    return request.COOKIES.get(MARK) == code and visitors.held(request) is not None
