"""Text on a picture: broken into lines as Chinese is, made smaller until all of it fits, never cut off."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from PIL import ImageFont

from campaigns.services.drawing import faces
from scrm.kit.errors import Refused

# Of the letters' size.
LEADING = 1.32
BASELINE = 1.03
SMALLEST = 12
# A line may shrink so far before it becomes two.
ONE_LINE = 0.62

_WORD = re.compile(r"[0-9A-Za-z\u00c0-\u024f¥$%@.,:/'’&+_-]+|\s+|.", re.DOTALL)
# What does not begin a line, and what does not end one.
_CLOSING = set("，。、；：？！…—·）》〉」』】〕］｝’”～％!?;:,.)]}%℃")
_OPENING = set("（《〈「『【〔［｛‘“([{￥¥$#")
# No letter: what joins or decorates others. Left out where no font has it.
_DECORATION = {"So", "Sk", "Sm", "Mn", "Me", "Cf", "Cc", "Co", "Cn", "Cs", "Zl", "Zp"}


class Block(NamedTuple):
    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.size * LEADING)


def readable(text: str) -> str:
    """On one line of single blanks, without what no font here draws and is no letter (emoji)."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(
        sign for sign in plain if unicodedata.category(sign) not in _DECORATION or faces.of(sign) is not None
    )
    return " ".join(kept.replace("\ufe0f", "").split())


def unknown(text: str) -> list[str]:
    """Its letters that no font here has, each once: they are drawn as a box."""
    return list(dict.fromkeys(sign for sign in readable(text) if sign != " " and faces.of(sign) is None))


def length(text: str, size: int, *, bold: bool = False) -> float:
    return sum(font.getlength(part) for font, part in _parts(text, size, bold))


def fit(text: str, *, width: int, height: int, size: int, bold: bool = False, on_one_line: bool = False) -> Block:
    """The largest setting up to `size` that lies within the place. Raises Refused("poster.too_long") where not even
    the smallest letters do."""
    if not text:
        return Block((), size)
    if on_one_line:
        for smaller in _sizes(size, round(size * ONE_LINE)):
            if length(text, smaller, bold=bold) <= width:
                return Block((text,), smaller)
    for smaller in _sizes(size, SMALLEST):
        lines = _wrap(text, width, smaller, bold)
        if lines is not None and round(len(lines) * smaller * LEADING) <= height:
            return Block(_even(text, lines, width, smaller, bold), smaller)
    said = _("“%(text)s” does not fit into its place on the poster. Make the place larger, or the text shorter.")
    raise Refused("poster.too_long", said % {"text": text})


def write(draw: Any, line: str, *, left: float, top: float, size: int, colour: str, bold: bool = False) -> None:
    """One line, whose letters stand at `top` and below."""
    base = top + size * BASELINE
    for font, part in _parts(line, size, bold):
        draw.text((left, base), part, font=font, fill=colour, anchor="ls")
        left += font.getlength(part)


def _parts(text: str, size: int, bold: bool) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
    shipped = faces.BOLD if bold else faces.REGULAR
    for face, signs in groupby(text, lambda sign: faces.of(sign, bold=bold) or shipped):
        yield face.at(size), "".join(signs)


def _sizes(first: int, last: int) -> Iterator[int]:
    size = first
    while size > last:
        yield size
        size -= max(1, size // 24)
    yield min(first, max(last, SMALLEST))


def _units(text: str) -> list[str]:
    """What is not broken: a word, a number, a character with the punctuation that belongs to it."""
    units: list[str] = []
    for unit in _WORD.findall(text):
        if units and (unit[0] in _CLOSING or units[-1][-1] in _OPENING) and not unit.isspace():
            units[-1] += unit
        else:
            units.append(" " if unit.isspace() else unit)
    return units


def _wrap(text: str, width: float, size: int, bold: bool) -> list[str] | None:
    """None where a single character is wider than the place."""
    lines, line = [], ""
    for unit in _units(text):
        if length((line + unit).rstrip(), size, bold=bold) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.strip())
        line = "" if unit == " " else unit
        while length(line, size, bold=bold) > width:  # a word longer than a line is broken anywhere
            cut = next((n for n in range(len(line), 0, -1) if length(line[:n], size, bold=bold) <= width), 0)
            if not cut:
                return None
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.strip()] if line.strip() else lines


def _even(text: str, lines: list[str], width: int, size: int, bold: bool) -> tuple[str, ...]:
    """The same number of lines, as equally long as may be: no single character stands alone below."""
    narrow, wide = width // len(lines), width
    while len(lines) > 1 and wide - narrow > max(4, size // 8):
        middle = (narrow + wide) // 2
        tried = _wrap(text, middle, size, bold)
        if tried is not None and len(tried) == len(lines):
            lines, wide = tried, middle
        else:
            narrow = middle
    return tuple(lines)
