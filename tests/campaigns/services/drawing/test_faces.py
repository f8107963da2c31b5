"""The font that is shipped has what Chinese names and sentences need, so that a server without fonts draws them."""

import pytest

from campaigns.services.drawing import faces

MOST_BYTES = 5_000_000


def gb2312() -> list[str]:
    found = []
    for first in range(0xA1, 0xFF):
        for second in range(0xA1, 0xFF):
            try:
                found.append(bytes([first, second]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


@pytest.mark.parametrize("face", [faces.REGULAR, faces.BOLD], ids=["regular", "bold"])
def test_every_character_of_gb2312(face):
    signs = gb2312()
    assert len(signs) == 7_445
    assert [sign for sign in signs if sign.strip() and not face.has(sign)] == []


@pytest.mark.parametrize("sign", "喆玥璟昇堃淼翀頔玟垚煊彧")
def test_names_beyond_it(sign):
    assert faces.REGULAR.has(sign)


@pytest.mark.parametrize("sign", "aZ09¥￥%+–—…“”‘’、。《》·é①→♥")
def test_signs_of_every_day(sign):
    assert faces.REGULAR.has(sign)


def test_what_it_lacks_is_known(monkeypatch):
    monkeypatch.setattr(faces, "_others", lambda: ())
    assert [faces.of(sign) for sign in ("\U0002a6d6", "🌸", "ก")] == [None] * 3
    assert faces.of("许") == faces.REGULAR
    assert faces.of("许", bold=True) == faces.BOLD


def test_a_font_of_the_machine_helps_out(monkeypatch):
    class Helper(faces.Face):
        def has(self, sign):
            return sign == "ก"

    helper = Helper(faces.REGULAR.path)
    monkeypatch.setattr(faces, "_others", lambda: (helper,))
    assert (faces.of("ก"), faces.of("ข")) == (helper, None)


def test_they_are_small_and_free():
    sizes = [path.stat().st_size for path in faces.FOLDER.iterdir()]
    assert sum(sizes) < MOST_BYTES
    licence = (faces.FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert {path.name for path in faces.FOLDER.iterdir()} == {
        "OFL.txt", "README.md", "scrm-sans-bold.otf", "scrm-sans-regular.otf",
    }  # fmt: skip
