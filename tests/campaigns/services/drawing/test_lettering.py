"""Texts are broken as Chinese is, shrink until they fit, and lose nothing but decoration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.services.drawing import faces, lettering
from scrm.kit.errors import Refused


def put_together(block):
    return "".join(block.lines).replace(" ", "")


def fit(text, **how):
    return lettering.fit(text, **{"width": 600, "height": 240, "size": 80, **how})


def test_what_fits_stays_as_large_as_it_may():
    assert fit("立冬焕肤") == lettering.Block(("立冬焕肤",), 80)


def test_two_lines_of_equal_length():
    """Seven characters have room on a line; eight are four and four, not seven and one."""
    assert fit("立冬焕肤体验日到").lines == ("立冬焕肤", "体验日到")


def test_no_line_begins_with_what_closes_or_ends_with_what_opens():
    block = fit("一二三四五六七，八九十“一二三”四五六。", width=560, height=400)
    assert put_together(block) == "一二三四五六七，八九十“一二三”四五六。"
    assert [line for line in block.lines if line[0] in "，。”" or line[-1] in "“"] == []


def test_words_and_numbers_are_not_broken():
    block = fit("满 1,299.50 元送 SPA day 体验", width=420, height=400)
    assert {"1,299.50", "SPA", "day"} <= {word for line in block.lines for word in line.split()}


def test_a_name_rather_shrinks_a_little_than_breaks():
    name = "欧阳娜娜·诺明格玛"
    on_one, free = fit(name, on_one_line=True), fit(name)
    assert (len(on_one.lines), len(free.lines)) == (1, 2)
    assert 80 * lettering.ONE_LINE <= on_one.size < 80


def test_a_word_longer_than_the_place_is_broken_rather_than_lost():
    block = fit("A" * 60, width=300, height=200, size=40)
    assert "".join(block.lines) == "A" * 60
    assert max(lettering.length(line, block.size) for line in block.lines) <= 300


def test_what_fits_nowhere_is_refused_and_never_cut():
    with pytest.raises(Refused) as no:
        fit("很" * 400, width=120, height=60)
    assert no.value.code == "poster.too_long"


@given(st.text(alphabet="一二三四五六七八九十，。（）“”ab1 ¥%", min_size=1, max_size=80))
def test_any_text_is_all_there_and_inside(text):
    line = lettering.readable(text)
    block = lettering.fit(line, width=420, height=700, size=64) if line else lettering.Block((), 64)
    assert put_together(block) == line.replace(" ", "")
    assert all(lettering.length(one, block.size) <= 420 for one in block.lines)
    assert block.height <= 700


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("小许🌸", "小许"),
        ("🌸🌸", ""),
        ("  小  许\n店长 ", "小 许 店长"),
        ("许静👩‍💼 VIP", "许静 VIP"),
        ("1️⃣号店", "1号店"),
        ("\u202e小许\x07", "小许"),
        ("😀\ufe0f", ""),
    ],
)
def test_decoration_is_left_out(monkeypatch, said, drawn):
    monkeypatch.setattr(faces, "_others", lambda: ())
    assert lettering.readable(said) == drawn


def test_a_letter_that_no_font_has_is_kept_and_told(monkeypatch):
    monkeypatch.setattr(faces, "_others", lambda: ())
    assert lettering.readable("\U0002a6d6小许") == "\U0002a6d6小许"
    assert lettering.unknown("\U0002a6d6小许\U0002a6d6🌸") == ["\U0002a6d6"]
