"""Refused: the one way domain code says no."""

from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """A request that cannot be done, with a sentence for the person who asked.

    `code` is stable and dotted ("points.insufficient"); `message` says in the reader's language what is wrong
    and what to do next; `detail` carries figures for tests and the API. Nothing has been written when it is raised.
    """

    def __init__(self, code: str, message: str | Promise = "", **detail: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return str(self.message or self.code)
