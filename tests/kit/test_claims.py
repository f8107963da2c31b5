"""One at a time, across processes: whoever is dead is passed over, whoever lives is waited for."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine

from scrm.kit import claims, clock
from scrm.kit.jobs import places
from scrm.kit.models import Claim

pytestmark = pytest.mark.django_db


def hold(holder: str, *, silent: timedelta = timedelta(0)) -> None:
    Claim.objects.update_or_create(
        name="import", defaults={"holder": holder, "beat_at": clock.now() - silent}
    )


def is_held() -> bool:
    try:
        claims.release("import", claims.take("import"))
    except claims.Held:
        return True
    return False


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_taken_once_until_released() -> None:
    token = claims.take("import")
    with pytest.raises(claims.Held):
        claims.take("import")
    assert claims.take("undo") != token
    claims.release("import", token)
    assert claims.take("import") != token
    assert Claim.objects.count() == 2


def test_a_stranger_neither_beats_nor_releases() -> None:
    token = claims.take("import")
    assert (
        claims.beat("import", "somebody"),
        claims.beat("import", token),
        claims.beat("nothing", token),
    ) == (False, True, False)
    claims.release("import", "somebody")
    assert is_held()


def test_a_beat_keeps_it_and_silence_loses_it() -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        hold("elsewhere:1:x")
        moment.shift(claims.STALE)
        assert is_held()
        assert claims.beat("import", "elsewhere:1:x")
        moment.shift(claims.STALE)
        assert is_held()
        moment.shift(timedelta(seconds=1))
        token = claims.take("import")
        assert not claims.beat("import", "elsewhere:1:x") and claims.beat("import", token)


def test_a_dead_process_of_this_machine_is_passed_over_at_once() -> None:
    hold(f"{dead_pid()}:x:{places.HOST}")
    assert not is_held()


@pytest.mark.parametrize(
    "holder",
    [
        f"{os.getpid()}:x:{places.HOST}",
        f"{2**22 - 1}:x:elsewhere",
        f"x:{places.HOST}",
        "x",
        f"1:x:{places.HOST}",
    ],
    # A process id in a test's name would differ between the workers that run the suite.
    ids=["ours", "elsewhere", "no process", "nonsense", "the first process"],
)
def test_who_may_live_is_waited_for(holder: str) -> None:
    hold(holder)
    assert is_held()


def test_of_two_who_saw_it_free_one_gets_it() -> None:
    """The second one's conditional update hits no row any more."""
    hold("elsewhere:1:x", silent=claims.STALE + timedelta(seconds=1))
    first = claims.take("import")
    with pytest.raises(claims.Held):
        claims.take("import")
    assert claims.beat("import", first)
