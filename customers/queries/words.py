"""Words to say for a task that brings none of its own. In the language of whoever reads."""

from typing import Any

from django.utils.translation import gettext as _

from customers.choices import TaskReason


def for_task(reason: str, *, name: str, me: str) -> str:
    """`name` as the viewer may read it, "" where nothing is known; `me` the colleague who speaks. "" where words would
    be guessing."""
    name = name or _("Dear customer")
    words: dict[str, Any] = {
        TaskReason.BIRTHDAY: _("%(name)s, happy birthday! All of us wish you a wonderful year."),
        TaskReason.ASSIGNED: _("%(name)s, I am %(me)s and look after you from now on. Write to me whenever you need something."),
        TaskReason.WIN_BACK: _("%(name)s, we missed you at your appointment. Shall I find another time for you, this week perhaps?"),
        TaskReason.BAD_FEELING: _("%(name)s, this is %(me)s. I am sorry about what happened and want to put it right. May I call you now?"),
    }  # fmt: skip
    return str(words.get(reason, "")) % {"name": name, "me": me}
