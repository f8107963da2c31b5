import struct
import zlib
from errno import EINVAL, EIO
from gzip import BadGzipFile
from zipfile import BadZipFile

import pytest
from django.utils import translation
from python_calamine import PasswordError, XmlError

from scrm.kit.errors import Refused
from scrm.kit.tabular import refusals
from scrm.kit.tabular.limits import Limits

PanicException = type("PanicException", (BaseException,), {})


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError(), "file.unreadable"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, ""), "file.unreadable"),
        (RecursionError(), "file.unreadable"),
        (struct.error(), "file.unreadable"),
        (zlib.error(), "file.unreadable"),
        (BadZipFile(), "file.unreadable"),
        (BadGzipFile(), "file.unreadable"),
        (EOFError(), "file.unreadable"),
        (KeyError(), "file.unreadable"),
        (NotImplementedError(), "file.unreadable"),
        (XmlError(), "file.unreadable"),
        (PasswordError(), "file.unreadable"),
        (OSError(EINVAL, ""), "file.unreadable"),
        (PanicException(), "file.unreadable"),
        (MemoryError(), "file.too_big"),
    ],
)
def test_whatever_a_parser_raises_becomes_a_refusal(error: BaseException, code: str) -> None:
    with pytest.raises(Refused) as refused, refusals.net():
        raise error
    assert refused.value.code == code
    assert refused.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        SystemExit(),
        GeneratorExit(),
        FileNotFoundError(),
        OSError(EIO, ""),
        refusals.empty(),
    ],
)
def test_what_is_not_about_the_file_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, refusals.net():
        raise error
    assert raised.value is error


def test_the_sentences_name_the_limits() -> None:
    limits = Limits(rows=1_000_000, unzipped=1 << 30, columns=500)
    with translation.override("en"):
        for check, number in [
            (lambda: limits.check_rows(1_000_001), "1,000,000"),
            (lambda: limits.check_size((1 << 30) + 1), "1024"),
            (lambda: limits.cut(["x"] * 501), "500"),
        ]:
            with pytest.raises(Refused) as refused:
                check()
            assert number in str(refused.value)
    limits.check_rows(1_000_000)
    limits.check_size(1 << 30)
    limits.cut(["x"] * 500)
