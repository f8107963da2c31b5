"""Commits shared: nobody is told before his row is written, everybody's row is written once, nobody waits for ever."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from campaigns.services.committing import SharedCommit


def at_once(act: Callable[[int], None], people: int) -> None:
    threads = [threading.Thread(target=act, args=(n,), daemon=True) for n in range(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=20)
    assert not any(one.is_alive() for one in threads)


def test_alone_it_is_written_at_once() -> None:
    written: list[list[int]] = []
    shared = SharedCommit[int](lambda rows: written.append(list(rows)))
    for n in range(3):
        shared.store(n)
        assert written[-1] == [n]


def test_those_who_wait_share() -> None:
    """While the first one is being written seven more come: they are one commit."""
    written: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def write(rows: Sequence[int]) -> None:
        begun.set()
        assert go_on.wait(10)
        written.append(sorted(rows))

    shared = SharedCommit[int](write)
    first = threading.Thread(target=shared.store, args=(0,))
    first.start()
    assert begun.wait(10)
    others = [threading.Thread(target=shared.store, args=(n,)) for n in range(1, 8)]
    for one in others:
        one.start()
    while len(shared._waiting) < 7:
        time.sleep(0.001)
    go_on.set()
    for one in [first, *others]:
        one.join(10)
    assert written == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_no_more_than_so_many_in_one() -> None:
    written: list[int] = []
    lock = threading.Lock()

    def write(rows: Sequence[int]) -> None:
        time.sleep(0.002)
        with lock:
            written.append(len(rows))

    shared = SharedCommit[int](write, most=3)
    at_once(shared.store, 40)
    assert (sum(written), max(written) <= 3) == (40, True)


def test_nobody_is_told_before_it_is_written() -> None:
    done: set[int] = set()
    early: list[int] = []
    rounds = 50

    def write(rows: Sequence[int]) -> None:
        time.sleep(0.0005)
        done.update(rows)

    shared = SharedCommit[int](write)

    def come(n: int) -> None:
        for nth in range(rounds):
            shared.store(n * rounds + nth)
            if n * rounds + nth not in done:
                early.append(n)

    at_once(come, 16)
    assert (early, len(done)) == ([], 16 * rounds)


def test_one_bad_row_harms_nobody_else() -> None:
    written: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def write(rows: Sequence[int]) -> None:
        begun.set()
        assert go_on.wait(10)
        if 3 in rows:
            raise ValueError("3")
        written.extend(rows)

    shared = SharedCommit[int](write)
    failed: list[int] = []

    def come(n: int) -> None:
        try:
            shared.store(n)
        except ValueError:
            failed.append(n)

    threads = [threading.Thread(target=come, args=(n,)) for n in range(6)]
    threads[0].start()
    assert begun.wait(10)
    for one in threads[1:]:
        one.start()
    while len(shared._waiting) < 5:
        time.sleep(0.001)
    go_on.set()
    for one in threads:
        one.join(10)
    assert (sorted(written), failed) == ([0, 1, 2, 4, 5], [3])


def test_after_an_error_it_goes_on() -> None:
    shared = SharedCommit[int](lambda rows: 1 // rows[0] and None)
    with pytest.raises(ZeroDivisionError):
        shared.store(0)
    shared.store(1)
    with pytest.raises(ZeroDivisionError):
        shared.store(0)
