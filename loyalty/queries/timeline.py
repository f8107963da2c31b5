"""The timeline's sources about coupons."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import moment, name_of
from loyalty.choices import GrantState
from loyalty.models import CouponGrant
from loyalty.queries import words


def _given(reader: Reader, _group: str) -> QuerySet[CouponGrant] | None:
    if not reader.viewer.has_perm("loyalty.view_coupongrant"):
        return None
    return CouponGrant.objects.filter(customer=reader.customer).select_related("coupon__product")


def _tell_given(rows: Sequence[CouponGrant], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        withdrawn = [str(row.get_state_display())] if row.state == GrantState.VOID else []
        until = words.last_day(row.expires_at)
        more = [_("valid until %(until)s") % {"until": until}] if until else []
        yield Entry(
            at=row.granted_at, icon="confirmation_number", title=_("Got a coupon: %(name)s") % {"name": row.coupon.name},
            text=reader.text(words.beside_name(row.coupon)), more=" · ".join(withdrawn + more),
        )  # fmt: skip


def _used(reader: Reader, _group: str) -> QuerySet[CouponGrant] | None:
    if not reader.viewer.has_perm("loyalty.view_coupongrant"):
        return None
    rows = CouponGrant.objects.filter(customer=reader.customer, used_at__isnull=False)
    return rows.select_related("coupon__product", "used_by", "store")


def _tell_used(rows: Sequence[CouponGrant], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=moment(row.used_at), icon="redeem", tone="good",
            title=_("Used a coupon: %(name)s") % {"name": row.coupon.name}, text=reader.text(words.beside_name(row.coupon)),
            by=name_of(row.used_by), more=row.store.name if row.store else "",
            about=f"order:{row.order_id}" if row.order_id else "",
        )  # fmt: skip


def register() -> None:
    sources.register("coupons_given", Source(("orders",), "granted_at", _given, _tell_given))
    sources.register("coupons_used", Source(("orders",), "used_at", _used, _tell_used))
