"""Which encoding a text file is in, found by reading all of it once."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_HAN_UTF8 = re.compile(rb"[\xe3-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PLAUSIBLE = re.compile(r"[\t\r\n -~\u00a0-\u00ff\u2000-\u206f\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
# A "?" where a converter lost a character: at the start of a cell before a digit or a Chinese character, or right
# behind a long number. A question mark at the end of Chinese text is just a question.
_LOST = re.compile(r"\?(?:(?<=[,;\t|\"\n]\?)\??(?=[0-9\u3400-\u9fff])|(?<=[0-9]{7}\?)(?=[,;\t|\"\r\n]))")
_NEUTRALISED = re.compile(r"'(?=[=+\-@\t\r'])")

type Chunks = Callable[[], Iterator[bytes]]


@dataclass
class Text:
    """What one pass over the file found, `cut` short where there are more lines than asked for. `lost` counts characters that are gone: broken bytes, or "?" where a
    converter put one. `lines` is an upper bound. `neutral`, `guarded` and `pictures`: worth looking for in the cells."""

    encoding: str = "utf-8"
    errors: str = "strict"
    lost: int = 0
    lines: int = 1
    nul: bool = False
    neutral: bool = False
    guarded: bool = False
    pictures: bool = False
    longest: int = 0  # bytes without a line end, in whole chunks
    cut: bool = False


def examine(chunks: Chunks, most_lines: int | None = None) -> Text:
    """BOM, then UTF-16 by its NULs, then UTF-8, else GB18030. UTF-8 with a few broken bytes stays UTF-8."""
    head = next(chunks(), b"")
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _survey(chunks, name, "replace", most_lines)
    if wide := _utf16(head[:65536]):
        return _survey(chunks, wide, "replace", most_lines)
    try:
        return _survey(chunks, "utf-8", "strict", most_lines)
    except UnicodeDecodeError:
        pass
    han = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in chunks():
        han += len(_HAN_UTF8.findall(chunk))
        broken += decoder.decode(chunk).count("\ufffd")
        if broken > 1000 + han // 4:
            break
    broken += decoder.decode(b"", True).count("\ufffd")
    if han >= 4 * broken:
        return _survey(chunks, "utf-8", "replace", most_lines)
    try:
        return _survey(chunks, "gb18030", "strict", most_lines)
    except UnicodeDecodeError:
        return _survey(chunks, "gb18030", "replace", most_lines)


def _survey(chunks: Chunks, encoding: str, errors: str, most_lines: int | None) -> Text:
    found = Text(encoding, errors)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    guessed = suspicious = unbroken = 0
    for chunk in _ending(chunks()):
        text = decoder.decode(chunk, not chunk)
        found.lines += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        unbroken = 0 if b"\n" in chunk or b"\r" in chunk else unbroken + len(chunk)
        found.longest = max(found.longest, unbroken)
        found.nul = found.nul or "\0" in text
        if not found.neutral and "'" in text:
            found.neutral = _NEUTRALISED.search(text) is not None
        found.guarded = found.guarded or '="' in text
        found.pictures = found.pictures or "DISPIMG(" in text
        if errors == "replace":
            guessed += text.count("\ufffd")
        if "?" in text:
            suspicious += len(_LOST.findall(text))
        if most_lines is not None and found.lines > most_lines:
            found.cut = True
            break
    found.lost = guessed + (suspicious if suspicious > 1 else 0)
    return found


def _ending(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """With one empty chunk at the end, for the decoder's last word."""
    yield from chunks
    yield b""


def _utf16(head: bytes) -> str:
    """ "utf-16-le", "utf-16-be" or "": NULs nearly all on one side, and readable text once decoded."""
    sides = head[0::2].count(0), head[1::2].count(0)
    total = sum(sides)
    if total < 2 or total * 20 < len(head) // 2:
        return ""
    if total * 4 < len(head) // 2 and _is_utf8(head.replace(b"\0", b"")):
        return ""
    name, share = ("utf-16-le", sides[1]) if sides[1] > sides[0] else ("utf-16-be", sides[0])
    text = head[: len(head) & ~1].decode(name, "replace")
    plausible = len(_PLAUSIBLE.findall(text)) >= 0.9 * len(text)
    return name if share >= 0.9 * total and plausible and "\0" not in text else ""


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True
