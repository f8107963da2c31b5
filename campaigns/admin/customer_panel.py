"""归属与来源 on the customer page: by which links she came, whether that gave her to their employee and why not, and
until when she is protected."""

from typing import Any

from django.http import HttpRequest

from campaigns.queries import arrivals
from campaigns.services import binding
from customers.admin.panels import Panel, panels
from customers.queries.person import Reader
from scrm.kit import clock

SHOWN = 20


def context(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    """Nothing for whom no link has to do with."""
    customer = reader.customer
    ways = arrivals.ways_of(customer, most=SHOWN + 1)
    bindings = list(arrivals.bindings_of(customer)[: SHOWN + 1])
    if not ways and not bindings:
        return None
    until = binding.protected_until(customer)
    return {
        "ways": [(way, reader.text(way.link.campaign), _promoter(way.link, reader)) for way in ways[:SHOWN]],
        "bindings": [
            (one, reader.text(one.link.campaign), _promoter(one.link, reader)) for one in bindings[:SHOWN]
        ],
        "more": len(ways) > SHOWN or len(bindings) > SHOWN,
        "protected_until": until if until is not None and until > clock.now() else None,
    }


def _promoter(link: Any, reader: Reader) -> str:
    """An employee by name; a customer who recommends only by her masked name: she is somebody else's customer, perhaps."""
    if link.employee is not None:
        return str(link.employee)
    return reader.text(link.customer) if link.customer_id else ""


def register() -> None:
    panels.register("campaigns", Panel("owner", "campaigns/customer_panel.html", context))
