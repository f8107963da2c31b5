"""Where things stand on a poster, as fields of a form: a ready-made layout, or numbers. Nobody writes JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from campaigns.choices import PosterLayout, PosterSlot
from campaigns.services.drawing import slots

COLOURS = (
    ("", _("to suit the background")),
    ("#ffffff", _("white")),
    ("#1d1f27", _("black")),
    ("#5b2413", _("brown")),
    ("#b91c1c", _("red")),
    ("#0b3b4a", _("deep blue")),
    ("#f4dfb0", _("gold")),
)
ALIGN = (("centre", pgettext_lazy("text", "centred")), ("left", pgettext_lazy("text", "to the left")))
PARTS = {PosterSlot.QR: ("x", "y", "size")} | dict.fromkeys(slots.TEXTS, ("x", "y", "width", "size", "align", "colour"))
LABELS = {
    "x": _("from the left"),
    "y": _("from the top"),
    "width": pgettext_lazy("poster", "width"),
    "size": pgettext_lazy("poster", "size"),
    "align": _("alignment"),
    "colour": _("colour"),
}


def name_of(slot: str, part: str) -> str:
    return f"{slot}_{part}"


def _field(part: str) -> forms.Field:
    if part in ("colour", "align"):
        choices = COLOURS if part == "colour" else ALIGN
        return forms.ChoiceField(label=LABELS[part], choices=choices, required=False, widget=UnfoldAdminSelectWidget())
    return forms.IntegerField(
        label=LABELS[part], required=False, min_value=0, max_value=1000, widget=UnfoldAdminIntegerFieldWidget()
    )


# One field a slot and part: "qr_x", "title_colour".
PlaceFields: Any = type(
    "PlaceFields", (forms.Form,), {name_of(slot, part): _field(part) for slot, parts in PARTS.items() for part in parts}
)
# As rows of a page: (what, names of its fields).
ROWS = [(PosterSlot(slot).label, tuple(name_of(slot, part) for part in parts)) for slot, parts in PARTS.items()]


def initial_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a template: of a new one, the ready-made layout."""
    places = kept if kept.get(PosterSlot.QR) else slots.layout()
    found: dict[str, Any] = {
        "layout": places.get("layout", PosterLayout.OWN),
        "shown": [name for name in slots.TEXTS if name in places],
    }
    # Of what is not shown the ready-made place, so that ticking it gives a sensible one.
    for slot, parts in PARTS.items():
        place = places.get(slot) or slots.layout()[slot]
        found |= {name_of(slot, part): place.get(part, "") for part in parts}
    return found


def read(data: Mapping[str, Any], *, ratio: float, before: Mapping[str, Any]) -> dict[str, Any]:
    """The places that a form says, for a picture of this shape; `slots.check` judges them."""
    shown = data.get("shown") or []
    which = data.get("layout") or PosterLayout.CENTRE
    if which != PosterLayout.OWN:
        return slots.layout(which, ratio=ratio, shown=shown)
    found: dict[str, Any] = {"layout": str(which)}
    for slot, parts in PARTS.items():
        if slot != PosterSlot.QR and slot not in shown:
            continue
        place = {part: data.get(name_of(slot, part)) for part in parts}
        numbers = [place[part] for part in parts if part not in ("colour", "align")]
        if slot == PosterSlot.QR and None in numbers:
            continue  # no place for it at all: refused by name
        place = {part: 0 if value is None else value for part, value in place.items()}
        if before.get(slot, {}).get("foot"):
            place["foot"] = True
        found[str(slot)] = place
    return found
