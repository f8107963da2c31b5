"""In the dark nothing stays light: whoever works in the evening is not blinded by a badge."""

import re
from pathlib import Path

import pytest
from django.conf import settings

# What customers see is in the shop's own colours, whatever their phone prefers.
FOR_EVERYBODY = {"landing.css"}
SHEETS = sorted(one for one in Path(settings.BASE_DIR).glob("*/static/*/*.css") if one.name not in FOR_EVERYBODY)
LIGHT = re.compile(r"background: [^;]*#(?:[d-f][0-9a-f]){3}\b")


def rules(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    return [(names.strip(), said) for names, said in re.findall(r"([^{}]+)\{([^{}]*)\}", text)]


@pytest.mark.parametrize("path", SHEETS, ids=[path.name for path in SHEETS])
def test_a_light_ground_has_a_dark_one(path: Path) -> None:
    found = rules(path)
    dark = {
        name
        for names, said in found
        if names.startswith(".dark ") and "background" in said
        for name in re.findall(r"\.([\w-]+)", names)
    }
    light = {
        name
        for names, said in found
        if ".dark" not in names and LIGHT.search(said)
        for one in names.split(",")
        for name in re.findall(r"\.([\w-]+)", one)[-1:]
    }
    assert light - dark == set()


def test_it_would_be_seen() -> None:
    assert [bool(LIGHT.search(said)) for said in ("background: #ffedd5;", "background: var(--a, #ffedd5)", "background: #431407;")] == [
        True, True, False,
    ]  # fmt: skip
