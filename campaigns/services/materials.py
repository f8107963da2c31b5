"""What is passed on: kept with its picture, and with an address that a link may lead to."""

from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.destinations import is_address
from campaigns.models import Material
from scrm.kit import files, pictures
from scrm.kit.errors import Refused

FOLDER = "materials"
EDGE = 2_000


def save_material(material: Material, *, picture: File | None = None, without_picture: bool = False) -> Material:
    """Raises Refused: "material.url", "picture.too_large", "picture.no_picture"; nothing is kept then."""
    check_url(material.url)
    before = material.picture
    kept = pictures.redraw(picture, folder=FOLDER, edge=EDGE, quality=88) if picture is not None else ""
    try:
        with transaction.atomic():
            if kept or without_picture:
                material.picture = kept
                transaction.on_commit(partial(files.remove, before))
            material.save()
    except BaseException:
        files.remove(kept)
        raise
    return material


def check_url(url: str) -> None:
    if url and not is_address(url):
        raise Refused("material.url", _("This is no address that a link may lead to. It begins with https://."))


def words_avoided(material: Any) -> list[str]:
    """What its persona does not say."""
    said = material.persona.avoid if material.persona is not None else ""
    for sign in "，,;；\n":
        said = said.replace(sign, "、")
    return [word.strip() for word in said.split("、") if word.strip()]
