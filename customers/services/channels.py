"""Channels of origin, named where they are needed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Channel
from scrm.kit import audit
from scrm.kit.errors import Refused

ADD = "customers.add_channel"
LONGEST = 60


def find_or_add(names: Iterable[str], *, by: Any) -> list[Channel]:
    """Those that are there, and new ones for the rest, in the order of their names. Raises Refused: "channel.too_long",
    "channel.not_allowed" where one would be new, "channel.inactive"."""
    wanted = sorted({name.strip() for name in names} - {""})
    for name in wanted:
        if len(name) > LONGEST:
            said = _("“%(name)s…” is too long for a channel: %(limit)d characters at most.")
            raise Refused("channel.too_long", said % {"name": name[:20], "limit": LONGEST})
    with transaction.atomic():
        there = set(Channel.objects.filter(name__in=wanted).values_list("name", flat=True))
        new = [name for name in wanted if name not in there]
        if new and by is not None and not by.has_perm(ADD):
            raise Refused("channel.not_allowed", _("You may not add channels of origin. Choose from those there are."))
        Channel.objects.bulk_create([Channel(name=name) for name in new], ignore_conflicts=True)
        found = list(Channel.objects.filter(name__in=wanted).order_by("name"))
        for channel in found:
            if not channel.is_active:
                said = _("The channel “%(name)s” is no longer in use. Choose another, or take it into use again.")
                raise Refused("channel.inactive", said % {"name": channel.name})
            if channel.name in new:
                audit.record("setting.created", by=by, on=channel)
    return found
