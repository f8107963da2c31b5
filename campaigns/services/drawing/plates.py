"""The QR code on a poster: on white of its own, whatever lies behind it, with a line that says what to do with it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from PIL import Image, ImageDraw, ImageFilter

from campaigns.services.drawing import lettering, qr, slots
from campaigns.services.drawing.grounds import Palette
from scrm.kit.errors import Refused

HINT = "#5b5f6b"
# Of the edge.
CORNER, SHADOW, LETTERS = 0.06, 0.05, 0.072
# Pixels a module: below, a camera no longer tells them apart once the picture was sent on.
LEAST = 4


def place_of(image: Any, address: str, place: Mapping[str, Any]) -> tuple[int, int, int]:
    """Left, top, and pixels a module of the code itself, without its white. Raises Refused("poster.qr_small")."""
    edge, modules = _edge(image, place), len(qr.matrix(address))
    scale = edge // (modules + 2 * qr.QUIET)
    if scale < LEAST:
        said = _("The QR code is too small for an address of this length. Make it larger.")
        raise Refused("poster.qr_small", said)
    inset = (edge - modules * scale) // 2
    left, top = _corner(image, place)
    return left + inset, top + inset, scale


def put(image: Any, address: str, place: Mapping[str, Any], palette: Palette | None) -> None:
    edge = _edge(image, place)
    left, top = _corner(image, place)
    across, down, scale = place_of(image, address, place)
    _plate(image, left, top, edge, round(edge * slots.PLATE))
    draw = ImageDraw.Draw(image)
    for row, modules in enumerate(qr.matrix(address)):
        for column, dark in enumerate(modules):
            if dark:
                x, y = across + column * scale, down + row * scale
                draw.rectangle([x, y, x + scale - 1, y + scale - 1], fill="#000000")
    with translation.override(settings.LANGUAGE_CODE):
        hint = pgettext("poster", "Press and hold the code, or scan it")
    room = round(edge * 0.88)
    block = lettering.fit(hint, width=room, height=round(edge * 0.12), size=round(edge * LETTERS), on_one_line=True)
    for number, line in enumerate(block.lines):
        at = left + (edge - lettering.length(line, block.size)) / 2
        below = top + edge * (slots.PLATE - 0.045) - block.height + number * block.size * lettering.LEADING
        lettering.write(
            draw, line, left=at, top=below, size=block.size, colour=palette.hint if palette else HINT
        )


def _edge(image: Any, place: Mapping[str, Any]) -> int:
    return round(image.width * place["size"] / 1000)


def _corner(image: Any, place: Mapping[str, Any]) -> tuple[int, int]:
    return round(image.width * place["x"] / 1000), round(image.height * place["y"] / 1000)


def _plate(image: Any, left: int, top: int, width: int, height: int) -> None:
    """White, with round corners and a soft shadow; twice as large and then made smaller for a smooth edge."""
    soft = round(width * SHADOW)
    size = (width + 4 * soft, height + 4 * soft)
    shadow = Image.new("L", size)
    ImageDraw.Draw(shadow).rounded_rectangle(
        [2 * soft, 2 * soft, 2 * soft + width, 2 * soft + height], radius=round(width * CORNER), fill=70
    )
    image.paste((20, 18, 30), (left - 2 * soft, top - 2 * soft + soft // 2), shadow.filter(ImageFilter.GaussianBlur(soft / 2)))
    mask = Image.new("L", (width * 2, height * 2))
    ImageDraw.Draw(mask).rounded_rectangle(
        [0, 0, width * 2 - 1, height * 2 - 1], radius=round(width * CORNER * 2), fill=255
    )
    image.paste((255, 255, 255), (left, top), mask.resize((width, height), Image.Resampling.LANCZOS))
