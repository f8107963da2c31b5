"""What to look at again in words for customers; said after saving, since the shop decides."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.services import wording
from campaigns.services.drawing import lettering


def of_texts(request: HttpRequest, *texts: str, drawn: bool = False, avoid: Iterable[str] = ()) -> None:
    """`drawn`: on a picture, by a font that may lack a sign. `avoid`: words that the persona does not use."""
    text = "\n".join(texts)
    for one in wording.check(*texts):
        messages.warning(request, _("“%(word)s”: %(reason)s.") % {"word": one.word, "reason": one.reason})
    found = [word for word in avoid if word.casefold() in text.casefold()]
    if found:
        words = "、".join(found)
        messages.warning(request, _("The persona does not use these words: %(words)s.") % {"words": words})
    missing = lettering.unknown(text) if drawn else []
    if missing:
        said = _("No font here has these signs, so they are drawn as a box: %(signs)s.")
        messages.warning(request, said % {"signs": " ".join(missing)})
