"""The sentences this package says no with, and the net under other people's parsers."""

import csv
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from gzip import BadGzipFile
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from python_calamine import CalamineError

from scrm.kit.errors import Refused


def empty() -> Refused:
    return Refused("file.empty", _("The file is empty. Please choose another file."))


def unreadable() -> Refused:
    return Refused(
        "file.unreadable",
        _("The file is damaged or incomplete. Please save it again as xlsx in Excel or WPS and upload that."),
    )


def encrypted() -> Refused:
    return Refused(
        "file.encrypted",
        _("The file is protected by a password. Please save it without a password and upload it again."),
    )


def wrong_type() -> Refused:
    return Refused(
        "file.wrong_type",
        _("This is not a sheet that can be read. Please save it as xlsx or csv and upload it again."),
    )


def no_sheet() -> Refused:
    return Refused(
        "file.no_sheet",
        _("The file has no visible sheet with data. Please unhide the sheet or choose another file."),
    )


def too_big(limit: int) -> Refused:
    return Refused(
        "file.too_big",
        _("The file is too big: more than %(limit)s MB unpacked. Please split it into several files.")
        % {"limit": max(limit >> 20, 1)},
        limit=limit,
    )


def too_scattered() -> Refused:
    """Same code as too big: what is too big is the room between the cells."""
    return Refused(
        "file.too_big",
        _("The file unpacks to more than a sheet can hold. Please copy the data into a new xlsx."),
    )


def too_many_rows(limit: int) -> Refused:
    return Refused(
        "file.too_many_rows",
        _("The sheet has more than %(limit)s rows with data. Please split it into several files.")
        % {"limit": f"{limit:,}"},
        limit=limit,
    )


def too_many_columns(limit: int) -> Refused:
    return Refused(
        "file.too_many_columns",
        _("The sheet has data beyond column %(limit)s. Please delete the columns that are not needed.")
        % {"limit": limit},
        limit=limit,
    )


def unknown_sheet(name: str, names: list[str]) -> Refused:
    return Refused(
        "sheet.unknown",
        _("There is no visible sheet with data called “%(sheet)s”. The file has: %(names)s.")
        % {"sheet": name, "names": ", ".join(names)},
        sheet=name,
        names=names,
    )


_BROKEN: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadGzipFile,
    BadZipFile,
    CalamineError,
    EOFError,
    ExpatError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    csv.Error,
    struct.error,
    zlib.error,
)


@contextmanager
def net() -> Iterator[None]:
    """Whatever a parser raises about the file comes out as Refused; a timeout of the job, a missing file or a full
    disk does not. A Rust panic arrives as a BaseException whose class cannot be imported."""
    try:
        yield
    except MemoryError as error:
        raise too_scattered() from error
    except _BROKEN as error:
        raise unreadable() from error
    except BaseException as error:
        # A seek to a place before the file, where an offset in it is wrong; a panic in calamine.
        broken = isinstance(error, OSError) and error.errno == EINVAL
        if broken or type(error).__name__ == "PanicException":
            raise unreadable() from error
        raise
