"""Where a link may lead: addresses with https, and pages of the shop's own mini-program. Nothing else, ever."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

_valid = URLValidator(schemes=["https"])
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\?[A-Za-z0-9_.~%&=+:,@/-]*)?")


def is_address(url: str) -> bool:
    """https with a host, without a name or password in it and without anything a browser would mend."""
    if "\\" in url or any(sign.isspace() or not sign.isprintable() for sign in url):
        return False
    try:
        _valid(url)
        parts = urlsplit(url)
        return "@" not in parts.netloc and parts.port != 0  # reading a port that is none is an error
    except (ValidationError, ValueError):
        return False


def leads_back(url: str) -> bool:
    """To one of our own links: whoever follows it would never arrive."""
    own, there = urlsplit(settings.PUBLIC_URL), urlsplit(url)
    return there.hostname == own.hostname and there.path.startswith("/l/")


def is_page(path: str) -> bool:
    """As the mini-program names its pages: "pages/goods/detail?id=12", without a slash at the beginning."""
    return bool(_PATH.fullmatch(path))
