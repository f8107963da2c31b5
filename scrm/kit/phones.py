"""Mobile numbers of mainland China, as people write them. Policy: the product's import policy (customers)."""

import re
import unicodedata

MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN = re.compile(r"1[3-9][0-9]{9}\Z")
# Format and control characters (bidi marks around numbers pasted from WeChat), all white space, dashes, brackets.
_NOISE = re.compile(
    r"[\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    r"\-\u2010-\u2015\u2212\u30fb()\[\]{}<>《》【】「」'\"`.·]"
)
_PREFIX = re.compile(r"\A(?:\+|00)?86(?=1[3-9][0-9]{9}\Z)")


def is_plain(text: str) -> bool:
    """Exactly the 11 digits of a mobile number, nothing around."""
    return _PLAIN.match(text) is not None


def squeeze(text: str) -> str:
    """NFKC, without format characters, white space, dashes, dots, brackets and quotes."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def normalise(text: str) -> str | None:
    """The 11 digits of one mobile number, or None. "+86 138-0000 1005" → "13800001005"."""
    if _PLAIN.match(text):
        return text
    plain = _PREFIX.sub("", squeeze(text))
    return plain if _PLAIN.match(plain) else None


def mask(phone: str) -> str:
    """138****0021; shorter or foreign numbers keep only their last two characters."""
    if len(phone) == 11:
        return f"{phone[:3]}****{phone[7:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


_DIGIT = r"[0-9\uff10-\uff19]"
_GAP = r"[\s\u00ad\u200b-\u200f\u2060\ufeff\-\u2010-\u2015\u2212._·()\uff08\uff09\uff0d]{0,3}"
_IN_TEXT = re.compile(
    rf"(?<!{_DIGIT})((?:(?:\+|00|\uff0b)?(?:86|８６){_GAP})?)"
    rf"([1\uff11]{_GAP}[3-9\uff13-\uff19](?:{_GAP}{_DIGIT}){{9}})(?!{_DIGIT})"
)


def mask_in_text(text: str) -> str:
    """Every mobile number inside free text as 138****0021, also written with gaps, +86 or full-width digits.

    A longer run of digits (an order number, an identity card) is not a phone and stays."""
    return _IN_TEXT.sub(lambda hit: hit[1] + mask(_digits(hit[2])), text)


def _digits(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit())
