"""Who becomes whom, against a model that is naive enough to be read: fixpoints and loops over everything."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.choices import strength
from customers.models import Customer, Identity, MergeCandidate
from customers.services.importing import running
from scrm.kit import clock
from tests.customers import sheets
from tests.customers.services.importing.runs import figures, last_batch, run
from tests.factories.customers import identify, make_customer
from tests.factories.staff import make_employee

PHONES = [f"1366600000{n}" for n in range(6)]
OURS = "13666000099"
WECHATS, CARDS, UNIONS = ["wa", "wb", "wc"], ["K1", "K2", "K3"], ["u1", "u2"]
NAMES = ["张三", "张 三", "李四", "王五", "赵六", "孙七", "周八", ""]
CARD = "legacy:旧"
KINDS = {"wechat_id": "wechat_id", "card": CARD, "unionid": "wechat_unionid"}


@dataclass
class Line:
    """A row of the sheet."""

    name: str = ""
    phones: list[str] = field(default_factory=list)
    wechat_id: str = ""
    card: str = ""
    unionid: str = ""

    def cells(self) -> list[str]:
        return [self.name, "/".join(self.phones), self.wechat_id, self.card, self.unionid]


@dataclass
class Here:
    """A person who is here before. `state`: living, archived, or folded into the one before her."""

    ids: list[tuple[str, str]]
    verified: bool = False
    state: str = "living"


# --- the model --------------------------------------------------------------------------------------------


def squeezed(name: str) -> str:
    return "".join(name.split())


@dataclass
class Told:
    ids: list[tuple[str, str]]
    extras: list[str]


def told(line: Line, missing: set[tuple[str, str]]) -> Told:
    phones = [p for p in dict.fromkeys(line.phones) if p != OURS and ("phone", p) not in missing]
    ids = [("phone", p) for p in phones[:1]]
    for attribute in ("unionid", "wechat_id", "card"):
        if (value := getattr(line, attribute)) and (KINDS[attribute], value) not in missing:
            ids.append((KINDS[attribute], value))
    return Told(ids, phones[1:])


def shared(lines: list[Line], missing: set[tuple[str, str]]) -> set[tuple[str, str]]:
    names: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        for identity in told(line, missing).ids:
            names.setdefault(identity, set()).add(squeezed(line.name))
    return {identity for identity, own in names.items() if len(own - {""}) >= 5}


@dataclass
class Expected:
    outcomes: list[str]
    owner: dict[tuple[str, str], Any]
    pairs: set[frozenset[Any]]


def model(here: list[Here], lines: list[Line], require: str) -> Expected:
    """Labels: ("old", n) is the n-th person here, ("new", n) one made by the n-th row."""
    missing: set[tuple[str, str]] = set()
    while more := shared(lines, missing):
        missing |= more
    rows = [told(line, missing) for line in lines]
    seen: dict[tuple[str, ...], int] = {}
    accepted = []
    for line, row in zip(lines, rows, strict=True):
        if require == "phone":
            ok = any(kind == "phone" for kind, _v in row.ids)
        else:
            ok = bool(row.ids) or (require == "name" and bool(line.name))
        if ok and not row.ids:
            cells = tuple(line.cells())
            seen[cells] = seen.get(cells, 0) + 1
            row.ids.append(("sheet_row", f"{cells}{seen[cells]}"))
        accepted.append(ok)
    owner: dict[tuple[str, str], Any] = {}
    verified: set[tuple[str, str]] = set()
    for n, person in enumerate(here):
        for identity in person.ids:
            owner[identity] = ("old", n - 1 if person.state == "folded" else n)
            if person.verified:
                verified.add(identity)

    def rank(identity: tuple[str, str]) -> tuple[bool, int]:
        return identity not in verified, strength(identity[0])

    cluster = list(range(len(rows)))
    changed = True
    while changed:
        changed = False
        for a in range(len(rows)):
            for b in range(a):
                if (
                    accepted[a]
                    and accepted[b]
                    and set(rows[a].ids) & set(rows[b].ids)
                    and cluster[a] != cluster[b]
                ):
                    low, high = sorted((cluster[a], cluster[b]))
                    cluster = [low if c == high else c for c in cluster]
                    changed = True

    def found(ordinals: list[int]) -> Any:
        known = [(rank(i), n, owner[i]) for n in ordinals for i in rows[n].ids if i in owner]
        return min(known, key=lambda item: item[:2])[2] if known else None

    whom: list[Any] = []
    for n in range(len(rows)):
        mates = [m for m in range(len(rows)) if cluster[m] == cluster[n] and accepted[m]]
        whom.append(None if not accepted[n] else found([n]) or found(mates) or ("new", mates[0]))
    keys = {
        value
        for row, ok in zip(rows, accepted, strict=True)
        if ok
        for kind, value in row.ids
        if kind == "phone"
    }
    outcomes, pairs, met = [], set(), set()
    for row, person in zip(rows, whom, strict=True):
        if person is None:
            outcomes.append("rejected")
            continue
        outcomes.append("merged" if person in met else "created" if person[0] == "new" else "known")
        met.add(person)
        for identity in (*row.ids, *(("phone", extra) for extra in row.extras if extra not in keys)):
            if owner.setdefault(identity, person) != person:
                pairs.add(frozenset((owner[identity], person)))
    return Expected(outcomes, owner, pairs)


# --- the importer -----------------------------------------------------------------------------------------


def settle_in(here: list[Here]) -> list[int]:
    """Makes the people who are here before; their primary keys."""
    people: list[Customer] = []
    for person in here:
        customer = make_customer(name="")
        for kind, value in person.ids:
            identify(customer, kind, value, verified=person.verified)
        if person.state == "archived":
            Customer.everyone.filter(pk=customer.pk).update(archived_at=clock.now())
        if person.state == "folded":
            Customer.everyone.filter(pk=customer.pk).update(merged_into=people[-1])
        people.append(customer)
    return [person.pk for person in people]


@dataclass
class Seen:
    outcomes: list[str]
    owner: dict[tuple[str, str], Any]
    pairs: set[frozenset[Any]]


def look(here: list[int], winners: dict[int, int]) -> Seen:
    batch = last_batch()
    rows = list(batch.rows.order_by("number").values_list("number", "outcome", "customer_id"))
    label: dict[int | None, Any] = {pk: ("old", n) for n, pk in enumerate(here)}
    for number, _outcome, customer in rows:
        label.setdefault(customer, ("new", number - 2))
    label.update({loser: label[winner] for loser, winner in winners.items()})
    outcomes = ["known" if outcome in ("updated", "unchanged") else outcome for _n, outcome, _c in rows]
    owner = {(i.kind, i.value): label[i.customer_id] for i in Identity.objects.all() if i.kind != "sheet_row"}
    pairs = {frozenset((label[c.first_id], label[c.second_id])) for c in MergeCandidate.objects.all()}
    return Seen(outcomes, owner, pairs)


def persons() -> st.SearchStrategy[list[Here]]:
    ids = st.one_of(
        st.tuples(st.just("phone"), st.sampled_from(PHONES)),
        st.tuples(st.just("wechat_id"), st.sampled_from(WECHATS)),
        st.tuples(st.just(CARD), st.sampled_from(CARDS)),
        st.tuples(st.just("wechat_unionid"), st.sampled_from(UNIONS)),
    )
    person = st.builds(
        Here,
        ids=st.lists(ids, max_size=3, unique=True),
        verified=st.booleans(),
        state=st.sampled_from(["living", "living", "archived"]),
    )
    return st.lists(person, max_size=4).map(disjoint)


def disjoint(people: list[Here]) -> list[Here]:
    """An identity belongs to one person, and one person has one of a kind here."""
    taken: set[tuple[str, str]] = set()
    for person in people:
        kinds: set[str] = set()
        kept = []
        for kind, value in person.ids:
            if (kind, value) not in taken and kind not in kinds:
                kept.append((kind, value))
                kinds.add(kind)
        person.ids = kept
        taken.update(kept)
    for n, person in enumerate(people[1:], 1):
        if person.verified and person.ids and people[n - 1].state == "living" and person.state == "archived":
            person.state = "folded"
    return people


LINES = st.lists(
    st.builds(
        Line,
        name=st.sampled_from(NAMES),
        phones=st.lists(st.sampled_from([*PHONES, OURS]), max_size=2),
        wechat_id=st.sampled_from(["", "", *WECHATS]),
        card=st.sampled_from(["", "", *CARDS]),
        unionid=st.sampled_from(["", "", "", *UNIONS]),
    ),
    min_size=1,
    max_size=14,
)
CROWD = [Line(name=name, phones=[PHONES[0], PHONES[1]]) for name in ("张三", "李四", "王五", "赵六", "孙七")]


class TestIdentities(TestCase):
    def setUp(self) -> None:
        self.folder = TemporaryDirectory()
        self.enterContext(override_settings(PRIVATE_DIR=Path(self.folder.name) / "private"))
        make_employee(name="小王", phone=OURS)

    def tearDown(self) -> None:
        self.folder.cleanup()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(here=persons(), lines=LINES, require=st.sampled_from(["phone", "identity", "name"]))
    @example(here=[], lines=CROWD, require="identity")
    @example(here=[], lines=[Line("张三", PHONES[:2]), Line("李四", [PHONES[2], PHONES[1]])], require="phone")
    @example(
        here=[Here([("phone", PHONES[0])]), Here([("wechat_id", "wa")])],
        lines=[Line("张三", [PHONES[0]], "wa"), Line("李四", [PHONES[1]], "wa"), Line("王五", [PHONES[1]])],
        require="identity",
    )
    def test_the_importer_agrees_with_the_model_whatever_the_slice(
        self, here: list[Here], lines: list[Line], require: str
    ) -> None:
        lines = [line for line in lines if any(line.cells())]
        if not lines:
            return
        rows = [["姓名", "手机号", "微信号", "会员卡号", "unionid"], *(line.cells() for line in lines)]
        path = sheets.csv_file(Path(self.folder.name) / "a.csv", rows)
        flags = ("--require", require, "--system", "旧")
        keys = settle_in(here)
        winners = {keys[n]: keys[n - 1] for n, person in enumerate(here) if person.state == "folded"}
        want = model(here, lines, require)
        owner = {identity: person for identity, person in want.owner.items() if identity[0] != "sheet_row"}
        for size in (1, 2, 7, 1000):
            with transaction.atomic(), mock.patch.object(running, "SLICE", size):
                dry = run(path, *flags, "--dry-run")
                answer = run(path, *flags)
                seen = look(keys, winners)
                assert (seen.outcomes, seen.owner, seen.pairs) == (want.outcomes, owner, want.pairs), size
                assert figures(dry) == figures(answer), size
                again = run(path, *flags)
                assert figures(again)[:2] == (0, 0) and again["rejected"] == answer["rejected"], size
                assert (look(keys, winners).owner, look(keys, winners).pairs) == (owner, want.pairs), size
                transaction.set_rollback(True)
