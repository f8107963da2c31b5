"""A poster of a link: its template, the QR code, and whose it is."""

import io
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from PIL import Image, UnidentifiedImageError

from campaigns.choices import PosterSlot
from campaigns.models import Link, Poster
from campaigns.services.drawing import grounds, plates, slots, texts
from scrm.kit import files, phones
from scrm.kit.errors import Refused

QUALITY = 88


class Content(NamedTuple):
    """What is written on one."""

    address: str
    title: str
    words: str
    employee: str = ""
    customer: str = ""


def content_of(poster: Poster, link: Link) -> Content:
    """In the shop's language, whoever looks: it is read by customers. Numbers in names are masked."""
    with translation.override(settings.LANGUAGE_CODE):
        return Content(
            address=link.scan_address,
            title=poster.title or link.campaign.name,
            words=poster.words,
            employee=_invites(link.employee.name) if link.employee is not None else "",
            customer=_recommends(link.customer.name) if link.customer is not None else "",
        )


def example(*, title: str, words: str, name: str, by_customer: bool = False) -> Content:
    """Of no link: there is none with an l in its code."""
    address = Link(code="example").scan_address
    with translation.override(settings.LANGUAGE_CODE):
        if by_customer:
            return Content(address, title, words, customer=_recommends(_("Customer's name")))
        return Content(address, title, words, employee=_invites(name))


def draw(poster: Poster, link: Link) -> bytes:
    """A JPEG 1080 wide. Raises what `drawn` raises."""
    return jpeg(drawn(poster, content_of(poster, link)))


def drawn(poster: Poster, content: Content, *, picture: Any = None) -> Any:
    """`picture`: one that is not kept yet, in place of the poster's own.

    Raises Refused: "poster.picture_missing", "poster.too_long", and what `slots.check` raises."""
    own = picture if picture is not None else _own_picture(poster)
    image = grounds.draw(poster.style) if own is None else _to_width(own)
    slots.check(poster.slots, ratio=image.height / image.width)
    palette = grounds.palette_of(poster.style) if own is None else None
    for name in slots.TEXTS:
        place = poster.slots.get(name)
        if place is not None:
            texts.put(image, str(getattr(content, name)), PosterSlot(name), place, palette)
    plates.put(image, content.address, poster.slots[PosterSlot.QR], palette)
    return image


def jpeg(image: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, subsampling=0)
    return file.getvalue()


def problem(poster: Poster) -> str:
    """Why it cannot be drawn for anybody; blank where it can. Draws nothing."""
    try:
        slots.check(poster.slots, ratio=ratio_of(poster))
    except Refused as no:
        return str(no)
    return ""


def ratio_of(poster: Poster) -> float:
    """Height to width. Raises Refused("poster.picture_missing")."""
    if not poster.picture:
        return slots.RATIO
    with _opened(poster) as picture:
        return float(picture.height / picture.width)


def _own_picture(poster: Poster) -> Any:
    if not poster.picture:
        return None
    with _opened(poster) as picture:
        try:
            return picture.convert("RGB")
        except OSError:  # torn
            raise _missing() from None


def _opened(poster: Poster) -> Any:
    try:
        return Image.open(files.full_path(poster.picture))
    except (OSError, ValueError, UnidentifiedImageError):
        raise _missing() from None


def _missing() -> Refused:
    return Refused("poster.picture_missing", _("The picture of this poster is gone. Upload it again."))


def _to_width(picture: Any) -> Any:
    size = (grounds.WIDTH, round(picture.height * grounds.WIDTH / picture.width))
    return picture.copy() if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _invites(name: str) -> str:
    return pgettext("poster", "%(name)s invites you") % {"name": _named(name)} if name.strip() else ""


def _recommends(name: str) -> str:
    return pgettext("poster", "%(name)s recommends this to you") % {"name": _named(name)} if name.strip() else ""


def _named(name: str) -> str:
    return phones.mask_in_text(name.strip())
