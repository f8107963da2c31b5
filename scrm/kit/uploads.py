"""The limit on uploads, held while they arrive: what is too large is never written to the disk of the server."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

_TOO_LARGE = "scrm.too_large"


class LimitedUpload(FileUploadHandler):
    """First of FILE_UPLOAD_HANDLERS: reads a file above UPLOAD_MAX_MB to its end and keeps nothing of it."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_MB * 1024 * 1024:
            if self.request is not None:
                self.request.META[_TOO_LARGE] = self.file_name or ""
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


def too_large(request: HttpRequest) -> str | None:
    """Name of a file that was too large to be taken; None where there was none. After `request.FILES` was read."""
    return request.META.get(_TOO_LARGE)
