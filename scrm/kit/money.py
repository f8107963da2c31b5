"""Money is integer fen; yuan as Decimal only at the edges."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

_CURRENCY = re.compile(r"人民币|RMB|CNY|[¥￥元圆块]", re.IGNORECASE)
_SIZE = re.compile("[元圆块万亿]")
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
# Groups of three; the inner ones may be two or four (1,23,456), the last is three or it is no thousands mark.
_NUMBER = re.compile(r"([+-]?)([0-9]{1,4}(?:,[0-9]{2,4})*,[0-9]{3}|[0-9]+)?(\.[0-9]+)?\Z")
_PLAIN = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,4})?\Z")
LIMIT_YUAN = Decimal(10) ** 11


class NotANumber(ValueError):
    """The text is no plain amount: an exponent, %, a fraction, hex, words, NaN, two decimal marks…"""


class TooFine(NotANumber):
    """An amount with a part of a fen."""


def parse_number(cell: Any) -> Decimal | None:
    """The number a cell holds; None when it is empty. "￥3,456.70", "3.4万", "１２３４" and "12元" are numbers.

    Raises NotANumber for everything that would have to be guessed, and for more than 10^11.
    """
    value = _parse(cell)
    if value is not None and abs(value) > LIMIT_YUAN:
        raise NotANumber(str(cell))
    return value


def _parse(cell: Any) -> Decimal | None:
    if isinstance(cell, bool):
        raise NotANumber(str(cell))
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        value = Decimal(repr(cell))
        if value.is_finite():
            return value
    elif isinstance(cell, str):
        return _parse_text(cell)
    raise NotANumber(str(cell))


def _parse_text(text: str) -> Decimal | None:
    if _PLAIN.match(text):
        return Decimal(text)
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return None
    plain = _CURRENCY.sub("", plain.replace("\u2212", "-").replace("，", ","))
    unit = _UNITS.get(plain[-1:])
    match = _NUMBER.match(plain[:-1] if unit else plain)
    if match is None or not (match[2] or match[3]):
        raise NotANumber(text)
    number = Decimal(f"{match[1]}{(match[2] or '0').replace(',', '')}{match[3] or ''}")
    return number * unit if unit else number


def to_fen(yuan: Decimal) -> int:
    """Rounded half up (away from zero), the product's one rounding."""
    return _round(yuan * 100)


def _round(fen: Decimal) -> int:
    return int(fen.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def parse_fen(cell: Any, *, unit: int = 100) -> int | None:
    """Fen of an amount in yuan; None when empty. Raises NotANumber, also for more than 10^11 yuan.

    `unit` is how many fen the whole number 1 stands for in a column headed 万元 (1,000,000), 千元 (100,000) or 分 (1).
    A text that says its own (3万, 12元) is taken at its word; ¥ tells the currency, not the size.
    """
    if unit == 100 or (isinstance(cell, str) and _SIZE.search(cell)):
        value = parse_number(cell)
        return None if value is None else to_fen(value)
    value = _parse(cell)
    if value is None:
        return None
    if abs(value) > LIMIT_YUAN * 100 / unit:
        raise NotANumber(str(cell))
    return _round(value * unit)


def parse_exact_fen(cell: Any) -> int | None:
    """As `parse_fen`, but what is typed by hand is never rounded behind somebody's back: raises TooFine."""
    fen = parse_fen(cell)
    if fen is not None and parse_number(cell) != yuan(fen):
        raise TooFine(str(cell))
    return fen


def parse_whole(cell: Any) -> tuple[int | None, bool]:
    """A whole number and whether a fraction was cut off. Raises NotANumber."""
    value = parse_number(cell)
    if value is None:
        return None, False
    whole = int(value.to_integral_value(rounding=ROUND_DOWN))
    return whole, whole != value


def yuan(fen: int) -> Decimal:
    """12345 → Decimal("123.45")."""
    return Decimal(fen) / 100


def show(fen: int | None) -> str:
    """¥3,456.70; an empty string for None."""
    return "" if fen is None else f"{'-' if fen < 0 else ''}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in parts proportional to `weights` (not negative, not all zero), summing to it exactly.

    Largest remainder (Hamilton's method); of equal remainders the earlier part gets the unit.
    """
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    left = abs(total) - sum(part for part, _rest in parts)
    order = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    more = set(order[:left])
    return [sign * (part + (i in more)) for i, (part, _rest) in enumerate(parts)]
