"""权益券 on the customer page: what she holds, what she used."""

from typing import Any

from django.http import HttpRequest

from customers.admin.panels import Panel, panels
from customers.queries.person import Reader
from loyalty.admin.grants import standing
from loyalty.queries import coupons, words

SHOWN = 50


def context(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    viewer = reader.viewer
    if not viewer.has_perm("loyalty.view_coupongrant"):
        return None
    rows = list(coupons.of_customer(reader.customer)[: SHOWN + 1])
    return {
        "coupons": [
            {
                "row": row,
                "state": standing(row),
                "worth": reader.text(words.beside_name(row.coupon)),
                "until": words.last_day(row.expires_at),
            }
            for row in rows[:SHOWN]
        ],
        "more": len(rows) > SHOWN,
        "may_use": viewer.has_perm("loyalty.use_coupongrant"),
    }


def register() -> None:
    panels.register("coupons", Panel("benefits", "loyalty/panel.html", context))
