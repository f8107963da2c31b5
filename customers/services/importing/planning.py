"""Who of a sheet is who: union–find over the rows that share a strong identity, and the people already here.

One walk over the sheet, a few bytes a row (a million rows need about 60 MB), one query per kind and 2,000 rows.
A sheet joins its rows to each other and to one existing person, never two existing people to each other.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import NamedTuple

from customers.choices import Require, strength
from customers.models import Customer, Identity
from customers.naming import squeeze_name
from customers.services.importing.rows import PHONE, SHEET_ROW, Reader
from scrm.kit.tabular import Source

CHUNK = 2_000
NONE, _UNVERIFIED = 255, 100
# A number beside so many different names is a switchboard, a placeholder or the shop's own.
SHARED_BY = 5
_MASK = (1 << 64) - 1


def fingerprint(kind: str, value: str) -> int:
    """64 bits of an identity: a mobile number is its own; others collide once in 10^7 sheets of a million rows."""
    if kind == PHONE:
        return int(value)
    return int.from_bytes(blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Shared:
    """Identities that stand beside five or more names of one sheet. They count as missing."""

    def __init__(self, found: set[tuple[str, int]]) -> None:
        self.found = found

    def __contains__(self, identity: object) -> bool:
        assert isinstance(identity, tuple)
        kind, value = identity
        return (kind, fingerprint(kind, value)) in self.found

    def __bool__(self) -> bool:
        return bool(self.found)


class Plan:
    """For the n-th row of people (from 0): `root[n]` is the first accepted row of the same person, `accepted[n]` whether
    the row carries enough, `target[root]` the id of the person already here (0: nobody), `twin[n]` its ordinal among
    equal name-only rows. `claimed` are second numbers that are the first number of another row."""

    def __init__(self) -> None:
        self.root = array("I")
        self.accepted = bytearray()
        self.target = array("q")
        self.twin: dict[int, int] = {}
        self.claimed: set[str] = set()
        self.rows = 0


def make(reader: Reader, source: Source, require: str, *, beat: Callable[[], object] = lambda: None) -> Plan:
    """Walks the sheet once, and once more for numbers that turn out to be shared: then the number behind a shared
    one counts, which may be shared as well."""
    known: set[tuple[str, int]] = set()
    plan, shared = _walk(reader, source, require, beat)
    while shared:
        known |= shared
        reader.shared = Shared(known)
        plan, shared = _walk(reader, source, require, beat)
    reader.skipped_in_all = reader.skipped
    return plan


def _walk(
    reader: Reader, source: Source, require: str, beat: Callable[[], object]
) -> tuple[Plan, set[tuple[str, int]]]:
    plan = Plan()
    hashes: dict[str, array[int]] = defaultdict(lambda: array("Q"))
    owners: dict[str, array[int]] = defaultdict(lambda: array("I"))
    names, mobiles = array("Q"), array("Q")
    rank, found = bytearray(), array("q")
    extras: set[str] = set()
    equals: dict[str, int] = {}
    chunk: dict[str, dict[str, list[int]]] = defaultdict(dict)
    in_chunk = 0
    anybody = Identity.objects.exists()
    ordinal = 0
    for _number, cells, who, _sample in reader.people(source):
        names.append(hash(squeeze_name(who.name)) & _MASK if who.name else 0)
        mobiles.append(int(who.phone) if who.phone else 0)
        rank.append(NONE)
        found.append(0)
        ids = who.ids
        if require == Require.PHONE:
            ok = bool(who.phone)
        elif require == Require.NAME:
            ok = bool(ids) or bool(who.name)
        else:
            ok = bool(ids)
        plan.accepted.append(ok)
        if ok:
            if not ids:
                digest = reader.sheet_row_hash(cells)
                nth = equals.get(digest, 0)
                equals[digest] = nth + 1
                if nth:
                    plan.twin[ordinal] = nth
                ids = [(SHEET_ROW, sheet_row_value(digest, nth))]
            for kind, value in ids:
                hashes[kind].append(fingerprint(kind, value))
                owners[kind].append(ordinal)
                if anybody:
                    chunk[kind].setdefault(value, []).append(ordinal)
            extras.update(who.extras)
            in_chunk += 1
        ordinal += 1
        if in_chunk >= CHUNK:
            _look_up(chunk, rank, found)
            chunk.clear()
            in_chunk = 0
            beat()
    _look_up(chunk, rank, found)
    plan.rows = ordinal
    parent = array("I", range(ordinal))
    shared: set[tuple[str, int]] = set()
    wanted = {int(phone) for phone in extras}
    keys: set[int] = set()
    for kind in sorted(hashes, key=strength):
        beside = [names] if kind == PHONE else [names, mobiles]
        _join(kind, hashes.pop(kind), owners.pop(kind), beside, parent, shared, wanted, keys)
    plan.claimed = {phone for phone in extras if int(phone) in keys}
    plan.root, plan.target = _settle(parent, rank, found)
    return plan, shared


def sheet_row_value(digest: str, nth: int) -> str:
    return digest if not nth else f"{digest}:{nth}"


def _look_up(chunk: dict[str, dict[str, list[int]]], rank: bytearray, found: "array[int]") -> None:
    """The people already here who are known by one of the identities; the strongest identity of a row counts, and
    every verified one before the others."""
    for kind, values in chunk.items():
        own = strength(kind)
        for known in living_owners(kind, values):
            best = own if known.verified else own + _UNVERIFIED
            for ordinal in values[known.value]:
                if best < rank[ordinal]:
                    rank[ordinal] = best
                    found[ordinal] = known.customer


class Known(NamedTuple):
    """`identity` is the id of the identity itself, `customer` that of the person it leads to."""

    value: str
    customer: int
    verified: bool
    identity: int


def living_owners(kind: str, values: Iterable[str]) -> list[Known]:
    """The identities that exist; a folded person's lead to who she is now."""
    rows = list(
        Identity.objects.filter(kind=kind, value__in=list(values))
        .order_by()
        .values_list("value", "customer_id", "verified", "pk", "customer__merged_into_id")
    )
    winners = {row[1]: row[4] for row in rows if row[4] is not None}
    for _hop in range(20):
        further = dict(
            Customer.everyone.filter(pk__in=set(winners.values()), merged_into__isnull=False).values_list(
                "pk", "merged_into_id"
            )
        )
        if not further:
            break
        winners = {loser: further.get(winner, winner) for loser, winner in winners.items()}
    return [Known(value, winners.get(customer, customer), verified, pk) for value, customer, verified, pk, _into in rows]


def _join(
    kind: str,
    values: "array[int]",
    ordinals: "array[int]",
    beside: "list[array[int]]",
    parent: "array[int]",
    shared: set[tuple[str, int]],
    wanted: set[int],
    keys: set[int],
) -> None:
    """Unites the rows that carry the same identity of one kind, but for those beside too many names, or too many
    mobile numbers of their own: `shared`."""
    packed = [value << 32 | ordinal for value, ordinal in zip(values, ordinals, strict=True)]
    packed.sort()
    if kind == PHONE and wanted:
        keys.update(wanted.intersection(values))
    start, size = 0, len(packed)
    while start < size:
        value = packed[start] >> 32
        end = start + 1
        while end < size and packed[end] >> 32 == value:
            end += 1
        if end - start > 1:
            group = [item & 0xFFFFFFFF for item in packed[start:end]]
            if (
                kind != SHEET_ROW
                and len(group) >= SHARED_BY
                and any(len({said[ordinal] for ordinal in group} - {0}) >= SHARED_BY for said in beside)
            ):
                shared.add((kind, value))
            else:
                for ordinal in group[1:]:
                    _unite(parent, group[0], ordinal)
        start = end


def _root(parent: "array[int]", node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _unite(parent: "array[int]", one: int, other: int) -> None:
    """The smaller ordinal stays root: the first row of a cluster makes the person, later ones join her."""
    a, b = _root(parent, one), _root(parent, other)
    if a != b:
        parent[max(a, b)] = min(a, b)


def _settle(parent: "array[int]", rank: bytearray, found: "array[int]") -> tuple["array[int]", "array[int]"]:
    """Root of each row, and per root the person already here.

    A row goes to the person found by its own strongest identity; one that finds nobody goes where the strongest
    identity of its cluster leads. Rows that go to one person have one root, the first of them, whatever cluster
    they are in; so a cluster that meets two existing people falls apart between them instead of joining them.
    """
    roots = array("I", bytes(4 * len(parent)))
    best = bytearray([NONE]) * len(parent)
    target = array("q", bytes(8 * len(parent)))
    for ordinal in range(len(parent)):
        root = _root(parent, ordinal)
        roots[ordinal] = root
        if rank[ordinal] < best[root]:
            best[root] = rank[ordinal]
            target[root] = found[ordinal]
    meeting = [
        person << 32 | ordinal
        for ordinal, root in enumerate(roots)
        if (person := found[ordinal] or target[root])
    ]
    meeting.sort()
    for ordinal in range(len(target)):
        target[ordinal] = 0
    first, of = 0, 0
    for item in meeting:
        person, ordinal = item >> 32, item & 0xFFFFFFFF
        if person != of:
            first, of = ordinal, person
            target[first] = person
        roots[ordinal] = first
    return roots, target
