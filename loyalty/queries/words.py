"""What a coupon is worth, in the words of the counter."""

from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.choices import CouponKind
from loyalty.models import Coupon
from scrm.kit import money


def yuan(fen: int | None) -> str:
    """¥30 where it is whole, ¥29.90 where not."""
    return money.show(fen).removesuffix(".00")


def worth(coupon: Coupon) -> str:
    """ "满 ¥200 减 ¥30", "8 折", "补水护理 一次". Asks for the product unless it was fetched along."""
    least = yuan(coupon.min_spend_fen) if coupon.min_spend_fen else ""
    if coupon.kind == CouponKind.AMOUNT:
        values = {"value": yuan(coupon.value_fen), "least": least}
        said = _("%(value)s off purchases of %(least)s or more") if least else _("%(value)s off")
        text = said % (values if least else {"value": values["value"]})
    elif coupon.kind == CouponKind.PERCENT:
        off = coupon.percent_off or 0
        text = _("%(off)s%% off (pay %(fold)s/10)") % {"off": off, "fold": f"{(100 - off) / 10:g}"}
        if least:
            text = _("%(worth)s on purchases of %(least)s or more") % {"worth": text, "least": least}
    else:
        text = coupon.product.name if coupon.product else coupon.name
        if least:
            text = _("%(worth)s with purchases of %(least)s or more") % {"worth": text, "least": least}
        return text
    return _("%(worth)s (for %(product)s)") % {"worth": text, "product": coupon.product.name} if coupon.product else text


def beside_name(coupon: Coupon) -> str:
    """What it is worth, to stand beside its name; blank where a gift is called what it is."""
    said = worth(coupon)
    return "" if said == coupon.name else said


def validity(coupon: Coupon) -> str:
    """ "30 天内有效", "12月31日前有效"; blank for ever."""
    parts = []
    if coupon.valid_days is not None:
        days = coupon.valid_days
        parts.append(ngettext("valid for %(days)d day", "valid for %(days)d days", days) % {"days": days})
    if coupon.ends_on is not None:
        parts.append(_("until %(day)s at the latest") % {"day": coupon.ends_on.isoformat()})
    return _(", ").join(parts)


def told(coupon: Coupon) -> str:
    """ "满 ¥200 减 ¥30, 30 天内有效"."""
    return _(", ").join(part for part in (worth(coupon), validity(coupon)) if part)


def told_beside_name(coupon: Coupon) -> str:
    """As `told`, where the name stands above it."""
    return _(", ").join(part for part in (beside_name(coupon), validity(coupon)) if part)


def last_day(expires_at: datetime | None) -> str:
    """The last day on which it can be used; blank for ever."""
    return "" if expires_at is None else localtime(expires_at - timedelta(microseconds=1)).strftime("%Y-%m-%d")
