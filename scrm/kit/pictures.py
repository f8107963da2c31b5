"""Uploaded pictures are drawn anew: what is kept is pixels, never what was uploaded, so that neither the place where a
photograph was taken nor anything hidden behind it is."""

import warnings
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from scrm.kit import files
from scrm.kit.errors import Refused

LIMIT_MB = 10
MOST_PIXELS = 60_000_000
EDGE = 2_000
# What phones take with two lenses (MPO) opens as a JPEG.
FORMATS = ("JPEG", "PNG", "WEBP")


def redraw(uploaded: File, *, folder: str, noun: str = "picture", edge: int = EDGE, quality: int = 82) -> str:
    """The path of a JPEG made from the picture. Raises what `read` raises, and leaves nothing behind."""
    return keep(read(uploaded, noun=noun, edge=edge), folder=folder, quality=quality)


def read(uploaded: File, *, noun: str = "picture", edge: int = EDGE) -> Any:
    """An upright RGB image, no side longer than `edge`. Raises Refused: "{noun}.too_large", "{noun}.no_picture"."""
    if (uploaded.size or 0) > LIMIT_MB * 1024 * 1024:
        raise Refused(f"{noun}.too_large", _("The picture is larger than %(limit)d MB.") % {"limit": LIMIT_MB})
    Image.init()  # else only some of FORMATS are known
    no_picture = Refused(
        f"{noun}.no_picture", _("This is no picture that can be opened. Choose a JPG, PNG or WebP.")
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(uploaded, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Refused(f"{noun}.too_large", _("The picture has too many pixels."))
                picture.draft("RGB", (edge, edge))
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((edge, edge))
                return _on_white(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise no_picture from None
    except (OSError, SyntaxError, ValueError, MemoryError):  # how Pillow says that a file is broken
        raise no_picture from None


def keep(image: Any, *, folder: str, quality: int = 82) -> str:
    """The path below PRIVATE_DIR of a new JPEG."""
    relative, file = files.create(folder, ".jpg")
    try:
        with file:
            image.save(file, "JPEG", quality=quality)
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
