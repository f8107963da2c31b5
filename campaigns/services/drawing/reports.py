"""战报图: a campaign's board as one picture for the staff's group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from campaigns.services.drawing import lettering

WIDTH, EDGE = 1080, 64
INNER = WIDTH - 2 * EDGE
PAPER, CARD = "#eef4ff", "#ffffff"
INK, SOFT, ACCENT, TRACK = "#0f1f3d", "#64748b", "#2563eb", "#e2ecfd"
TONES = {"good": "#15803d", "bad": "#b91c1c", "": INK}
MEDALS = ("#f59e0b", "#94a3b8", "#b45309")
TOP = 5


@dataclass(frozen=True)
class Bar:
    """`wide` per cent of the widest, None for nothing at all; `beside` stands small after the figure."""

    label: str
    figure: str
    wide: int | None
    beside: str = ""


@dataclass(frozen=True)
class Report:
    """All as it is to be read; `tone` is "good", "bad" or ""."""

    title: str
    under: str
    sentence: str
    tone: str
    tiles: Sequence[tuple[str, str]]
    steps_title: str
    steps: Sequence[Bar]
    people_title: str
    people: Sequence[Bar]
    foot: str


def draw(report: Report) -> bytes:
    """A PNG, as tall as it has to be."""
    image = Image.new("RGB", (WIDTH, 4_000), PAPER)
    pen = Pen(ImageDraw.Draw(image))
    pen.head(report)
    pen.tiles(report.tiles)
    pen.bars(report.steps_title, report.steps)
    if report.people:
        pen.bars(report.people_title, report.people[:TOP], medals=True)
    pen.line(report.foot, size=26, colour=SOFT)
    image = image.crop((0, 0, WIDTH, pen.at + EDGE))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class Pen:
    """Writes from the top downwards; `at` is how far it has come."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.at = draw, EDGE

    def line(self, text: str, *, size: int, colour: str, bold: bool = False, lines: int = 3) -> None:
        block = lettering.fit(
            lettering.readable(text), width=INNER, height=round(size * lettering.LEADING * lines) + 2, size=size, bold=bold
        )
        for one in block.lines:
            lettering.write(self.draw, one, left=EDGE, top=self.at, size=block.size, colour=colour, bold=bold)
            self.at += round(block.size * lettering.LEADING)

    def head(self, report: Report) -> None:
        self.line(report.title, size=56, colour=INK, bold=True)
        self.at += 6
        self.line(report.under, size=28, colour=SOFT)
        self.at += 26
        self.draw.rectangle([EDGE, self.at + 8, EDGE + 10, self.at + 62], fill=TONES[report.tone])
        self._beside(report.sentence, EDGE + 30, size=48, colour=TONES[report.tone])
        self.at += 26

    def _beside(self, text: str, left: int, *, size: int, colour: str) -> None:
        block = lettering.fit(lettering.readable(text), width=WIDTH - EDGE - left, height=size * 3, size=size, bold=True)
        for one in block.lines:
            lettering.write(self.draw, one, left=left, top=self.at, size=block.size, colour=colour, bold=True)
            self.at += round(block.size * lettering.LEADING)

    def tiles(self, tiles: Sequence[tuple[str, str]]) -> None:
        gap = 20
        wide = (INNER - gap) // 2
        for number, (label, figure) in enumerate(tiles):
            left = EDGE + (number % 2) * (wide + gap)
            top = self.at + (number // 2) * (140 + gap)
            self.draw.rounded_rectangle([left, top, left + wide, top + 140], radius=16, fill=CARD)
            lettering.write(self.draw, label, left=left + 26, top=top + 20, size=26, colour=SOFT)
            block = lettering.fit(figure, width=wide - 52, height=70, size=46, bold=True, on_one_line=True)
            lettering.write(self.draw, block.lines[0], left=left + 26, top=top + 62, size=block.size, colour=INK, bold=True)
        self.at += -(-len(tiles) // 2) * (140 + gap) + 16

    def bars(self, title: str, bars: Sequence[Bar], *, medals: bool = False) -> None:
        each = 64
        height = 92 + each * len(bars)
        self.draw.rounded_rectangle([EDGE, self.at, WIDTH - EDGE, self.at + height], radius=16, fill=CARD)
        lettering.write(self.draw, title, left=EDGE + 26, top=self.at + 22, size=30, colour=INK, bold=True)
        top = self.at + 78
        room = 90 if any(bar.beside for bar in bars) else 0
        for number, bar in enumerate(bars):
            self._bar(bar, top, room, MEDALS[number] if medals and number < len(MEDALS) else "")
            top += each
        self.at += height + 24

    def _bar(self, bar: Bar, top: int, room: int, medal: str) -> None:
        left, track, right = EDGE + 26, EDGE + 250, WIDTH - EDGE - 26
        end = right - 190 - room
        if medal:
            self.draw.ellipse([left, top + 12, left + 24, top + 36], fill=medal)
        start = left + (36 if medal else 0)
        name = lettering.fit(lettering.readable(bar.label) or "–", width=track - start - 16, height=44, size=28)
        lettering.write(self.draw, name.lines[0], left=start, top=top + 6, size=name.size, colour=INK)
        self.draw.rounded_rectangle([track, top + 12, end, top + 36], radius=8, fill=TRACK)
        if bar.wide is not None:
            reach = max(track + round((end - track) * bar.wide / 100), track + 8)
            self.draw.rounded_rectangle([track, top + 12, reach, top + 36], radius=8 if reach - track > 16 else 2, fill=ACCENT)
        beside = lettering.length(bar.beside, 24) if bar.beside else 0
        if bar.beside:
            lettering.write(self.draw, bar.beside, left=right - beside, top=top + 9, size=24, colour=SOFT)
        figure = lettering.fit(bar.figure, width=176, height=44, size=30, bold=True, on_one_line=True)
        place = right - room - lettering.length(figure.lines[0], figure.size, bold=True)
        lettering.write(self.draw, figure.lines[0], left=place, top=top + 5, size=figure.size, colour=INK, bold=True)


