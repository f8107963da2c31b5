"""The shop's own page of a campaign, made and changed; its picture is drawn anew and lies below PRIVATE_DIR."""

from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.choices import Landing
from campaigns.models import Campaign, LandingPage
from campaigns.services import page_questions
from customers.choices import Purpose
from scrm.kit import files, pictures
from scrm.kit.errors import Refused

FIELDS = frozenset(
    (
        "template", "title", "words", "price_fen", "usual_fen", "rules", "ask_name", "ask_time", "questions", "consents",
        "button", "coupon", "thanks", "is_open",
    )
)  # fmt: skip
FOLDER = "landing"
# Wide enough for a large phone, and not more than a slow one likes to load.
EDGE, QUALITY = 1_200, 80


def create_page(*, campaign: Campaign, by: Any, picture: File | None = None, **values: Any) -> LandingPage:
    """Raises Refused: "page.exists", "page.not_wanted" (the links lead elsewhere), "picture.…", "questions.…"."""
    if campaign.landing != Landing.PAGE:
        raise Refused("page.not_wanted", _("The links of this campaign lead elsewhere. Change that first."))
    page = LandingPage(campaign=campaign, **_checked(values))
    page.picture = _drawn(picture)
    page._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            page.save(force_insert=True)
    except BaseException as error:
        files.remove(page.picture)
        if isinstance(error, IntegrityError) and LandingPage.objects.filter(campaign=campaign).exists():
            raise Refused("page.exists", _("This campaign has a page already. Change that one.")) from None
        raise
    return page


def change_page(
    page: LandingPage, *, by: Any, picture: File | None = None, without_picture: bool = False, **values: Any
) -> list[str]:
    """Writes what differs and returns the names of it. Raises Refused like `create_page`."""
    changed = []
    for name, value in _checked(values).items():
        if getattr(page, name) != value:
            setattr(page, name, value)
            changed.append(name)
    before = page.picture
    if picture is not None or (without_picture and before):
        page.picture = _drawn(picture)
        changed.append("picture")
    if changed:
        page._history_user = by  # type: ignore[attr-defined]
        with transaction.atomic():
            page.save(update_fields=changed)
            if "picture" in changed:
                transaction.on_commit(lambda: files.remove(before))
    return changed


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := values.keys() - FIELDS:
        raise TypeError(f"cannot change {sorted(unknown)}")
    if "questions" in values:
        values["questions"] = page_questions.cleaned(values["questions"])
    if "consents" in values:
        values["consents"] = [purpose for purpose in Purpose.values if purpose in values["consents"]]
    return values


def _drawn(picture: File | None) -> str:
    return pictures.redraw(picture, folder=FOLDER, edge=EDGE, quality=QUALITY) if picture is not None else ""
