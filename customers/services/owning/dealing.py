"""Evenly, for any number of people and colleagues."""

from collections.abc import Iterable, Mapping
from heapq import heapify, heapreplace

from scrm.staff.models import Employee


def deal(people: Iterable[int], among: Iterable[Employee], held: Mapping[int, int]) -> dict[int, Employee]:
    """Each in the order of ids to whoever has fewest by now (`held`), ties to the smaller id: from nothing this is the
    largest remainder, and neighbouring rows of a sheet go to different colleagues."""
    by_id = {employee.pk: employee for employee in among}
    least = [(held.get(pk, 0), pk) for pk in by_id]
    heapify(least)
    dealt = {}
    for person in people:
        count, pk = least[0]
        dealt[person] = by_id[pk]
        heapreplace(least, (count + 1, pk))
    return dealt
