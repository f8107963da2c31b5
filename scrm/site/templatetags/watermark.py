"""Name and time of whoever looks, faintly over every page of the desk: a photograph of a screen says whose it was.

On every page and not only on those about customers, because the search palette opens above any of them.
"""

from typing import Any
from urllib.parse import quote

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

register = template.Library()

# A mid grey is seen on white and on black; the drawing is a picture, so nobody can mark or copy its text.
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="190">'
    '<text x="150" y="95" text-anchor="middle" transform="rotate(-22 150 95)" font-size="15" '
    'font-family="PingFang SC,Microsoft YaHei,Noto Sans CJK SC,sans-serif" fill="#808080" fill-opacity="0.17">{}</text></svg>'
)


@register.simple_tag(takes_context=True)
def watermark(context: Any) -> SafeString | str:
    """Nothing for somebody who is not logged in: there is nothing to see then."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return ""
    said = f"{user.name} {user.phone[-4:]} · {timezone.localtime():%Y-%m-%d %H:%M}"
    picture = quote(_SVG.format(escape(said)))
    return format_html(
        '<div id="watermark" aria-hidden="true" data-said="{}" style="background-image:url(\'data:image/svg+xml,{}\')"></div>',
        said,
        picture,
    )
