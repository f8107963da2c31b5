"""What unfold is told. Lists of pages live in navigation.py; this file may not touch models (settings import it)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "scrm",
    "SITE_HEADER": "scrm",
    "SITE_SYMBOL": "diversity_3",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": False, "show_all_applications": False},
}
