"""The address a request comes from, believed only as far as the shop's own proxies vouch for it."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def of_request(request: HttpRequest) -> str | None:
    """With PROXY_COUNT = 0 X-Forwarded-For is a stranger's claim and is ignored; with n proxies the n-th
    entry from the right is what the outermost of them saw. None when the server does not know (a Unix
    socket)."""
    direct = _plain(request.META.get("REMOTE_ADDR", ""))
    count = settings.PROXY_COUNT
    if not count:
        return direct
    claimed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return (_plain(claimed[-count]) if len(claimed) >= count else None) or direct


def for_throttle(request: HttpRequest) -> str | None:
    """Like `of_request`, but one subscriber's whole IPv6 network (/64) is one address: he may choose among
    2^64."""
    address = of_request(request)
    if address is None or ":" not in address:
        return address
    return str(IPv6Network((IPv6Address(address), 64), strict=False).network_address)


def _plain(text: str) -> str | None:
    """An address in its shortest spelling, without port or brackets; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
