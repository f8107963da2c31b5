"""Names of files in a zip: readable, possible on every system, and each its own."""

import re
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from campaigns.models import Link
from scrm.kit import phones

LONGEST = 40
_NEVER = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z", re.IGNORECASE)


def safe(text: str) -> str:
    """A part of a file's name; blank where nothing is left."""
    plain = " ".join(_NEVER.sub(" ", text).split())[:LONGEST].strip(" .")
    return f"_{plain}" if _RESERVED.match(plain) else plain


def of(links: Iterable[Link], *, ending: str = ".jpg") -> dict[int, str]:
    """{link: "许静-朋友圈.jpg"}. Of two people with one name each has the last digits of her phone behind it."""
    chosen = list(links)
    people = {link.employee_id: link.employee for link in chosen if link.employee is not None}
    shared = Counter(safe(person.name).casefold() for person in people.values())
    with translation.override(settings.LANGUAGE_CODE):
        nobody = pgettext("promoter", "shop")
    found: dict[int, str] = {}
    taken: set[str] = set()
    for link in chosen:
        who = nobody
        if link.customer is not None:
            who = safe(phones.mask_in_text(link.customer.name)) or str(link.customer_id)
        if link.employee is not None:
            who = safe(link.employee.name) or str(link.employee_id)
            if shared[who.casefold()] > 1:
                who += link.employee.phone[-4:]
        stem = "-".join(part for part in (who, safe(str(link.channel)) if link.channel else "") if part)
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        found[link.pk] = name + ending
    return found
