"""--report OUT.xlsx of the import commands: looked at before anything is read, written when everything is decided."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from scrm.kit.errors import Refused


def check(report: str | None, sheet: Path) -> None:
    """Raises Refused("report.…") for a report that could not be written where it is wanted."""
    if not report:
        return
    path = Path(report).resolve()
    if path == sheet.resolve():
        raise Refused("report.same_file", _("The report would replace the sheet itself. Give it another name."))
    if not path.parent.is_dir():
        raise Refused("report.no_folder", _("The folder of “%(file)s” does not exist.") % {"file": report})
    if path.is_dir():
        raise Refused("report.folder", _("“%(file)s” is a folder. Give the report a name of its own.") % {"file": report})
    there = path.exists()
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise Refused(
            "report.not_writable", _("“%(file)s” cannot be written: %(why)s.") % {"file": report, "why": error.strerror}
        ) from None
    if not there:
        path.unlink()


@contextmanager
def writing(report: str, tell: Callable[[str], object]) -> Iterator[None]:
    """A disk that is full by now takes nothing back that was imported: it is said, and the figures stand."""
    try:
        yield
    except OSError as error:
        said = _("“%(file)s” could not be written: %(why)s. The rows are in; the import's page in the admin has the report.")
        tell(said % {"file": report, "why": error.strerror or error})
