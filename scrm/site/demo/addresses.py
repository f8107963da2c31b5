"""What login links begin with beside a demo, emptied or not: where it was served last, which need not be port 8000."""

import os

from django.conf import settings

from scrm.site.demo import emptied
from scrm.site.models import DemoShop

NAME = "demo-address"


def is_set() -> bool:
    """Whether somebody chose PUBLIC_URL, which then holds for the demo, too."""
    return bool(os.environ.get("PUBLIC_URL") or os.environ.get("PUBLIC_URL_FILE"))


def remember(url: str) -> str:
    """Returns what stood there before, for `forget`."""
    path = settings.DATA_DIR / NAME
    before = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    path.write_text(url, encoding="utf-8")
    return before


def forget(url: str, before: str) -> None:
    """A second demo that ends leaves the address to the first one, which may still be served."""
    path = settings.DATA_DIR / NAME
    if before and path.exists() and path.read_text(encoding="utf-8").strip() == url:
        path.write_text(before, encoding="utf-8")


def current() -> str:
    """PUBLIC_URL, unless nobody set it and the demo was served elsewhere."""
    if is_set() or not (DemoShop.objects.exists() or emptied.was()):
        return str(settings.PUBLIC_URL)
    try:
        return (settings.DATA_DIR / NAME).read_text(encoding="utf-8").strip() or str(settings.PUBLIC_URL)
    except FileNotFoundError:
        return str(settings.PUBLIC_URL)


def at(url: str, link: str) -> str:
    """A login link as issued, put below `url`."""
    return url + link.removeprefix(settings.PUBLIC_URL)
