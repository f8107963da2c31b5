"""A poster has a place for its code, inside the picture and large enough; else it is refused by name."""

import pytest

from campaigns.choices import PosterLayout
from campaigns.services.drawing import slots
from scrm.kit.errors import Refused

READY = [PosterLayout.CENTRE, PosterLayout.RIGHT, PosterLayout.LEFT]


def refused(places, ratio=slots.RATIO):
    with pytest.raises(Refused) as no:
        slots.check(places, ratio=ratio)
    return no.value.code


@pytest.mark.parametrize("ratio", [0.6, 1.0, 1.25, 1.5, slots.RATIO, 2.5])
@pytest.mark.parametrize("which", READY)
def test_ready_made_layouts_fit_every_shape(which, ratio):
    slots.check(slots.layout(which, ratio=ratio), ratio=ratio)


def test_only_what_is_shown_has_a_place():
    assert list(slots.layout(PosterLayout.RIGHT, shown=["employee"])) == ["layout", "qr", "employee"]


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"title": {"x": 0, "y": 0, "width": 500, "size": 40}},
        {"qr": None},
        {"qr": {"x": 1, "y": 2}},
        {"qr": {"x": 1, "y": 2, "size": "3"}},
    ],
)
def test_without_a_place_for_the_code(places):
    assert refused(places) == "poster.no_qr"


def test_too_small_a_code():
    assert refused({"qr": {"x": 100, "y": 100, "size": slots.LEAST_QR - 1}}) == "poster.qr_small"


@pytest.mark.parametrize("place", [(-1, 100, 300), (701, 100, 300), (100, 900, 300), (100, -5, 300)])
def test_outside_the_picture(place):
    x, y, size = place
    assert refused({"qr": {"x": x, "y": y, "size": size}}) == "poster.outside"


def test_the_line_below_the_code_has_to_be_inside_too():
    places = {"qr": {"x": 100, "y": 1000 - 300, "size": 300}}
    assert refused(places, ratio=1.0) == "poster.outside"
    slots.check(places, ratio=1.5)


def test_letters_have_a_size():
    places = slots.layout() | {"title": {"x": 0, "y": 0, "width": 500, "size": 3}}
    assert refused(places) == "poster.letters"
