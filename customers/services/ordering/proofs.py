"""Proof pictures: kept small and without what a phone writes into them; behind the scope of their order."""

import warnings
from typing import Any

from django.core.files import File
from django.http import HttpRequest
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from customers.models import Order
from scrm.kit import files
from scrm.kit.errors import Refused

LIMIT_MB = 10
MOST_PIXELS = 60_000_000
EDGE = 2_000
# What phones take with two lenses (MPO) opens as a JPEG.
FORMATS = ("JPEG", "PNG", "WEBP")


def save(uploaded: File) -> str:
    """The path of a JPEG made from the picture: what is written to the disk is pixels, never what was uploaded, so
    that neither the place where it was taken nor anything hidden behind it is kept.

    Raises Refused: "proof.too_large", "proof.no_picture"."""
    if (uploaded.size or 0) > LIMIT_MB * 1024 * 1024:
        raise Refused("proof.too_large", _("The picture is larger than %(limit)d MB.") % {"limit": LIMIT_MB})
    Image.init()  # else only some of FORMATS are known
    no_picture = Refused("proof.no_picture", _("This is no picture that can be opened. Choose a JPG, PNG or WebP."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(uploaded, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused("proof.too_large", _("The picture has too many pixels."))
                picture.draft("RGB", (EDGE, EDGE))
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((EDGE, EDGE))
                pixels = _on_white(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise no_picture from None
    except (OSError, SyntaxError, ValueError, MemoryError):  # how Pillow says that a file is broken
        raise no_picture from None
    relative, file = files.create("proofs", ".jpg")
    try:
        with file:
            pixels.save(file, "JPEG", quality=82)
    except BaseException:
        files.remove(relative)
        raise
    return relative


def _on_white(picture: Any) -> Any:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return picture.convert("RGB")


def proof(request: HttpRequest, pk: int) -> tuple[str, str] | None:
    """Whoever sees the order sees its picture."""
    viewer: Any = request.user
    if not viewer.has_perm("customers.view_order"):
        return None
    order = Order.objects.visible_to(viewer).filter(pk=pk).exclude(proof="").first()
    return (order.proof, f"{order.source}-{order.pk}.jpg") if order else None


def register() -> None:
    files.downloads.register("order-proof", proof)
