import pytest
from django.test import RequestFactory, override_settings

from scrm.kit import addresses


def seen(remote: str, forwarded: str | None = None, proxies: int = 0) -> tuple[str | None, str | None]:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, **headers)
    with override_settings(PROXY_COUNT=proxies):
        return addresses.of_request(request), addresses.for_throttle(request)


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", None, 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 7.7.7.7", 1, "7.7.7.7"),
        ("10.0.0.1", "5.5.5.5, 6.6.6.6, 7.7.7.7", 2, "6.6.6.6"),
        ("10.0.0.1", "7.7.7.7:4711", 1, "7.7.7.7"),
        ("10.0.0.1", " [2001:db8::1]:443 ", 1, "2001:db8::1"),
        # Fewer entries than proxies, or no address at all: only the socket is believed.
        ("10.0.0.1", "7.7.7.7", 2, "10.0.0.1"),
        ("10.0.0.1", "unknown", 1, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", None, 1, "10.0.0.1"),
        ("::ffff:10.0.0.1", None, 0, "10.0.0.1"),
        ("", None, 0, None),
    ],
)
def test_address(remote: str, forwarded: str | None, proxies: int, address: str | None) -> None:
    assert seen(remote, forwarded, proxies)[0] == address


def test_a_throttle_counts_one_network_once() -> None:
    assert seen("2001:db8:1:2:3:4:5:6")[1] == "2001:db8:1:2::"
    assert seen("10.0.0.1")[1] == "10.0.0.1"
    assert seen("")[1] is None
