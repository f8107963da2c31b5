"""Which days of a campaign make no sense: a slip of the keyboard, said where it was made."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from scrm.kit import clock

EARLIEST = date(2000, 1, 1)
FIVE_YEARS = timedelta(days=5 * 365 + 2)


def wrong(data: dict[str, Any], changed: Collection[str]) -> Iterator[tuple[str, str]]:
    """(field, sentence). What was there before and is not touched is left in peace."""
    first, last, until = data.get("starts_on"), data.get("ends_on"), data.get("deadline")
    if first and "starts_on" in changed:
        if first < EARLIEST:
            yield "starts_on", _("The first day lies before the year 2000. Please look at the year.")
        elif first > clock.today() + FIVE_YEARS:
            yield "starts_on", _("The first day is more than five years away. Please look at the year.")
    if first and last and {"starts_on", "ends_on"} & set(changed):
        if first > last:
            yield "ends_on", _("The last day lies before the first.")
        elif last > first + FIVE_YEARS:
            yield "ends_on", _("The last day is more than five years after the first. Leave it empty if there is none yet.")
    if first and until and until < first and {"starts_on", "deadline"} & set(changed):
        yield "deadline", _("This day lies before the first day of the campaign.")
