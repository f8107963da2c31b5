"""django-q2's cluster, made to stop when it is told to.

As it comes, a SIGTERM that reaches its whole process group (systemd, `timeout`, a closing terminal) kills the
sentinel while it waits on an event, and the main process then waits for it for ever. Here only the main process
heeds the signal; everyone below it is told through the event that the cluster already has.
"""

import signal
from types import FrameType

from django_q.brokers.orm import ORM
from django_q.cluster import Cluster

_here: "HouseCluster | None" = None


class Broker(ORM):
    def ping(self) -> bool:
        """Called once, in the sentinel, just before it forks workers, pusher and monitor."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return True


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


def stopping() -> bool:
    """In a worker: the cluster was asked to stop, so end your slice and begin no other."""
    return _here is not None and _here.stop_event is not None and _here.stop_event.is_set()


def serve() -> None:
    """Starts the cluster and returns; the process then lives until the cluster is stopped."""
    HouseCluster().start()
