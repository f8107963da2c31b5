"""What was noticed, in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import HoldDecision, HoldReason
from campaigns.models import CommissionHold


def noticed(hold: CommissionHold) -> str:
    if hold.reason == HoldReason.STAFF_PHONE:
        return _("The buyer's phone number is that of %(name)s, who works here.") % {"name": hold.words}
    if hold.reason == HoldReason.SELF_PURCHASE:
        return _("The buyer and whoever is paid for it are one person: the same phone number, or the same customer.")
    if hold.reason == HoldReason.RING:
        return _("The buyer is herself among those who recommended whoever is paid for it.")
    if hold.reason == HoldReason.BURST:
        count = int(hold.words) if hold.words.isdecimal() else 0
        said = ngettext(
            "%(count)d visitor came by this link from one address in the hour of the buyer's visit.",
            "%(count)d visitors came by this link from one address in the hour of the buyer's visit.", count,
        )  # fmt: skip
        return said % {"count": count}
    return hold.words


def decided(hold: CommissionHold) -> str:
    """Blank while it waits."""
    if hold.decision == HoldDecision.OPEN or hold.decided_at is None:
        return ""
    said = _("Released by %(name)s") if hold.decision == HoldDecision.RELEASED else _("Refused by %(name)s")
    told = said % {"name": hold.decided_by or ""}
    return _("%(what)s: %(why)s") % {"what": told, "why": hold.decided_words} if hold.decided_words else told
