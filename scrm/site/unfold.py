"""What unfold is told. Lists of pages live in navigation.py; this file may not touch models (settings import
it)."""

from typing import Any

# Tailwind's blue, whose 600 carries white text at 5 : 1.
BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}


def stylesheet(request: Any) -> str:
    from django.templatetags.static import static

    return static("scrm/scrm.css")


def cards(request: Any) -> str:
    from django.templatetags.static import static

    return static("scrm/cards.js")


def favicon(request: Any) -> str:
    from django.templatetags.static import static

    return static("scrm/favicon.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "scrm",
    "SITE_HEADER": "scrm",
    "SITE_SYMBOL": "diversity_3",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "sizes": "any", "href": favicon}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "scrm.site.language.action"},
    "COLORS": {"primary": BLUE},
    "STYLES": [stylesheet],
    "SCRIPTS": [cards],
    "LOGIN": {"form": "scrm.site.entrance.forms.LoginForm"},
    "ACCOUNT": {"navigation": "scrm.site.navigation.account"},
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "scrm.site.navigation.sidebar",
    },
    "DASHBOARD_CALLBACK": "scrm.site.home.context",
}
