"""From a cell to a value: text, phones, ids, gender, tags. Dates are in dates.py, amounts in kit.money."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from customers.choices import Gender
from customers.naming import is_blank
from scrm.kit import phones

_FORMAT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_JOINER = re.compile("(?<![\u2190-\U0010ffff])\u200d|\u200d(?![\u2190-\U0010ffff])")
_GAP = r"[\s\-\u2010-\u2015\u2212·.()]{0,3}"
_MOBILE = re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{_GAP})?(1{_GAP}[3-9](?:{_GAP}[0-9]){{9}})(?![0-9])")
_RUN = re.compile(r"[0-9]+")
_NO_DIGIT = re.compile(r"[^0-9]+")
_SCIENCE = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}\Z")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s\-\u2010-\u2015\u2212·.()]+(?=[0-9])")
_LANDLINE = re.compile(
    r"(?:(?:\+?86)?0|\+86-?)[1-9][0-9]{1,2}[-\s]?[2-9][0-9]{6,7}(?:[-转][0-9]{1,6})?\Z|[2-9][0-9]{6,7}\Z|[48]00[0-9]{7}\Z"
)
_ID_MAX = 190
_EXACT = 1e15
_NO_ID = frozenset(
    ["yes", "no", "ok", "y", "n", "none", "null", "nil", "true", "false", "same", "unknown", "unbound", "undefined", "empty", "nan", "wechat", "weixin", "wx", "vx", "qq", "tel", "phone", "mobile", "vip", "test"]
)
_FLOAT_ID = re.compile(r"([0-9]+)\.0+\Z")
_ID_CARD = re.compile(
    r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]\Z"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

MISSING, UNREADABLE, LANDLINE = "phone.missing", "phone.unreadable", "phone.landline"
TOO_SHORT, TOO_LONG, PRECISION = "phone.too_short", "phone.too_long", "phone.precision_lost"


def to_text(cell: Any) -> str:
    """A cell as a person reads it: whole floats without ".0", days in ISO, no NUL, trimmed."""
    if isinstance(cell, str):
        return (cell.replace("\x00", "") if "\x00" in cell else cell).strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e17 else repr(cell)
    if isinstance(cell, datetime):
        whole_day = cell.time() == time(0)
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def phones_in(cell: Any) -> tuple[list[str], str]:
    """Every mobile number in a cell, in order, and a code when there is none ("phone.missing", "phone.landline"…).

    A note beside the number is no hindrance: "13800001013(老公)" holds one. 10 or 12 digits hold none, and neither
    does "1.38E+10", whose digits are gone.
    """
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= 1e17:
            return [], UNREADABLE
        cell = str(int(cell))
    elif isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    elif not isinstance(cell, str):
        return [], MISSING if cell is None else UNREADABLE
    if not cell:
        return [], MISSING
    if phones.is_plain(cell):
        return [cell], ""
    text = _FORMAT.sub("", unicodedata.normalize("NFKC", cell)).replace("\u200d", "").strip()
    if is_blank(text):
        return [], MISSING
    if _SCIENCE.match(text.replace(" ", "")):
        return [], PRECISION
    found = [_NO_DIGIT.sub("", match) for match in _MOBILE.findall(text)]
    if not found:
        for run in _RUN.findall(_BETWEEN_DIGITS.sub("", text)):
            if plain := phones.normalise(run):
                found.append(plain)
            elif len(run) > 11 and len(run) % 11 == 0:
                parts = [run[i : i + 11] for i in range(0, len(run), 11)]
                found += parts if all(map(phones.is_plain, parts)) else []
    if found:
        return list(dict.fromkeys(found)), ""
    return [], _why_no_phone(text)


def _why_no_phone(text: str) -> str:
    squeezed = phones.squeeze(text)
    if _LANDLINE.match(text.replace("(", "").replace(")", "-").strip("-")) or _LANDLINE.match(squeezed):
        return LANDLINE
    if squeezed.isdigit() and squeezed.isascii():
        if 7 <= len(squeezed) < 11:
            return TOO_SHORT
        if len(squeezed) > 11:
            return TOO_LONG
    return UNREADABLE


def more_than_phones(cell: Any, found: int) -> bool:
    """Whether digits are left when `found` mobile numbers are taken out: a landline, an extension, a half number."""
    digits = sum(char.isdigit() for char in cell) if isinstance(cell, str) else 0
    return digits - 11 * found >= 5  # 0086 is no number of its own


def beside_phone(cell: Any) -> bool:
    """Whether the cell says more than numbers ("(老公)"), so that its text is worth keeping."""
    return isinstance(cell, str) and any(
        unicodedata.category(char)[0] == "L" for char in unicodedata.normalize("NFKC", cell)
    )


_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_NUMBERS = re.compile(
    r"(?:(?:手机|电话|联系方式|tel|mobile)[号码:： ]*)?[+＋]?[0-9０-９][0-9０-９\s\-—.]*", re.I
)


def name_beside_phone(cell: Any) -> str:
    """The name in a cell that holds both: "张三 13800001001". What stands in brackets is a note, not a name."""
    if not isinstance(cell, str):
        return ""
    name = _NUMBERS.sub(" ", _BRACKETS.sub(" ", cell)).strip(" \t\r\n,，、;；:：/|-—_")
    return name if len(name) <= 30 and any(char.isalpha() for char in name) else ""


def identity_text(cell: Any) -> str:
    """An id as the base keeps it: NFKC, without format characters and white space; "17850.0" loses its ".0".

    A zero-width joiner inside an emoji stays, since it is part of the letter. "6.22E+15" and numbers of more than 15
    digits, of which a spreadsheet has lost the last ones, are no ids: they would make one person of many.
    """
    text = to_text(cell)
    if not text or (isinstance(cell, float) and abs(cell) >= _EXACT):
        return ""
    if text.isascii() and text.isalnum() and len(text) <= _ID_MAX:
        return "" if text in ("0", "NULL", "null") else text
    text = _JOINER.sub("", _FORMAT.sub("", unicodedata.normalize("NFKC", text)))
    # Once more, since marks that stood apart may join now.
    text = unicodedata.normalize("NFKC", "".join(text.split()))
    if match := _FLOAT_ID.match(text):
        text = match[1]
    if _SCIENCE.match(text):
        return ""
    return "" if text == "0" or is_blank(text) or len(text) > _ID_MAX else text


def is_wechat_id(value: str) -> bool:
    """No Chinese characters: "同手机号" in that column is a remark, and would make one person of many; so would "yes"."""
    return 2 <= len(value) <= 64 and not _HAN.search(value) and value.lower() not in _NO_ID


def is_number(value: str) -> bool:
    """A card or member number has a digit that says something: 银卡, 无卡, 普通 and 0000 are words for many people."""
    return any(char.isdigit() for char in value) and bool(value.strip("0-"))


def is_machine_id(value: str) -> bool:
    """What a platform gave out: unionid, openid, external_userid. 未绑定 and "none" are not."""
    return value.isascii() and value.lower() not in _NO_ID


def is_id_card(text: str) -> bool:
    """An 18-digit resident id number: never kept unless a sheet's owner asks for it."""
    return len(text) == 18 and bool(_ID_CARD.match(text))


_GENDERS = {
    **dict.fromkeys(("男", "m", "male", "先生", "1", "男性", "男士", "man", "boy"), Gender.MALE),
    **dict.fromkeys(
        ("女", "f", "female", "女士", "2", "女性", "小姐", "太太", "woman", "girl"), Gender.FEMALE
    ),
    **dict.fromkeys(
        ("", "0", "未知", "保密", "不详", "其他", "unknown", "未填", "未填写", "无"), Gender.UNKNOWN
    ),
}


_ID_CARD_WITHIN = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"(?![0-9A-Za-z])"
)


_UNITS = {"万元": 1_000_000, "万": 1_000_000, "千元": 100_000, "千": 100_000, "元": 100, "分": 1}
_UNIT_OF = re.compile(r"[(\[/](?:单位:?)?(万元|万|千元|千|元|分)[)\]]?\Z")


def unit_of(header: str) -> int:
    """How many fen a 1 below this header is: 累计消费（万元） 1,000,000, (分) 1, without a unit 100."""
    found = _UNIT_OF.search("".join(unicodedata.normalize("NFKC", header).split()))
    return _UNITS[found[1]] if found else 100


def without_id_cards(text: str) -> str:
    """The text with resident id numbers in it blotted out; nobody asked for them."""
    return _ID_CARD_WITHIN.sub("******", text) if len(text) >= 18 else text


def parse_gender(text: str) -> Gender | None:
    """None for a word that is no gender."""
    found = _GENDERS.get(text)
    if found is None:
        found = _GENDERS.get(unicodedata.normalize("NFKC", text).strip().lower())
    return Gender.UNKNOWN if found is None and is_blank(text) else found


def _without_wrapping(tag: str) -> str:
    """["VIP","宝妈"] and [VIP],[老客] are what programs write: VIP, 宝妈, 老客."""
    if tag[0] not in "[\"'“‘" and tag[-1] not in "]\"'”’":
        return tag
    return tag.strip("[] \"'“”‘’") or tag


_HARD = re.compile(r"[、,;|\n\r\t]+")
_TAG_MAX = 30


def split_tags(text: str) -> tuple[list[str], bool]:
    """The tags of a cell, and whether it is no list but prose (then the list is empty).

    / separates only where every part is short and none is a bare number ("7/8折" is one tag).
    """
    if not text or is_blank(text):
        return [], False
    if text.isalnum() and len(text) <= _TAG_MAX:
        return [text], False
    text = _FORMAT.sub("", text)
    normal = text.replace("，", ",").replace("；", ";").replace("｜", "|").replace("／", "/")
    tags: list[str] = []
    for part in _HARD.split(normal):
        pieces = [piece.strip() for piece in part.split("/")]
        if len(pieces) > 1 and all(0 < len(piece) <= 12 and not piece.isdigit() for piece in pieces):
            tags += pieces
        elif part.strip():
            tags.append(part.strip())
    tags = [tag for tag in dict.fromkeys(_without_wrapping(tag) for tag in tags) if not is_blank(tag)]
    if any(len(tag) > _TAG_MAX or "。" in tag for tag in tags):
        return [], True
    return tags, False
