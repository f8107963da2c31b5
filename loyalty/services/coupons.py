"""Coupons: given out at most as often as there are, used once, withdrawn. Nothing else writes these rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Order
from loyalty.choices import GrantState
from loyalty.models import Coupon, CouponGrant
from loyalty.models.coupons import CODE_LENGTH
from loyalty.services import listeners
from scrm.kit import audit, clock, codes
from scrm.kit.errors import Refused

USE = "loyalty.use_coupongrant"
WITHDRAW = "loyalty.change_coupongrant"
DIGITS = 8
BATCH = 1_000
# Of 9 · 10^7 short codes one in so many thousand is taken: whoever meets one draws again.
DRAWS = 8


def grant(
    *, coupon: Coupon, customers: Mapping[int, str], origin: str = "", at: datetime | None = None
) -> dict[int, CouponGrant]:
    """{customer: her grant} of {customer: key}. The key names the occasion: what it was given for already is what she
    gets again. Whoever holds as many as one person may is left out. All of them are given, or none.

    Raises Refused: "coupon.off", "coupon.over" (its last day has passed), "coupon.none_left".
    """
    now = at or clock.now()
    with transaction.atomic():
        # Grants of one coupon take turns: whom it is given to and how many are left is then one truth.
        held = Coupon.objects.select_for_update(of=("self",), no_key=True).get(pk=coupon.pk)
        found = _by_key(customers)
        wanted = _within_limit(held, {pk: key for pk, key in customers.items() if pk not in found})
        if wanted:
            _count_down(held, len(wanted), now)
            _insert(held, wanted, origin, now)
            found |= _by_key(wanted)
    return found


def use(*, grant: CouponGrant, by: Any, store: Any = None, order: Order | None = None) -> CouponGrant:
    """核销. Of several at once exactly one wins.

    Raises Refused: "coupon.not_allowed"; "coupon.used" with who and when, "coupon.void", "coupon.lapsed",
    "coupon.order" for an order of somebody else.
    """
    _may(by, USE)
    _is_hers(grant, order)
    now = clock.now()
    with transaction.atomic():
        valid = CouponGrant.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), pk=grant.pk, state=GrantState.GRANTED)
        done = valid.update(state=GrantState.USED, used_at=now, used_by=by, store=store, order=order)
        if not done:
            raise _no_longer(grant)
        listeners.tell_used([grant.customer_id])
        audit.record("coupon.used", by=by, on=grant.customer, coupon=grant.coupon.name)
    grant.refresh_from_db()
    return grant


def tie(*, grant: CouponGrant, order: Order, by: Any) -> CouponGrant:
    """Which purchase it was used for, once it is known. Raises Refused: "coupon.not_allowed", "coupon.order" (of somebody
    else, or tied already), "coupon.not_used"."""
    _may(by, USE)
    _is_hers(grant, order)
    used = CouponGrant.objects.filter(pk=grant.pk, state=GrantState.USED)
    if not used.filter(order=None).update(order=order):
        if used.filter(order=order).exists():
            return grant
        if used.exists():
            raise Refused("coupon.order", _("It belongs to another order already."))
        raise Refused("coupon.not_used", _("This coupon was not used yet."))
    grant.refresh_from_db()
    return grant


def void(*, grant: CouponGrant, by: Any) -> CouponGrant:
    """Withdrawn; another one may be given out in its place. Raises Refused: "coupon.not_allowed", "coupon.used",
    "coupon.void"."""
    _may(by, WITHDRAW)
    with transaction.atomic():
        Coupon.objects.select_for_update(of=("self",), no_key=True).get(pk=grant.coupon_id)
        if not CouponGrant.objects.filter(pk=grant.pk, state=GrantState.GRANTED).update(state=GrantState.VOID):
            raise _no_longer(grant)
        Coupon.objects.filter(pk=grant.coupon_id).update(granted=F("granted") - 1)
        audit.record("coupon.withdrawn", by=by, on=grant.customer, coupon=grant.coupon.name)
    grant.refresh_from_db()
    return grant


def ends_at(coupon: Coupon, given: datetime) -> datetime | None:
    """The first moment at which one given then is no longer valid: a midnight of the shop, or never."""
    ends = []
    if coupon.ends_on is not None:
        ends.append(clock.end_of(coupon.ends_on))
    if coupon.valid_days is not None:
        ends.append(clock.end_of(localdate(given) + timedelta(days=coupon.valid_days)))
    return min(ends, default=None)


def _by_key(customers: Mapping[int, str]) -> dict[int, CouponGrant]:
    rows = CouponGrant.objects.filter(key__in=list(customers.values())).select_related("coupon")
    by_key = {row.key: row for row in rows}
    return {pk: by_key[key] for pk, key in customers.items() if key in by_key}


def _within_limit(coupon: Coupon, customers: Mapping[int, str]) -> dict[int, str]:
    mine = CouponGrant.objects.filter(coupon=coupon, customer__in=list(customers)).exclude(state=GrantState.VOID)
    counted = dict(mine.order_by().values_list("customer").annotate(Count("pk")))
    return {pk: key for pk, key in customers.items() if counted.get(pk, 0) < coupon.per_person}


def _count_down(coupon: Coupon, many: int, now: datetime) -> None:
    if not coupon.is_active:
        raise Refused("coupon.off", _("This coupon is no longer given out."))
    ends = ends_at(coupon, now)
    if ends is not None and ends <= now:
        raise Refused("coupon.over", _("The last day of this coupon has passed."))
    enough = Q(stock=None) | Q(stock__gte=F("granted") + many)
    if not Coupon.objects.filter(enough, pk=coupon.pk).update(granted=F("granted") + many):
        left = (coupon.stock or 0) - coupon.granted
        sentence = ngettext(
            "Only %(left)d of this coupon is left.", "Only %(left)d of this coupon are left.", left
        )
        raise Refused("coupon.none_left", sentence % {"left": left} if left else _("All of this coupon are given out."), left=left)


def _insert(coupon: Coupon, customers: Mapping[int, str], origin: str, now: datetime) -> None:
    """A code somebody else has is no error of anybody's: whoever is missing afterwards draws again."""
    expires, missing = ends_at(coupon, now), dict(customers)
    for _draw in range(DRAWS):
        CouponGrant.objects.bulk_create(
            [
                CouponGrant(
                    coupon=coupon, customer_id=pk, code=codes.random_code(CODE_LENGTH), short_code=codes.random_digits(DIGITS),
                    key=key, origin=origin, granted_at=now, expires_at=expires,
                )
                for pk, key in missing.items()
            ],
            ignore_conflicts=True,
            batch_size=BATCH,
        )  # fmt: skip
        there = _by_key(missing)
        missing = {pk: key for pk, key in missing.items() if pk not in there}
        if not missing:
            return
    raise RuntimeError("no free code")


def _may(by: Any, permission: str) -> None:
    if by is not None and not by.has_perm(permission):
        raise Refused("coupon.not_allowed", _("You may not do this with coupons."))


def _is_hers(grant: CouponGrant, order: Order | None) -> None:
    if order is not None and order.customer_id != grant.customer_id:
        raise Refused("coupon.order", _("This is somebody else's order."))


def _no_longer(grant: CouponGrant) -> Refused:
    """Why not, as it stands in the database now."""
    row = CouponGrant.objects.select_related("used_by").get(pk=grant.pk)
    if row.state == GrantState.USED:
        at = localtime(row.used_at).strftime("%Y-%m-%d %H:%M")
        who = row.used_by.name if row.used_by else _("somebody")
        sentence = _("This coupon was used already: %(at)s, taken by %(who)s.")
        return Refused("coupon.used", sentence % {"at": at, "who": who}, at=row.used_at, by=row.used_by_id)
    if row.state == GrantState.VOID:
        return Refused("coupon.void", _("This coupon was withdrawn."))
    until = localtime(row.expires_at).strftime("%Y-%m-%d %H:%M") if row.expires_at else ""
    return Refused("coupon.lapsed", _("This coupon was valid until %(until)s.") % {"until": until})
