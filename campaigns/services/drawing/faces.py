"""Which font draws a sign: the one shipped, else one of the machine's, else none."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

FOLDER = Path(__file__).resolve().parents[2] / "fonts"
# A code point that is nobody's: what a font draws for it, it draws for whatever it does not have.
NOBODY = "\U0010fffe"
PROBE = 24
# Where systems keep fonts with rare Chinese characters, and what these are called. The first that has a sign draws it.
PLACES = (
    "/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
OTHERS = (
    "NotoSansCJK*.ttc", "NotoSansCJKsc*.otf", "NotoSansSC*.otf", "SourceHanSans*.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "DroidSansFallback*.ttf", "PingFang.ttc", "msyh.ttc", "simsun.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf",
)  # fmt: skip


class Face(NamedTuple):
    path: Path
    # Of a collection.
    number: int = 0

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _opened(self, size)

    def has(self, sign: str) -> bool:
        return _has(self, sign)


REGULAR = Face(FOLDER / "scrm-sans-regular.otf")
BOLD = Face(FOLDER / "scrm-sans-bold.otf")


def of(sign: str, *, bold: bool = False) -> Face | None:
    """None for what no font here can draw."""
    shipped = (BOLD, REGULAR) if bold else (REGULAR, BOLD)
    return next((face for face in (*shipped, *_others()) if face.has(sign)), None)


@lru_cache(maxsize=64)
def _opened(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, index=face.number, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _has(face: Face, sign: str) -> bool:
    drawn, nobody = _look(face, sign), _look(face, NOBODY)
    return drawn != nobody


def _look(face: Face, sign: str) -> tuple[tuple[int, int], bytes]:
    mask = face.at(PROBE).getmask(sign)
    return mask.size, bytes(mask)


@lru_cache(maxsize=1)
def _others() -> tuple[Face, ...]:
    """Asked for once, and only where a sign is missing."""
    found = [
        path
        for name in OTHERS
        for place in PLACES
        if Path(place).is_dir()
        for path in sorted(Path(place).rglob(name))
    ]
    return tuple(Face(path, _simplified(path)) for path in found if _opens(path))


def _opens(path: Path) -> bool:
    try:
        _opened(Face(path), PROBE)
    except OSError:
        return False
    return True


def _simplified(path: Path) -> int:
    """Of a collection, the one for simplified Chinese: their shapes differ."""
    for number in range(10 if path.suffix == ".ttc" else 0):
        try:
            name = _opened(Face(path, number), PROBE).getname()[0] or ""
        except OSError:
            break
        if name.endswith(" SC"):
            return number
    return 0
