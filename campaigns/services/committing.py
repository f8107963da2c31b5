"""Touches that come at the same time share one commit.

Who comes while nobody writes, writes at once. Who comes meanwhile waits, and the first of those who wait then writes for all
of them: no thread of its own, nothing in memory that an answer was given for, and nobody waits for company. A single request
is as quick as by a plain INSERT; the more come, the more share a commit, up to the threads of the server.
"""

from collections.abc import Callable, Sequence
from threading import Lock


class _Ticket[Row]:
    """Of one who waits: its lock is let go when it is his turn to write, or when it was done for him."""

    __slots__ = ("call", "done", "failed", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.call = Lock()
        self.call.acquire()
        self.done = self.failed = False


class SharedCommit[Row]:
    """`store(row)` returns when `write(rows)`, called with it and with others of the same moment, has returned. Where that
    fails for several, each is written alone, so that nobody suffers by another's row; then its error is raised."""

    def __init__(self, write: Callable[[Sequence[Row]], None], most: int = 500) -> None:
        self.write, self.most = write, most
        self._lock = Lock()
        self._waiting: list[_Ticket[Row]] = []
        self._writing = False

    def store(self, row: Row) -> None:
        ticket = _Ticket(row)
        with self._lock:
            self._waiting.append(ticket)
            leads, self._writing = not self._writing, True
        if not leads:
            ticket.call.acquire()
        if not ticket.done:
            self._lead()
        if ticket.failed:
            self.write([row])

    def _lead(self) -> None:
        """Writes for those who wait, the caller the first of them, then calls the next one to lead."""
        with self._lock:
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
        failed = True
        try:
            self.write([ticket.row for ticket in batch])
            failed = False
        except Exception:
            if len(batch) == 1:
                raise
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._writing = following is not None
            if following is not None:
                following.call.release()
            for ticket in batch:
                ticket.done, ticket.failed = True, failed
                if ticket is not batch[0]:
                    ticket.call.release()
