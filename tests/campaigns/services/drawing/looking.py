"""Reading a drawn picture: no reader of QR codes is at hand, so its modules are looked at one by one."""

import io
from typing import Any

from PIL import Image


def opened(content: bytes) -> Any:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


def modules(image: Any, left: int, top: int, scale: int, count: int) -> list[list[bool]]:
    """Dark or not in the middle of each module."""
    grey = image.convert("L")
    return [
        [grey.getpixel((left + column * scale + scale // 2, top + row * scale + scale // 2)) < 128 for column in range(count)]
        for row in range(count)
    ]


def picture(size: tuple[int, int] = (1080, 1920), kind: str = "JPEG", colour: str = "#336699", **how: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **how)
    return file.getvalue()
