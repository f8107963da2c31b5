"""The pictures of a page, for everybody, as long as it stands open: never by a path of theirs."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from campaigns.queries import pages
from scrm.kit import files

# A page that was closed, or a colleague who left, is gone from phones after so many seconds.
REMEMBERED = 300


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponseBase:
    link = pages.link_of(code)
    page = pages.page_of(link) if link else None
    if link is None or page is None or pages.standing(link) != pages.Standing.OPEN:
        raise Http404
    return _sent(page.picture)


@require_safe
def wechat(request: HttpRequest, code: str) -> HttpResponseBase:
    """Her own QR code, to whoever has a link of hers."""
    link = pages.link_of(code)
    host = pages.host_of(link) if link else None
    if link is None or host is None or pages.standing(link) != pages.Standing.OPEN:
        raise Http404
    return _sent(host.wechat_qr)


def _sent(relative: str) -> HttpResponseBase:
    if not relative:
        raise Http404
    try:
        file = files.full_path(relative).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"public, max-age={REMEMBERED}"
    return response
