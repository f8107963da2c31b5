"""Where on a poster the QR code and the texts stand: checked when it is saved and again when it is drawn.

In thousandths: `x`, `width` and `size` of the picture's width, `y` of its height. `size` is the edge of the QR code with
its white, or the height of letters. `colour` blank is what suits the background. `align` is left or centre; `foot` says
that the text stands on the bottom of its place, so that what follows is near it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from campaigns.choices import PosterLayout, PosterSlot
from scrm.kit.errors import Refused

# Height to width of the backgrounds that come with the product.
RATIO = 16 / 9
# Of the plate: the code, and a line below it.
PLATE = 1.15
# A phone reads no smaller one from a screen.
LEAST_QR = 180
LEAST_LETTERS, MOST_LETTERS = 15, 200
# As many lines of letters of full size a place is high.
LINES = {PosterSlot.TITLE: 2, PosterSlot.WORDS: 3, PosterSlot.EMPLOYEE: 2, PosterSlot.CUSTOMER: 2}
TEXTS = tuple(LINES)
LINE = 1.32


def layout(which: str = PosterLayout.CENTRE, *, ratio: float = RATIO, shown: Collection[str] = TEXTS) -> dict[str, Any]:
    """The places of a ready-made layout, for a picture of this shape."""
    tall = ratio > 1.2
    middle = which == PosterLayout.CENTRE
    edge = (430 if middle else 330) if tall else 260
    plate, align = edge * PLATE / ratio, "centre" if middle else "left"
    title, words, name = (104, 46, 48) if tall else (64, 34, 36)
    name_high = name * LINE * LINES[PosterSlot.EMPLOYEE] / ratio
    title_at = 105.0 if tall else 60.0
    words_at = title_at + title * LINE * LINES[PosterSlot.TITLE] / ratio + 30
    slots: dict[str, Any] = {
        PosterSlot.TITLE: {"x": 85, "y": round(title_at), "width": 830, "size": title, "align": align, "foot": True},
        PosterSlot.WORDS: {"x": 85, "y": round(words_at), "width": 830, "size": words, "align": align},
    }
    if middle:
        at = 1000 - 45 - name_high - 18 - plate
        slots[PosterSlot.QR] = {"x": (1000 - edge) // 2, "y": round(at), "size": edge}
        names = {"x": 100, "y": round(at + plate + 18), "width": 800, "size": name, "align": align}
    else:
        at = 1000 - 75 - plate
        right = which != PosterLayout.LEFT
        slots[PosterSlot.QR] = {"x": 1000 - 85 - edge if right else 85, "y": round(at), "size": edge}
        names = {
            "x": 85 if right else 85 + edge + 45, "y": round(at + (plate - name_high) / 2), "width": 830 - edge - 45,
            "size": name, "align": align,
        }  # fmt: skip
    slots |= {PosterSlot.EMPLOYEE: dict(names), PosterSlot.CUSTOMER: dict(names)}
    kept = {str(name): place for name, place in slots.items() if name == PosterSlot.QR or name in shown}
    return {"layout": str(which), **kept}


def check(slots: Mapping[str, Any], *, ratio: float = RATIO) -> None:
    """Raises Refused: "poster.no_qr", "poster.qr_small", "poster.outside", "poster.letters"."""
    code = slots.get(PosterSlot.QR)
    if not isinstance(code, Mapping) or not all(isinstance(code.get(part), int) for part in ("x", "y", "size")):
        raise Refused(
            "poster.no_qr",
            _("This poster has no place for the QR code, and without one nobody finds the way. Choose where it stands."),
        )
    if code["size"] < LEAST_QR:
        said = _("The QR code is too small to be read by a phone. Make it at least %(least)d thousandths wide.")
        raise Refused("poster.qr_small", said % {"least": LEAST_QR})
    _inside(PosterSlot.QR, code["x"], code["y"], code["size"], code["size"] * PLATE / ratio)
    for name in TEXTS:
        place = slots.get(name)
        if place is None:
            continue
        if not LEAST_LETTERS <= place["size"] <= MOST_LETTERS:
            said = _("%(what)s: letters are between %(least)d and %(most)d thousandths of the width.")
            figures = {"what": PosterSlot(name).label, "least": LEAST_LETTERS, "most": MOST_LETTERS}
            raise Refused("poster.letters", said % figures)
        _inside(name, place["x"], place["y"], place["width"], place["size"] * LINE / ratio)


def _inside(name: str, x: int, y: int, width: int, height: float) -> None:
    if x < 0 or y < 0 or width <= 0 or x + width > 1000 or y + height > 1000:
        said = _("%(what)s would stand outside the picture. Move it, or make it smaller.")
        raise Refused("poster.outside", said % {"what": PosterSlot(name).label}, slot=str(name))
