"""Names as people type them, and how two of them are compared."""

import unicodedata

# Letters by category, yet nothing to see: Hangul fillers, braille blank, and what NFKC makes of them.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f\u061c\u180e")
_INVISIBLE_CATEGORIES = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Cs"))

# First letters of a text that says nothing although they are letters: null, n/a (also full-width), 无, fillers.
_MAY_BE_BLANK = _INVISIBLE | frozenset("nNｎＮ无")

BLANK_LIKE = frozenset(("null", "n/a", "-", "--", "---", "\u2013", "\u2014", "\u2014\u2014", "\u2212", "无"))


def clean_name(text: str) -> str:
    """As typed, without white space around (NBSP and U+3000 too) and without NUL, which PostgreSQL refuses."""
    return text.replace("\x00", "").strip()


def fold_name(name: str) -> str:
    """What names are compared and searched by: NFKC, lower case, without any white space. Idempotent."""
    if name.isascii():
        return "".join(name.lower().split())
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    squeezed = "".join(text.split())
    # What stood apart may join now: K and a cedilla of its own, which NFKC takes for a space and a mark.
    return squeezed if len(squeezed) == len(text) else unicodedata.normalize("NFKC", squeezed)


def squeeze_name(name: str) -> str:
    """What two names must share to be one name: NFKC without any white space; case counts."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def same_name(one: str, other: str) -> bool:
    """ "李 四" and "李四" are one name; case counts."""
    return one == other or squeeze_name(one) == squeeze_name(other)


def is_blank(text: str) -> bool:
    """Nothing visible, or one of the ways people write "nothing": null, NULL, -, —, 无, N/A."""
    first = text[:1]
    if first.isalnum() and first not in _MAY_BE_BLANK:
        return False
    if unicodedata.normalize("NFKC", text).strip().lower() in BLANK_LIKE:
        return True
    return all(char in _INVISIBLE or unicodedata.category(char) in _INVISIBLE_CATEGORIES for char in text)
