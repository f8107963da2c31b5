"""Dates as sheets hold them. Policy: the product's import policy (docs/import.md), a rule a line below.

A problem is a code; the caller leaves the field empty and warns. Nothing is guessed: 03/04/2020 is a problem.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from customers.birthdays import LUNAR_DAYS, Birthday
from customers.naming import is_blank

UNREADABLE, AMBIGUOUS, IMPOSSIBLE = "date.unreadable", "date.ambiguous", "date.impossible"
NO_YEAR, NO_DAY, OUT_OF_RANGE, LUNAR_HERE = "date.no_year", "date.no_day", "date.out_of_range", "date.lunar"

_EPOCH = date(1899, 12, 30)
_LAST_SERIAL = 2_958_465  # 9999-12-31
_DAYS_1904 = 1462
_EARLIEST = date(1900, 1, 1)

_SEP = r"\s*[-/.年月\s]\s*"
_YMD = re.compile(rf"([0-9]{{4}}){_SEP}([0-9]{{1,2}}){_SEP}([0-9]{{1,2}})(?:\s*[日号])?(.*)\Z", re.S)
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})\Z")
_YM = re.compile(r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}月?\Z")
_SHORT = re.compile(
    rf"([0-9]{{1,2}}){_SEP}([0-9]{{1,2}}){_SEP}([0-9]{{4}}|[0-9]{{2}}|[0-9])[日号]?(.*)\Z", re.S
)
_MD = re.compile(r"([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?\Z")
_TIME = r"(?:上午|下午|晚上|早上|中午)?[0-9]{1,2}(?:[:时点][0-9]{0,2}(?:[:分][0-9]{0,2}秒?)?(?:\.[0-9]+)?)"
_REST = re.compile(
    rf"[\sT,]*(?:[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*)?[\sT,]*"
    rf"(?:{_TIME}\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?\s*\Z"
)
_MONTHS = {
    m: i
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_ENGLISH = re.compile(
    r"(?:([0-9]{1,2})[\s-]+([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?[\s-]+([0-9]{1,2})(?:st|nd|rd|th)?)[\s,-]+([0-9]{4}|[0-9]{2})(.*)\Z",
    re.S,
)
_LUNAR_WORD = re.compile(r"[(]?(?:农历|阴历|旧历|农|阴)[)]?(?:\s*:)?")
_SOLAR_WORD = re.compile(r"[(]?(?:公历|阳历|新历|国历)[)]?(?:\s*:)?")
_HAN_MONTH = {
    **{m: i for i, m in enumerate("一二三四五六七八九", 1)},
    "正": 1, "十": 10, "十一": 11, "十二": 12, "冬": 11, "腊": 12, "臘": 12, "元": 1,
}  # fmt: skip
_HAN_DAY = {
    **{word: i for i, word in enumerate(LUNAR_DAYS, 1)},
    **{w: i for i, w in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十"], 1)},
    **{f"二十{w}": 20 + i for i, w in enumerate("一二三四五六七八九", 1)},
    **{f"卄{w}": 20 + i for i, w in enumerate("一二三四五六七八九", 1)},
    **{f"廿{w}": 20 + i for i, w in enumerate("一二三四五六七八九", 1)},
    "廿": 20, "三十": 30, "卅": 30, "三十一": 31, "卅一": 31,
}  # fmt: skip
# Chinese numerals in the month, the day or both; 8月15日 is not among them.
_HAN = re.compile(
    r"(?:([0-9]{4}|[〇零一二三四五六七八九]{4})年?|([0-9]{2}|[〇零一二三四五六七八九]{2})年)?\s*(闰)?(?![0-9]+\s*月\s*[0-9])"
    r"([正元一二三四五六七八九十冬腊臘]{1,2}|[0-9]{1,2})\s*月\s*(初?[一二三四五六七八九十廿卄卅]{1,3}|[0-9]{1,2})\s*([日号]?)\Z"
)
_HAN_YEAR = str.maketrans("〇零一二三四五六七八九", "00123456789")


class NotADate(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_birthday(
    cell: Any, *, today: date, lunar: bool = False, since_1904: bool = False
) -> Birthday | None:
    """A birthday with or without year, solar or lunar; None when empty. Raises NotADate(code).

    `lunar` says that the column itself is one of lunar birthdays, `since_1904` that the workbook counts its days
    from 1904. Before 1900 or after today is out of range.
    """
    found = _parse(cell, today, lunar, since_1904)
    if found is None:
        return None
    if found.year is not None:
        if found.lunar:
            if not 1900 <= found.year <= today.year:
                raise NotADate(OUT_OF_RANGE)
        elif not _EARLIEST <= date(found.year, found.month, found.day) <= today:
            raise NotADate(OUT_OF_RANGE)
    return found


def parse_day(cell: Any, *, today: date, since_1904: bool = False) -> date | None:
    """A full solar day up to today; None when empty. Raises NotADate(code)."""
    found = _parse(cell, today, False, since_1904)
    if found is None:
        return None
    if found.lunar:
        raise NotADate(LUNAR_HERE)
    if found.year is None:
        raise NotADate(NO_YEAR)
    day = date(found.year, found.month, found.day)
    if not _EARLIEST <= day <= today:
        raise NotADate(OUT_OF_RANGE)
    return day


def _parse(cell: Any, today: date, lunar: bool, since_1904: bool) -> Birthday | None:
    if isinstance(cell, str):
        return _from_text(cell, today, lunar, since_1904)
    if isinstance(cell, datetime | date):
        return _made(cell.year, cell.month, cell.day, lunar)
    if isinstance(cell, bool | time | timedelta):
        # Excel's day 0 is read as midnight.
        raise NotADate(IMPOSSIBLE)
    if isinstance(cell, int | float):
        return _from_number(cell, today, lunar, since_1904)
    if cell is None:
        return None
    raise NotADate(UNREADABLE)


def _from_number(number: float, today: date, lunar: bool, since_1904: bool) -> Birthday | None:
    if number != number or number in (float("inf"), float("-inf")):
        raise NotADate(UNREADABLE)
    if number == 0:
        return None
    whole = int(number)
    if whole == number and 10_000_000 <= whole <= 99_991_231:
        return _from_text(str(whole), today, lunar, since_1904)
    if 1900 <= whole <= today.year and whole == number:
        raise NotADate(NO_DAY)  # 1990 is a year, not the 1905 that it would be as a serial
    if whole != number and 0 <= whole <= 12 and number > 0:
        return _from_month_and_day(number, lunar)
    day = whole + _DAYS_1904 if since_1904 else whole
    if whole == number and 100_000 <= whole <= 999_999 and day > (today - _EPOCH).days:
        return _from_text(str(whole), today, lunar, since_1904)  # 900501, which is no day of any time to come
    return _from_serial(whole, lunar, since_1904)


def _from_month_and_day(number: float, lunar: bool) -> Birthday:
    """8.15 typed into a cell is the fifteenth of August; of 5.1 nobody knows whether it was 5.10."""
    month, _dot, day = repr(number).partition(".")
    if len(day) == 1 and month != "0":
        raise NotADate(AMBIGUOUS)
    if len(day) != 2:
        raise NotADate(UNREADABLE)
    return _made(None, int(month), int(day), lunar)


def _from_serial(serial: int, lunar: bool, since_1904: bool) -> Birthday:
    """Excel's 1900 system. It believes in 1900-02-29 (serial 60): days before it are one later than they look.
    Its system of 1904 does not, since all its days are later."""
    if since_1904 and serial >= 1:
        serial += _DAYS_1904
    if not 1 <= serial <= _LAST_SERIAL or serial == 60:
        raise NotADate(OUT_OF_RANGE if serial != 60 else IMPOSSIBLE)
    day = _EPOCH + timedelta(days=serial if serial > 60 else serial + 1)
    return _made(day.year, day.month, day.day, lunar)


@lru_cache(maxsize=8192)
def _from_text(raw: str, today: date, lunar: bool, since_1904: bool) -> Birthday | None:
    if match := _ISO.match(raw):
        return _made(int(match[1]), int(match[2]), int(match[3]), lunar)
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text or text in ("0", "0.0") or is_blank(text):
        return None
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    if _LUNAR_WORD.search(text):
        text, lunar = _LUNAR_WORD.sub("", text).strip(), True
    elif _SOLAR_WORD.search(text):
        text, lunar = _SOLAR_WORD.sub("", text).strip(), False
    if match := _YMD.match(text):
        _check_rest(match[4])
        return _made(int(match[1]), int(match[2]), int(match[3]), lunar)
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return _from_digits(text, today, lunar, since_1904)
    if match := _HAN.match(text):
        return _from_han(match, today, lunar)
    if _YM.match(text):
        raise NotADate(NO_DAY)
    if match := _MD.match(text):
        return _made(None, int(match[1]), int(match[2]), lunar)
    if match := _SHORT.match(text):
        _check_rest(match[4])
        return _from_short(match, today, lunar)
    if match := _ENGLISH.match(text):
        _check_rest(match[6])
        month = _MONTHS.get((match[2] or match[3])[:3].lower())
        if month is None:
            raise NotADate(UNREADABLE)
        return _made(_full_year(match[5], today), month, int(match[1] or match[4]), lunar)
    raise NotADate(UNREADABLE)


def _from_digits(text: str, today: date, lunar: bool, since_1904: bool) -> Birthday | None:
    """19900501 · five digits are a serial · 900501 · years and year-months are no day."""
    whole = text.split(".", maxsplit=1)[0]
    if len(whole) == 8:
        return _made(int(whole[:4]), int(whole[4:6]), int(whole[6:]), lunar)
    if len(whole) == 5:
        return _from_serial(int(whole), False, since_1904)
    if "." in text:
        if match := _MD.match(text):
            return _made(None, int(match[1]), int(match[2]), lunar)
        raise NotADate(NO_DAY if _YM.match(text) else UNREADABLE)
    if len(whole) == 4 and 1900 <= int(whole) <= today.year:
        raise NotADate(NO_DAY)
    if len(whole) == 6 and whole[:2] not in ("19", "20"):
        return _made(_full_year(whole[:2], today), int(whole[2:4]), int(whole[4:]), lunar)
    if len(whole) == 6:
        raise NotADate(NO_DAY)
    if len(whole) == 7:
        raise NotADate(UNREADABLE)
    raise NotADate(OUT_OF_RANGE if len(whole) > 6 else UNREADABLE)


def _from_short(match: re.Match[str], today: date, lunar: bool) -> Birthday:
    """90/5/1 is year first; 25/1/1990 and 1/25/1990 tell day from month; 3/4/1990 does not."""
    first, middle, last = match[1], int(match[2]), match[3]
    if len(last) != 4 and len(first) == 2 and middle <= 12 and 0 < int(last) <= 31:
        return _made(_full_year(first, today), middle, int(last), lunar)
    if len(last) < 2:
        raise NotADate(IMPOSSIBLE)
    year, one = _full_year(last, today), int(first)
    if one > 12 >= middle:
        return _made(year, middle, one, lunar)
    if middle > 12 >= one or one == middle:
        return _made(year, one, middle, lunar)
    raise NotADate(AMBIGUOUS if one <= 12 and middle <= 12 else IMPOSSIBLE)


def _from_han(match: re.Match[str], today: date, lunar: bool) -> Birthday:
    """八月十五 is said of the lunar calendar; 五月一日 and a leap-free 2月 with 日 are solar. 8月初六 is lunar, too; of
    八月15 nobody knows unless it is told."""
    months, days = match[4], match[5]
    month = int(months) if months.isdigit() else _HAN_MONTH.get(months)
    day = int(days) if days.isdigit() else _HAN_DAY.get(days)
    if month is None or day is None:
        raise NotADate(UNREADABLE)
    said = bool(match[3]) or months in "正冬腊臘" or days[0] in "初廿卄"
    mixed = months.isdigit() or days.isdigit()
    if mixed and not (lunar or said):
        raise NotADate(UNREADABLE)
    if match[2]:
        year: int | None = _full_year(match[2].translate(_HAN_YEAR), today)
    else:
        year = int(match[1].translate(_HAN_YEAR)) if match[1] else None
    return _made(year, month, day, lunar or said or not match[6])


def _full_year(digits: str, today: date) -> int:
    """Two digits up to this year's are 20xx, others 19xx."""
    if len(digits) == 4:
        return int(digits)
    return 2000 + int(digits) if int(digits) <= today.year % 100 else 1900 + int(digits)


def _check_rest(rest: str) -> None:
    if rest and not _REST.match(rest):
        raise NotADate(UNREADABLE)


def _made(year: int | None, month: int, day: int, lunar: bool) -> Birthday:
    if lunar:
        if not (1 <= month <= 12 and 1 <= day <= 30):
            raise NotADate(IMPOSSIBLE)
        return Birthday(year, month, day, True)
    try:
        date(year if year is not None else 2000, month, day)
    except ValueError:
        raise NotADate(IMPOSSIBLE) from None
    return Birthday(year, month, day, False)
