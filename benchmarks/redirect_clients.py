"""Clients of redirect.py on bare sockets: one that keeps to a fixed rate, and one that remembers which of its requests
were answered."""

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass, field

REDIRECT = b"HTTP/1.1 302"
# A request that waits longer than this has no answer.
PATIENCE = 20.0
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.53"


def request(path: str, agent: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\n\r\n".encode()


class Connection:
    """Kept open between requests; opened anew after an error."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, sent: bytes) -> bool:
        """Whether it was answered with a redirect."""
        try:
            if self.reader is None or self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(sent)
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.close()
            return False
        return head.startswith(REDIRECT)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass
class Latencies:
    """In seconds, from the moment at which each request was due: one that had to wait for another counts its waiting."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def at(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


async def at_rate(port: int, paths: list[str], *, rate: int, seconds: float, connections: int = 64) -> Latencies:
    """`rate` requests a second, whether or not the earlier ones were answered."""
    free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
    for _n in range(connections):
        free.put_nowait(Connection(port))
    found, begun = Latencies(), time.perf_counter() + 0.1

    async def one(nth: int) -> None:
        due = begun + nth / rate
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        connection = await free.get()
        answered = await connection.ask(request(random.choice(paths), PERSON))
        found.seconds.append(time.perf_counter() - due)
        found.failed += not answered
        free.put_nowait(connection)

    await asyncio.gather(*(one(nth) for nth in range(int(rate * seconds))))
    while not free.empty():
        free.get_nowait().close()
    return found


async def while_killing(
    port: int, paths: list[str], victims: list[int], *, name: str, seconds: float, connections: int = 32
) -> set[str]:
    """As fast as it goes, each request under an agent of its own; in between the victims are killed (-9), one after
    another. Returns the agents of those that were answered."""
    answered: set[str] = set()
    end = time.perf_counter() + seconds

    async def keep_asking(which: int) -> None:
        connection, nth = Connection(port), 0
        while time.perf_counter() < end:
            nth += 1
            agent = f"{PERSON} {name}-{which}-{nth}"
            if await connection.ask(request(random.choice(paths), agent)):
                answered.add(agent)
            else:
                await asyncio.sleep(0.05)
        connection.close()

    async def kill() -> None:
        for nth, pid in enumerate(victims, start=1):
            await asyncio.sleep(seconds * nth / (len(victims) + 1) - (seconds * (nth - 1) / (len(victims) + 1)))
            os.kill(pid, signal.SIGKILL)

    await asyncio.gather(kill(), *(keep_asking(which) for which in range(connections)))
    return answered
