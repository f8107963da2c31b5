"""By what somebody came, in a word of hers: 微信, iPhone. The line a browser calls itself by says nothing to a shop."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns import agents

# The first that fits: an app is told before the telephone it runs on.
NAMES: tuple[tuple[re.Pattern[str], str | Promise], ...] = tuple(
    (re.compile(pattern, re.I), name)
    for pattern, name in (
        (r"wxwork", _("WeCom")),
        (r"MicroMessenger", _("WeChat")),
        (r"xhsdiscover|xiaohongshu", _("Xiaohongshu")),
        (r"aweme|BytedanceWebview|musical_ly", _("Douyin")),
        (r"AlipayClient", _("Alipay")),
        (r"iPhone|iPod", "iPhone"),
        (r"iPad", "iPad"),
        (r"HarmonyOS|OpenHarmony", _("HarmonyOS")),
        (r"Android", _("Android")),
        (r"Windows|Macintosh|X11|Linux|CrOS", _("computer")),
    )
)


def short(agent: str) -> str:
    """What stands in a list."""
    if agents.is_preview(agent):
        return str(_("preview"))
    if agents.is_robot(agent):
        return str(_("robot"))
    return next((str(name) for pattern, name in NAMES if pattern.search(agent)), str(_("other")))
