"""Text that a spreadsheet program would run as a formula when it opens a csv."""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")


def neutralise(text: str) -> str:
    """A leading ' before = + - @ TAB CR, and before a text that already begins with such apostrophes, so that
    `unneutralise` gives back exactly the same text."""
    return "'" + text if _RISKY.match(text) else text


def unneutralise(text: str) -> str:
    """Takes one leading ' off where `neutralise` would have put it."""
    return text[1:] if text[:1] == "'" and _RISKY.match(text, 1) else text
