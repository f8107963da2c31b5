"""Where a code leads."""

from typing import NamedTuple

from django.core.cache import cache
from django.utils.encoding import iri_to_uri

from campaigns.choices import Landing
from campaigns.destinations import is_address
from campaigns.models import Link
from campaigns.models.links import CODE_LENGTH
from scrm.kit import codes

# Seconds for which a process remembers where a link leads: each touch would ask the database for it otherwise, and whoever
# changes the target and looks at once sees the change. What is not there is never remembered.
REMEMBERED = 2


class Found(NamedTuple):
    link: int
    # Blank where a redirect leads nowhere: a page of the mini-program, or an address that is none.
    target: str
    mini_program: bool


def find(code: str) -> Found | None:
    """None for a code that nobody has. Asks the database at most once in REMEMBERED seconds."""
    if not codes.is_code(code, CODE_LENGTH):
        return None
    key = f"campaigns.link.{code}"
    found: Found | None = cache.get(key)
    if found is None and (found := _read(code)) is not None:
        cache.set(key, found, REMEMBERED)
    return found


def _read(code: str) -> Found | None:
    columns = ("pk", "campaign__landing", "campaign__target_url", "material__url")
    row = Link.objects.filter(code=code).values_list(*columns).first()
    if row is None:
        return None
    pk, landing, campaign_url, material_url = row
    if material_url:  # an article or a video has an address of its own
        return Found(pk, _safe(material_url), False)
    if landing == Landing.PAGE:
        return Found(pk, f"/p/{code}/", False)
    return Found(pk, _safe(campaign_url) if landing == Landing.URL else "", landing == Landing.MINI_PROGRAM)


def _safe(url: str) -> str:
    """Asked again here: whatever found its way into the table, nobody is sent to `javascript:` or to plain http."""
    return iri_to_uri(url) if is_address(url) else ""
