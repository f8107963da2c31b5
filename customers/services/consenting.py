"""What a customer agrees to and takes back. Rows are added, never changed: the newest of a pair counts."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import Medium, Purpose
from customers.models import Consent, Customer
from scrm.kit import audit, clock
from scrm.kit.errors import Refused

RECORD = "customers.add_consent"
BY_HAND = "person"
GROUND_LIMIT = 200


def record(
    *,
    customers: Iterable[int],
    purposes: Iterable[str],
    given: bool,
    by: Any,
    medium: str = Medium.ANY,
    ground: str = "",
    source: str = BY_HAND,
) -> int:
    """Adds a row for each person and purpose that says something new; returns how many. Saying the same again (a
    button tapped twice) adds nothing. People who are no longer here are left out; the scope is the caller's affair.

    Raises Refused: "consent.not_allowed", "consent.no_purpose", "consent.malformed", "consent.no_ground" (nobody
    agrees without saying where and how), "consent.too_long", "consent.not_living" when nobody is left.
    """
    wanted, ground = list(dict.fromkeys(purposes)), " ".join(ground.replace("\x00", "").split())
    _check(by, wanted, medium, ground, given)
    with transaction.atomic():
        rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=list(customers)).order_by("pk")
        people = list(rows.values_list("pk", flat=True))
        if not people:
            raise Refused("consent.not_living", _("This customer is archived or no longer here; nothing was recorded."))
        said = _said_last(people, wanted, medium)
        now = clock.now()
        fresh = [
            Consent(
                customer_id=pk, purpose=purpose, medium=medium, given=given, ground=ground, source=source,
                recorded_by=by, at=now,
            )
            for pk in people
            for purpose in wanted
            if said.get((pk, purpose)) != (given, ground)
        ]  # fmt: skip
        Consent.objects.bulk_create(fresh, batch_size=1_000)
        if fresh:
            audit.record(
                "consent.given" if given else "consent.withdrawn",
                by=by,
                on=Customer(pk=people[0]) if len(people) == 1 else None,
                count=len({row.customer_id for row in fresh}),
                purposes=wanted,
                medium=str(medium),
            )
    return len(fresh)


def _check(by: Any, purposes: list[str], medium: str, ground: str, given: bool) -> None:
    if by is not None and not by.has_perm(RECORD):
        raise Refused("consent.not_allowed", _("You may not record what customers agree to."))
    if not purposes:
        raise Refused("consent.no_purpose", _("Tick what it is about: service, care or marketing."))
    if set(purposes) - set(Purpose.values) or medium not in Medium.values:
        raise Refused("consent.malformed", _("Choose one of the purposes and one of the media."))
    if given and not ground:
        raise Refused("consent.no_ground", _("Write down where and how she agreed, such as “signed in the shop”."))
    if len(ground) > GROUND_LIMIT:
        raise Refused("consent.too_long", _("At most %(limit)d characters, please.") % {"limit": GROUND_LIMIT})


def _said_last(people: list[int], purposes: list[str], medium: str) -> dict[tuple[int, str], tuple[bool, str]]:
    """(given, ground) that counts for the medium now. Of every medium at once only what was said last, and only when
    it was said of every medium: a word for one of them since makes saying it again something new."""
    rows = Consent.objects.filter(customer__in=people, purpose__in=purposes).order_by("at", "pk")
    if medium != Medium.ANY:
        rows = rows.filter(medium__in=[medium, Medium.ANY])
    said: dict[tuple[int, str], tuple[bool, str]] = {}
    for customer, purpose, of, given, ground in rows.values_list("customer_id", "purpose", "medium", "given", "ground"):
        if medium == Medium.ANY and of != Medium.ANY:
            said.pop((customer, purpose), None)
        else:
            said[customer, purpose] = (given, ground)
    return said
