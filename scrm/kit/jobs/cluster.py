"""django-q2's cluster, made to stop when it is told to, and to go on when a worker is killed.

As it comes, a SIGTERM that reaches its whole process group (systemd, `timeout`, a closing terminal) kills the
sentinel while it waits on an event, and the main process then waits for it for ever. Here only the main process
heeds the signal; everyone below it is told through the event that the cluster already has.

As it comes, a worker also holds the readers' lock of its queue while it waits for work: killed then (as the kernel
does when memory is short), it takes the lock with it and no later worker ever gets a job.
"""

import os
import signal
from queue import Empty
from types import FrameType
from typing import Any

import django_q.cluster
from django.db import DatabaseError, connections
from django_q.brokers.orm import ORM
from django_q.cluster import Cluster
from django_q.queues import Queue

from scrm.kit import beats, logs

log = logs.get_logger("jobs")

_here: "HouseCluster | None" = None


class Broker(ORM):
    def ping(self) -> bool:
        """Called once, in the sentinel, just before it forks workers, pusher and monitor."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return True


class PatientQueue(Queue):
    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Waits for work with empty hands; the lock is held only while something that is there is taken."""
        while True:
            if self._poll(60.0):
                try:
                    return super().get(block=False)
                except Empty:
                    continue  # another worker was faster


class HouseCluster(Cluster):
    def __init__(self) -> None:
        global _here
        super().__init__(broker=Broker())
        _here = self

    def sig_handler(self, signum: int, frame: FrameType | None) -> None:
        """The first signal stops the cluster; a second one must not interrupt that half-way."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        super().sig_handler(signum, frame)
        if os.getpid() == self.pid:
            _mark_the_end()


def _mark_the_end() -> None:
    """So that nobody takes its last sign of life for a living worker. A killed one leaves no such mark."""
    connections.close_all()
    try:
        beats.mark(beats.STOPPED)
    except DatabaseError as error:
        log.warning("worker.ended_without_database", error=type(error).__name__)
    finally:
        connections.close_all()


def stopping() -> bool:
    """In a worker: the cluster was asked to stop, so end your slice and begin no other."""
    return _here is not None and _here.stop_event is not None and _here.stop_event.is_set()


def serve() -> None:
    """Starts the cluster and returns; the process then lives until the cluster is stopped."""
    django_q.cluster.Queue = PatientQueue
    HouseCluster().start()
