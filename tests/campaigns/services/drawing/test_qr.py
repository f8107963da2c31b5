"""The code of a link is the one that any reader expects, with room around it."""

import xml.etree.ElementTree as ET

import pytest

from campaigns.services.drawing import qr
from tests.campaigns.services.drawing.looking import modules, opened
from tests.factories.campaigns import make_link

ADDRESS = "https://crm.example.com/l/aB3xY9z?s"
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


@pytest.mark.django_db
def test_a_scan_is_told_from_a_tap(settings):
    settings.PUBLIC_URL = "https://crm.example.com"
    assert make_link(code="aB3xY9z").scan_address == ADDRESS


def test_the_picture_shows_its_modules_and_white_around_them():
    matrix = qr.matrix(ADDRESS)
    count, image = len(matrix), opened(qr.png(ADDRESS))
    edge = (count + 2 * qr.QUIET) * qr.SCALE
    assert image.size == (edge, edge)
    inset = qr.QUIET * qr.SCALE
    assert modules(image, inset, inset, qr.SCALE, count) == matrix
    around = modules(image, 0, 0, qr.SCALE, count + 2 * qr.QUIET)
    white = [row[: qr.QUIET] + row[-qr.QUIET :] for row in around] + around[: qr.QUIET] + around[-qr.QUIET :]
    assert {dark for row in white for dark in row} == {False}


def test_three_corners_are_found():
    matrix = qr.matrix(ADDRESS)
    corners = [(0, 0), (0, len(matrix) - 7), (len(matrix) - 7, 0)]
    drawn = [["".join("#" if dark else "." for dark in row[x : x + 7]) for row in matrix[y : y + 7]] for y, x in corners]
    assert drawn == [FINDER] * 3


def test_for_a_printer():
    root = ET.fromstring(qr.svg(ADDRESS))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"script" not in qr.svg(ADDRESS)
