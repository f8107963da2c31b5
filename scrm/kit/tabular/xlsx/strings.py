"""Text as Excel stores it: runs, phonetic guides, escapes."""

import re
from collections.abc import Iterable

from scrm.kit.tabular.xml import feed, parser

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """_x000D_ → CR; _x005F_ is the underscore that keeps the following text from being an escape."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[0], int(match[1], 16)), text)


def _character(literal: str, code: int) -> str:
    return literal if 0xD800 <= code < 0xE000 or code in (0, 0xFFFE, 0xFFFF) else chr(code)


def clean(text: str, preserve: bool) -> str:
    """The content of one <t>: white space at its ends counts only when the file says so."""
    return unescape(text if preserve else text.strip(" \t\r\n"))


def read_strings(chunks: Iterable[bytes]) -> list[str]:
    """The shared strings in order. Phonetic guides (rPh) are no part of a text."""
    found: list[str] = []
    runs: list[str] = []
    pieces: list[str] | None = None
    preserve = phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal pieces, preserve, phonetic
        if name == "t":
            if not phonetic:
                pieces = []
                preserve = attributes.get("xml:space") == "preserve"
        elif name == "si":
            runs.clear()
        elif name == "rPh":
            phonetic = True

    def end(name: str) -> None:
        nonlocal pieces, phonetic
        if name == "t":
            if pieces is not None:
                runs.append(clean("".join(pieces), preserve))
                pieces = None
        elif name == "si":
            found.append("".join(runs) if len(runs) != 1 else runs[0])
        elif name == "rPh":
            phonetic = False

    def text(data: str) -> None:
        if pieces is not None:
            pieces.append(data)

    for _ in feed(parser(start, end, text), chunks):
        pass
    return found
