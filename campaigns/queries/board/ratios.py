"""Per cent and averages, rounded half up; blank or None where there is nothing to divide by."""

from decimal import ROUND_HALF_UP, Decimal

TENTH, WHOLE = Decimal("0.1"), Decimal(1)


def percent(part: int, of: int, *, signed: bool = False) -> str:
    """"12%", "0.4%": one decimal below ten."""
    if not of:
        return ""
    exact = Decimal(100 * part) / of
    value = exact.quantize(TENTH if abs(exact) < 10 else WHOLE, ROUND_HALF_UP)
    if value == value.to_integral_value():
        value = value.quantize(WHOLE)
    return f"{value:+f}%" if signed and value else f"{value:f}%"


def each(total: int, count: int) -> int | None:
    return rounded(Decimal(total) / count) if count else None


def rounded(value: Decimal) -> int:
    return int(value.quantize(WHOLE, ROUND_HALF_UP))


def change(now: int, then: int | None) -> str:
    """"+20%"; blank where there is nothing to hold it against."""
    return percent(now - then, then, signed=True) if then and then > 0 else ""
