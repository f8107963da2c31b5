"""What the shop should think over before people see a page."""

from django.utils.translation import gettext as _

from campaigns.models import LandingPage
from campaigns.services import wording
from customers import sensitive

# In what a shop writes to its customers, whatever language the desk is in.
COUPON = "券"


def of(page: LandingPage) -> list[str]:
    """Sentences; none of them refuses anything."""
    asked = [question["label"] for question in page.questions]
    offered = [choice for question in page.questions for choice in question.get("choices") or []]
    texts = (page.title, page.words, page.rules, page.button, page.thanks, *asked, *offered)
    said = [_("“%(word)s”: %(reason)s.") % {"word": one.word, "reason": one.reason} for one in wording.check(*texts)]
    for label in asked:
        if sensitive.is_hinted(label):
            said.append(_("“%(word)s” asks for something sensitive: ask only what you need, and say what for.") % {"word": label})
    if page.price_fen is not None and page.usual_fen is not None and page.usual_fen <= page.price_fen:
        said.append(_("The usual price is not above the price."))
    if page.coupon is None and COUPON in "".join(texts):
        said.append(_("It speaks of a coupon, and none is chosen: whoever leaves her name gets nothing."))
    if page.coupon is not None and not page.coupon.is_active:
        said.append(_("The coupon is switched off: nobody gets it."))
    return said
