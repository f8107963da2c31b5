"""What a poster without a picture of its own stands on: three plain backgrounds, drawn."""

from functools import lru_cache
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from campaigns.choices import PosterStyle

WIDTH, HEIGHT = 1080, 1920


class Palette(NamedTuple):
    """Colours of what stands on a background."""

    title: str
    words: str
    name: str
    # Of the line below the QR code, which stands on white.
    hint: str


class Ground(NamedTuple):
    palette: Palette
    # From top to bottom.
    shades: tuple[str, ...]
    # (x, y, radius, colour, opacity in per cent, softness), in thousandths of the width.
    lights: tuple[tuple[int, int, int, str, int, int], ...]
    rings: tuple[tuple[int, int, int, str, int], ...] = ()
    line: str = ""


GROUNDS = {
    PosterStyle.WARM: Ground(
        Palette("#5b2413", "#8a4a31", "#5b2413", "#8a4a31"),
        ("#fff6ea", "#ffe2cc", "#ffc3a4", "#f79a7c"),
        (
            (880, 190, 300, "#ffd1a8", 80, 60), (60, 830, 260, "#ffffff", 55, 90), (1010, 1240, 340, "#ff8f73", 55, 110),
            (150, 1660, 330, "#f4714f", 45, 120),
        ),
        ((905, 165, 180, "#ffffff", 55), (905, 165, 250, "#ffffff", 30)),
    ),
    PosterStyle.COOL: Ground(
        Palette("#0b3b4a", "#245a68", "#0b3b4a", "#245a68"),
        ("#f2fbf8", "#d3f1ea", "#a3dcdc", "#63b3c6"),
        (
            (120, 160, 300, "#ffffff", 75, 80), (990, 560, 280, "#bdeedd", 75, 100), (40, 1280, 330, "#4fa9c2", 40, 120),
            (960, 1680, 360, "#2f86ab", 45, 130),
        ),
        ((110, 1030, 150, "#ffffff", 45), (110, 1030, 215, "#ffffff", 25)),
    ),
    PosterStyle.DARK: Ground(
        Palette("#f4dfb0", "#cdbd97", "#f4dfb0", "#5a4a26"),
        ("#1b1d29", "#20222f", "#191b26", "#0f1018"),
        ((870, 220, 330, "#3a3350", 75, 120), (90, 1180, 320, "#2b3a4d", 70, 130), (930, 1620, 300, "#4a3a1f", 60, 130)),
        ((860, 215, 200, "#d8b978", 30), (860, 215, 285, "#d8b978", 16)),
        line="#b8985a",
    ),
}  # fmt: skip


def palette_of(style: str) -> Palette:
    return _ground(style).palette


def draw(style: str) -> Any:
    """An RGB image of one's own."""
    return _drawn(style).copy()


def _ground(style: str) -> Ground:
    return GROUNDS.get(PosterStyle(style) if style in PosterStyle.values else PosterStyle.WARM, GROUNDS[PosterStyle.WARM])


@lru_cache(maxsize=3)
def _drawn(style: str) -> Any:
    ground = _ground(style)
    image = _shaded(ground.shades)
    for x, y, radius, colour, opacity, soft in ground.lights:
        _light(image, _disc(x, y, radius, opacity, soft), colour)
    for x, y, radius, colour, opacity in ground.rings:
        _light(image, _ring(x, y, radius, opacity), colour)
    if ground.line:
        _light(image, _frame(), ground.line)
    return image


def _shaded(shades: tuple[str, ...]) -> Any:
    """Smooth from one colour to the next."""
    column = Image.new("RGB", (1, len(shades)))
    for at, shade in enumerate(shades):
        column.putpixel((0, at), _rgb(shade))
    return column.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _light(image: Any, mask: Any, colour: str) -> None:
    image.paste(_rgb(colour), (0, 0), mask)


def _disc(x: int, y: int, radius: int, opacity: int, soft: int) -> Any:
    """Drawn at a quarter of the size: softness hides it and costs a sixteenth."""
    small = Image.new("L", (WIDTH // 4, HEIGHT // 4))
    scale = WIDTH / 4 / 1000
    ImageDraw.Draw(small).ellipse(
        [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale],
        fill=255 * opacity // 100,
    )
    return small.filter(ImageFilter.GaussianBlur(soft * scale)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _ring(x: int, y: int, radius: int, opacity: int) -> Any:
    """Twice as large and then made smaller: a smooth edge."""
    large = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    scale = WIDTH * 2 / 1000
    ImageDraw.Draw(large).ellipse(
        [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale],
        outline=255 * opacity // 100, width=5,
    )  # fmt: skip
    return large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _frame() -> Any:
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle([34, 34, WIDTH - 35, HEIGHT - 35], radius=26, outline=150, width=2)
    draw.rounded_rectangle([46, 46, WIDTH - 47, HEIGHT - 47], radius=18, outline=70, width=1)
    return mask


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
