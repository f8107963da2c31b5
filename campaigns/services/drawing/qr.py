"""The QR code of a link."""

import io

import segno

# Modules of white around it that a reader needs.
QUIET = 4
# A quarter of it may be covered, creased or badly printed.
LEVEL = "q"
SCALE = 12


def matrix(text: str) -> list[list[bool]]:
    """Its modules, dark ones true, without the white around."""
    return [[bool(module) for module in row] for row in _code(text).matrix]


def png(text: str) -> bytes:
    file = io.BytesIO()
    _code(text).save(file, kind="png", scale=SCALE, border=QUIET)
    return file.getvalue()


def svg(text: str) -> bytes:
    """For a printer's: sharp at any size."""
    file = io.BytesIO()
    _code(text).save(file, kind="svg", scale=SCALE, border=QUIET, light="#fff")
    return file.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error=LEVEL, boost_error=False)
