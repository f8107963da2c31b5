"""A text in its place on a poster."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageStat

from campaigns.choices import PosterSlot
from campaigns.services.drawing import lettering, slots
from campaigns.services.drawing.grounds import Palette

BOLD = {PosterSlot.TITLE, PosterSlot.EMPLOYEE, PosterSlot.CUSTOMER}
ON_ONE_LINE = {PosterSlot.EMPLOYEE, PosterSlot.CUSTOMER}
LIGHT, DARK = "#ffffff", "#1d1f27"
# Above it a picture is bright: letters on it are dark.
BRIGHT = 150
# Left, top, right, bottom.
Box = tuple[int, int, int, int]


def put(image: Any, text: str, name: PosterSlot, place: Mapping[str, Any], palette: Palette | None) -> None:
    """Nothing for a blank text. Raises Refused("poster.too_long")."""
    line = lettering.readable(text)
    if not line:
        return
    left, top = round(image.width * place["x"] / 1000), round(image.height * place["y"] / 1000)
    width, size = round(image.width * place["width"] / 1000), round(image.width * place["size"] / 1000)
    height = min(round(size * lettering.LEADING * slots.LINES[name]), image.height - top)
    bold = name in BOLD
    block = lettering.fit(line, width=width, height=height, size=size, bold=bold, on_one_line=name in ON_ONE_LINE)
    spare = height - block.height
    start = top + (spare if place.get("foot") else spare / 2 if name in ON_ONE_LINE else 0)
    box = (left, round(start), left + width, round(start) + block.height)
    colour = place.get("colour") or (_of(palette, name) if palette else _against(image, box))
    if palette is None:
        _glow(image, block, place, box, colour, bold)
    _write(ImageDraw.Draw(image), block, place, box, colour, bold)


def _write(draw: Any, block: lettering.Block, place: Mapping[str, Any], box: Box, colour: str, bold: bool) -> None:
    left, top, right, _bottom = box
    for number, line in enumerate(block.lines):
        spare = right - left - lettering.length(line, block.size, bold=bold)
        at = left + (spare / 2 if place.get("align", "centre") == "centre" else 0)
        down = top + number * block.size * lettering.LEADING
        lettering.write(draw, line, left=at, top=down, size=block.size, colour=colour, bold=bold)


def _of(palette: Palette, name: PosterSlot) -> str:
    if name == PosterSlot.TITLE:
        return palette.title
    return palette.words if name == PosterSlot.WORDS else palette.name


def _against(image: Any, box: Box) -> str:
    """Light letters on what is dark there, dark ones on what is bright."""
    return DARK if ImageStat.Stat(image.crop(box).convert("L")).mean[0] > BRIGHT else LIGHT


def _glow(image: Any, block: lettering.Block, place: Mapping[str, Any], box: Box, colour: str, bold: bool) -> None:
    """Softly behind letters on a photograph, so that they are read on whatever it shows."""
    mask = Image.new("L", image.size)
    _write(ImageDraw.Draw(mask), block, place, box, "#ffffff", bold)
    soft = mask.filter(ImageFilter.GaussianBlur(max(2, block.size // 8))).point([min(255, n * 2) for n in range(256)])
    bright = sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) > 3 * BRIGHT
    image.paste((15, 15, 20) if bright else (255, 255, 255), (0, 0), soft.point([n * 6 // 10 for n in range(256)]))
