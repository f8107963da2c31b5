"""What each row does to whom. Decides, writes nothing: a dry run and a real run share every line of this.

A slice is decided against the people it meets, loaded in a handful of queries; `Slice` holds what must be written.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from customers.choices import OnConflict, Outcome, Require, strength
from customers.models import Customer, CustomerTag, Opening
from customers.naming import fold_name, is_blank, same_name
from customers.queries import erased
from customers.services.importing import cells
from customers.services.importing.decisions import (
    COLUMNS,
    DEFAULTS,
    OPENING,
    OPENING_COLUMNS,
    Decision,
    Person,
    Slice,
    numbered,
)
from customers.services.importing.layout import letter
from customers.services.importing.names import Names
from customers.services.importing.planning import Plan, living_owners, sheet_row_value
from customers.services.importing.rows import PHONE, SHEET_ROW, Reader, Row, Who, birthday_columns

ERASED = -1  # in the plan: of a person who asked to be erased no further row is taken in either


class Decider:
    """Decides slice after slice of one batch. `overlay` keeps people of a dry run that later rows may join."""

    def __init__(
        self,
        reader: Reader,
        plan: Plan,
        names: Names,
        *,
        require: str,
        on_conflict: str,
        keep_overlay: bool = False,
    ) -> None:
        self.reader = reader
        self.plan = plan
        self.names = names
        self.require = require
        self.on_conflict = on_conflict
        self.system = reader.system
        self.overlay: dict[int, Person] | None = {} if keep_overlay else None
        self._clustered = self._roots_with_followers() if keep_overlay else set()
        self.erased: set[tuple[str, str]] = set()  # of the slice at hand

    def _roots_with_followers(self) -> set[int]:
        return {root for ordinal, root in enumerate(self.plan.root) if root != ordinal}

    def read(self, items: Iterable[tuple[int, int, Sequence[Any], Who, bool]]) -> list[tuple[int, Row]]:
        """Parses (ordinal, row number, cells, who, sample); the part of a slice that needs no transaction."""
        rows = [(n, self.reader.read(number, raw, who, sample)) for n, number, raw, who, sample in items]
        for ordinal, row in rows:
            if self.plan.accepted[ordinal] and not row.who.ids:
                digest = self.reader.sheet_row_hash(row.raw)
                row.who.ids.append((SHEET_ROW, sheet_row_value(digest, self.plan.twin.get(ordinal, 0))))
        return rows

    def decide(self, rows: Sequence[tuple[int, Row]]) -> Slice:
        """Set-based: a fixed number of queries a slice. Inside the writing transaction, so that the people it met
        are the people it changes (they are locked on PostgreSQL; SQLite's transactions are IMMEDIATE)."""
        known = self._owners_of(rows)
        self.erased = self._erased(rows, known)
        people = self._load(rows, known)
        out = Slice()
        here: dict[int, Person] = {}
        fresh: dict[tuple[str, str], Person] = {}
        for ordinal, row in rows:
            out.decisions.append(self._decide_row(ordinal, row, known, people, here, fresh, out))
        out.people.extend(person for person in people.values() if person.changed)
        return out

    # --- loading ------------------------------------------------------------------------------------------

    def _owners_of(self, rows: Sequence[tuple[int, Row]]) -> dict[tuple[str, str], tuple[int, bool]]:
        wanted: dict[str, set[str]] = {}
        for ordinal, row in rows:
            if self.plan.accepted[ordinal]:
                for kind, value in row.who.ids:
                    wanted.setdefault(kind, set()).add(value)
                if row.who.extras:
                    wanted.setdefault(PHONE, set()).update(row.who.extras)
        if not self.names.anybody:
            return {}
        return {
            (kind, known.value): (known.customer, known.verified)
            for kind, values in wanted.items()
            for known in living_owners(kind, values)
        }

    def _erased(
        self, rows: Sequence[tuple[int, Row]], known: dict[tuple[str, str], tuple[int, bool]]
    ) -> set[tuple[str, str]]:
        """Whoever came back by herself is here again, and so no longer erased."""
        who = [row.who for ordinal, row in rows if self.plan.accepted[ordinal]]
        wanted = {identity for one in who for identity in (*one.ids, *((PHONE, extra) for extra in one.extras))}
        return erased.among(wanted - known.keys())

    def _load(
        self, rows: Sequence[tuple[int, Row]], known: dict[tuple[str, str], tuple[int, bool]]
    ) -> dict[int, Person]:
        """The people already here whom this slice may touch, with their tags and this system's opening figures."""
        ids = {owner for owner, _verified in known.values()}
        ids.update(
            target for ordinal, _row in rows if (target := self.plan.target[self.plan.root[ordinal]]) > 0
        )
        if not ids:
            return {}
        people = {}
        rows_of = Customer.everyone.filter(pk__in=ids).order_by("pk")
        if connection.in_atomic_block:
            rows_of = rows_of.select_for_update()
        # Whoever was folded or erased since the plan was made is not written to: identities lead to who she is now.
        for values in rows_of.filter(merged_into=None, erased_at=None).values_list("pk", *COLUMNS):
            people[values[0]] = Person(values[0], dict(zip(COLUMNS, values[1:], strict=True)), new=False)
        ids &= people.keys()
        for customer, tag in (
            CustomerTag.objects.filter(customer__in=ids).order_by().values_list("customer_id", "tag__name")
        ):
            people[customer].tags.add(tag)
        for pk, customer, *figures in (
            Opening.objects.filter(customer__in=ids, system=self.system)
            .order_by()
            .values_list("pk", "customer_id", *OPENING)
        ):
            people[customer].opening_pk = pk
            people[customer].opening = dict(zip(OPENING, figures, strict=True))
        return people

    # --- one row ------------------------------------------------------------------------------------------

    def _decide_row(
        self,
        ordinal: int,
        row: Row,
        known: dict[tuple[str, str], tuple[int, bool]],
        people: dict[int, Person],
        here: dict[int, Person],
        fresh: dict[tuple[str, str], Person],
        out: Slice,
    ) -> Decision:
        if not self.plan.accepted[ordinal]:
            return self._reject(row)
        root = self.plan.root[ordinal]
        joined = root != ordinal
        if self.plan.target[root] == ERASED or not self.erased.isdisjoint(row.who.ids):
            if not joined and self.plan.target[root] not in people:
                self.plan.target[root] = ERASED
            # What the row says of her is not kept a second time.
            return Decision(row.number, Outcome.REJECTED, code="person.erased")
        person = here.get(root) or self._find(root, row.who, known, people, fresh)
        created = person is None
        if person is None:
            person = Person(0, dict(DEFAULTS, custom={}, legacy={}), new=True)
            out.people.append(person)
        here[root] = person
        if self.overlay is not None and root in self._clustered:
            self.overlay[root] = person
        decision = Decision(row.number, Outcome.CREATED if created else Outcome.UNCHANGED, person)
        person.log = {}
        new_tag = self._tell(person, row, joined, decision, out)
        new_identity = self._identify(person, row.who, known, fresh, out)
        if joined:
            decision.outcome = Outcome.MERGED
        elif not created and (new_tag or new_identity or person.log):
            decision.outcome = Outcome.UPDATED
        decision.changes = person.log or None
        if row.warnings or decision.conflict:
            decision.warnings = row.warnings or None
            decision.raw = row.raw
        return decision

    def _find(
        self,
        root: int,
        who: Who,
        known: dict[tuple[str, str], tuple[int, bool]],
        people: dict[int, Person],
        fresh: dict[tuple[str, str], Person],
    ) -> Person | None:
        target = self.plan.target[root]
        if target > 0 and target in people:
            return people[target]
        if self.overlay is not None and root in self.overlay:
            return self.overlay[root]
        best: tuple[int, Person] | None = None
        for identity in who.ids:
            if identity in known:
                owner, verified = known[identity]
                found = (0 if verified else strength(identity[0]), people.get(owner))
            else:
                found = (strength(identity[0]), fresh.get(identity))
            if found[1] is not None and (best is None or found[0] < best[0]):
                best = (found[0], found[1])
        return best[1] if best else None

    def _reject(self, row: Row) -> Decision:
        who = row.who
        if self.require == Require.NAME:
            code = "row.nobody"
        elif self.require == Require.PHONE or (
            self.reader.phone_columns and who.problem not in ("", cells.MISSING)
        ):
            code = who.problem or cells.MISSING
        else:
            code = (
                "identity.missing"
                if self.reader.phone_columns or self.reader.id_columns
                else "identity.no_column"
            )
        column = next((c for c in self.reader.phone_columns if c < len(row.raw) and row.raw[c] != ""), None)
        if column is None and self.reader.phone_columns:
            column = self.reader.phone_columns[0]
        detail: dict[str, Any] = {}
        if column is not None:
            value = cells.to_text(row.raw[column]) if column < len(row.raw) else ""
            detail = {
                "column": self.reader.headers[column],
                "cell": f"{letter(column)}{row.number}",
                "value": value[:80],
            }
        return Decision(row.number, Outcome.REJECTED, code=code, detail=detail, raw=row.raw)

    def _tell(self, person: Person, row: Row, joined: bool, decision: Decision, out: Slice) -> bool:
        """Writes what the row says into the person, by the rule for conflicts. True where she got a tag.

        Only the first row of a person may overwrite: else two rows that disagree would swap with every import."""
        win = self.on_conflict == OnConflict.OVERWRITE and not joined
        new_tag = False
        if person.fields["archived_at"] is not None:
            person.set("archived_at", None)
        values = row.values
        if name := values.get("name"):
            own = person.fields["name"]
            if not own:
                self._set_name(person, name)
            elif own != name and not same_name(own, name):
                decision.conflict = True
                decision.detail = {"name": name, "kept": own}
                if win:
                    self._set_name(person, name)
            elif win and own != name:
                self._set_name(person, name)
        for column, value in values.items():
            if column == "name":
                continue
            if column == "birthday":
                self._tell_birthday(person, value, win)
            elif column == "note":
                self._tell_note(person, value, win)
            elif person.fields[column] in ("", None) or (win and person.fields[column] != value):
                person.set(column, value)
        for word, text in row.texts.items():
            pk = self.names.resolve(word, text)
            if pk is None:
                decision.unknown = {**(decision.unknown or {}), word: text}
            elif person.fields[f"{word}_id"] is None or (win and person.fields[f"{word}_id"] != pk):
                person.set(f"{word}_id", pk)
        self._tell_bags(person, row, joined, win)
        for tag in row.tags:
            tag = self.names.tag(tag)
            if tag not in person.tags:
                person.tags.add(tag)
                out.tags.append((person, tag))
                new_tag = True
        if row.opening:
            self._tell_opening(person, row.opening, win)
        if joined:
            self._keep_lost(person, row)
        return new_tag

    def _keep_lost(self, person: Person, row: Row) -> None:
        """What a further row of the sheet says of her and the first one says otherwise: kept beside the columns
        that are no field ("备注 (2)"), since `fill` means not to overwrite, not to lose."""
        lost = [field for field, value in row.values.items() if field != "name" and self._differs(person, field, value)]
        for word, text in row.texts.items():
            pk = self.names.resolve(word, text)
            if pk is not None and person.fields[f"{word}_id"] != pk:
                lost.append(word)
        if person.opening is not None:
            lost += [
                field
                for field, column in OPENING_COLUMNS.items()
                if row.opening.get(column) not in (None, "", person.opening[column])
            ]
        legacy: dict[str, Any] = {}
        for field in lost:
            for column in self.reader.columns.get(field, ()):
                if column < len(row.raw) and (text := cells.to_text(row.raw[column])) and not is_blank(text):
                    legacy[self.reader.headers[column]] = cells.without_id_cards(text)
        if legacy:
            own = person.fields["legacy"]
            # The first row's own value is a field, so what is kept of the further ones starts at (2).
            told = numbered(own, legacy, {*self.reader.headers})
            if told:
                person.set("legacy", {**own, **told})

    def _differs(self, person: Person, field: str, value: Any) -> bool:
        if field == "birthday":
            return any(person.fields[column] != own for column, own in birthday_columns(value).items())
        if field == "note":
            return value not in person.fields["note"]
        return bool(person.fields[field] != value)

    def _set_name(self, person: Person, name: str) -> None:
        person.set("name", name)
        person.set("name_key", fold_name(name)[:200])

    def _tell_birthday(self, person: Person, birthday: Any, win: bool) -> None:
        own = person.fields
        same_day = (
            own["birth_md"] == birthday.month * 100 + birthday.day and own["birth_lunar"] == birthday.lunar
        )
        if own["birth_md"] is None or (win and not (same_day and own["birth_year"] == birthday.year)):
            for column, value in birthday_columns(birthday).items():
                if own[column] != value:
                    person.set(column, value)
        elif same_day and own["birth_year"] is None and birthday.year is not None:
            person.set("birth_year", birthday.year)

    def _tell_note(self, person: Person, note: str, win: bool) -> None:
        own = person.fields["note"]
        if not own or (win and own != note):
            person.set("note", note)
        elif self.on_conflict == OnConflict.APPEND and note not in own:
            person.set("note", f"{own}\n{note}")

    def _tell_bags(self, person: Person, row: Row, joined: bool, win: bool) -> None:
        """Own fields and kept columns. A value that an earlier row of the sheet contradicts is kept as "积分 (2)"."""
        custom = {
            key: value
            for key, value in row.custom.items()
            if person.fields["custom"].get(key) in (None, "")
            or (win and person.fields["custom"][key] != value)
        }
        if custom:
            person.set("custom", {**person.fields["custom"], **custom})
        own = person.fields["legacy"]
        legacy = {}
        for key, value in row.legacy.items():
            if key not in own:
                legacy[key] = value
            elif own[key] != value:
                if win:
                    legacy[key] = value
                elif joined:
                    # "随便 (2)" may be a column of its own.
                    legacy |= numbered(own, {key: value}, {*row.legacy, *legacy})
        if legacy:
            person.set("legacy", {**own, **legacy})

    def _tell_opening(self, person: Person, figures: dict[str, Any], win: bool) -> None:
        """One row a system. Rows that join an earlier one only fill: nothing is added twice."""
        if person.opening is None:
            if not any(figures.values()):
                return
            person.opening = dict.fromkeys(OPENING)
            person.opening["level"] = ""
        for column, value in figures.items():
            own = person.opening[column]
            if own in (None, "") or (win and own != value):
                person.set_opening(column, value)

    def _identify(
        self,
        person: Person,
        who: Who,
        known: dict[tuple[str, str], tuple[int, bool]],
        fresh: dict[tuple[str, str], Person],
        out: Slice,
    ) -> bool:
        """Gives her the identities nobody has; where another person has one, the pair is proposed. True if any."""
        before = len(out.identities)
        extras = [(PHONE, extra) for extra in who.extras if extra not in self.plan.claimed]
        for identity in (*who.ids, *(extra for extra in extras if extra not in self.erased)):
            if identity in known:
                owner = known[identity][0]
                if owner != person.pk:
                    out.candidates.append((person, owner, {"kind": identity[0], "value": identity[1]}))
                continue
            if identity in fresh:
                if fresh[identity] is not person:
                    evidence = {"kind": identity[0], "value": identity[1]}
                    out.candidates.append((person, fresh[identity], evidence))
                continue
            fresh[identity] = person
            out.identities.append((person, *identity))
            if identity[0] == PHONE and not person.fields["phone"]:
                person.set("phone", identity[1])
        return len(out.identities) > before
