"""Private files below PRIVATE_DIR: uploads, reports, posters. They leave only through `download`."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.registry import Registry

_FOLDER = re.compile(r"\A[a-z0-9][a-z0-9_-]*\Z")
_ENDING = re.compile(r"\A\.[a-z0-9]{1,5}\Z")


class Saved(NamedTuple):
    path: str  # below PRIVATE_DIR, what `full_path` takes
    sha256: str
    size: int


# kind → function(request, pk) giving the path below PRIVATE_DIR and the name to save it under. It checks
# permission and row scope itself; None or Http404 where this person may not have it or it is gone.
downloads: Registry[Callable[[HttpRequest, int], tuple[str, str] | None]] = Registry("download")


def create(folder: str, ending: str = "") -> tuple[str, IO[bytes]]:
    """A new file, mode 0600, under a name nobody can guess: (path below PRIVATE_DIR, open for writing)."""
    if not _FOLDER.match(folder):
        raise ValueError(f"not a folder name: {folder!r}")
    ending = ending.lower() if _ENDING.match(ending.lower()) else ""
    relative = f"{folder}/{clock.today():%Y-%m}/{secrets.token_hex(16)}{ending}"
    full = settings.PRIVATE_DIR / relative
    for place in (settings.PRIVATE_DIR, full.parent.parent, full.parent):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(full, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    return relative, os.fdopen(handle, "wb")


def put(folder: str, name: str, content: bytes) -> str:
    """Under a name of one's own, for what can be made again; whole or not at all. Returns the path below PRIVATE_DIR."""
    relative, file = create(folder)
    place = f"{folder}/{name}"
    try:
        with file:
            file.write(content)
        full_path(relative).replace(full_path(place))
    except BaseException:
        remove(relative)
        raise
    return place


def too_large() -> Refused:
    limit = settings.UPLOAD_MAX_MB
    return Refused(
        "upload.too_large", _("The file is larger than %(limit)d MB.") % {"limit": limit}, limit_mb=limit
    )


def save_upload(uploaded: File, *, folder: str) -> Saved:
    """Streams an upload to its place. Raises Refused("upload.too_large") and leaves nothing behind."""
    limit = settings.UPLOAD_MAX_MB * 1024 * 1024
    digest, size = hashlib.sha256(), 0
    relative, file = create(folder, Path(uploaded.name or "").suffix)
    try:
        with file:
            for chunk in uploaded.chunks():
                size += len(chunk)
                if size > limit:
                    raise too_large()
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        remove(relative)
        raise
    return Saved(relative, digest.hexdigest(), size)


def full_path(relative: str) -> Path:
    """Raises ValueError for a path that leads out of PRIVATE_DIR."""
    root = settings.PRIVATE_DIR.resolve()
    full = (root / relative).resolve()
    if not relative or not full.is_relative_to(root) or full == root:
        raise ValueError(f"not a private file: {relative!r}")
    return Path(full)


def remove(relative: str) -> None:
    """Gone, also if it was gone before; a blank path is nothing."""
    if relative:
        full_path(relative).unlink(missing_ok=True)


def forget(folder: str, *, before: datetime) -> int:
    """Removes what was put into `folder` before that moment; returns how many files. Repeatable."""
    place, count = full_path(folder), 0
    for file in [one for one in place.rglob("*") if one.is_file() and one.stat().st_mtime < before.timestamp()]:
        file.unlink(missing_ok=True)
        count += 1
    return count


@require_safe
def download(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """The one way out, as an attachment. Whoever may not have the file only learns that there is none."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    entry = downloads.get(kind)
    found = entry(request, pk) if entry is not None and request.user.is_active else None
    if found is None or not found[0]:
        raise Http404
    relative, name = found
    try:
        file = full_path(relative).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
