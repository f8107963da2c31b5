"""Saving a template: its picture, its places, and that links can be drawn on it."""

from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Poster
from campaigns.services.drawing import grounds, posters, slots
from scrm.kit import clock, files, pictures
from scrm.kit.errors import Refused

FOLDER = "poster-pictures"
EDGE = 3_840
FLATTEST, TALLEST = 0.5, 2.6


def read_picture(uploaded: File) -> Any:
    """As wide as posters are. Raises Refused: "picture.too_large", "picture.no_picture", "picture.shape"."""
    image = pictures.read(uploaded, edge=EDGE)
    if not FLATTEST <= image.height / image.width <= TALLEST:
        raise Refused(
            "picture.shape",
            _("A poster is upright or square. This picture is too long: choose one of about 1080 × 1920 pixels."),
        )
    if image.width > grounds.WIDTH:
        image.thumbnail((grounds.WIDTH, EDGE))
    return image


def ratio_for(poster: Poster, *, picture: Any = None, without_picture: bool = False) -> float:
    """Height to width of what it will stand on. Raises Refused("poster.picture_missing")."""
    if picture is not None:
        return float(picture.height / picture.width)
    return slots.RATIO if without_picture else posters.ratio_of(poster)


def save_poster(poster: Poster, *, picture: Any = None, without_picture: bool = False) -> Poster:
    """Writes a template. `picture` is what `read_picture` gave, in place of the one it had.

    Raises Refused as `slots.check` does; nothing is kept then."""
    slots.check(poster.slots, ratio=ratio_for(poster, picture=picture, without_picture=without_picture))
    before = poster.picture
    kept = pictures.keep(picture, folder=FOLDER, quality=90) if picture is not None else ""
    try:
        with transaction.atomic():
            if kept or without_picture:
                poster.picture = kept
                transaction.on_commit(partial(files.remove, before))
            poster.updated_at = clock.now()
            poster.save()
    except BaseException:
        files.remove(kept)
        raise
    return poster
