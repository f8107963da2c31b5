"""Nobody is sent anywhere but to an https address."""

import pytest

from campaigns import destinations
from campaigns.destinations import is_address


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com",
        "https://shop.example.com/活动?a=1#b",
        "https://商店.example.com/",
        "https://192.0.2.7:8443/p",
        "https://[2001:db8::1]/",
        "HTTPS://shop.example.com/",
    ],
)
def test_these_may_be_led_to(url):
    assert is_address(url) is True


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://shop.example.com",
        "javascript:alert(1)",
        "//shop.example.com/",
        "/admin/",
        "https://",
        "https:///path",
        "https://?x",
        "data:text/html,x",
        "https://shop.example.com@evil.example/",
        "https://a\\@evil.example/",
        "https://shop.example.com/\r\nSet-Cookie: a=b",
        "java\nscript:alert(1)",
        " https://shop.example.com",
        "https://shop.example.com:99999/",
        "https://[::1/",
        "weixin://dl/business",
        "https://shop.example.com/\u202e",
    ],
)
def test_these_may_not(url):
    assert is_address(url) is False


@pytest.mark.parametrize(
    ("url", "loops"),
    [
        ("https://shop.example/l/abc", True),
        ("https://SHOP.example/l/abc", True),
        ("https://shop.example/p/1", False),
        ("https://other.example/l/abc", False),
    ],
)
def test_our_own_links_lead_back(settings, url: str, loops: bool) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    assert destinations.leads_back(url) is loops


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("pages/goods/detail?id=12", True),
        ("pages/index", True),
        ("index", True),
        ("/pages/index", False),
        ("pages//index", False),
        ("pages/../secret", False),
        ("https://shop.example/", False),
        ("pages/a?b=<script>", False),
        ("pages/a b", False),
        ("", False),
    ],
)
def test_pages_of_the_mini_program(path: str, fits: bool) -> None:
    assert destinations.is_page(path) is fits
