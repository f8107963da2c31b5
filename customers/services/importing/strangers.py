"""People whom a sheet of something else names by a key: found, or made where nobody has it, with a name where there is one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customers.choices import IdentityKind
from customers.models import Customer, Identity, ImportBatch
from customers.naming import fold_name
from customers.services.importing.decisions import COLUMNS, DEFAULTS
from customers.services.importing.planning import Known, living_owners
from scrm.kit import bulk

UNKNOWN = "customer.unknown"


@dataclass
class Named:
    """By key: `owners` are ids of people, `identities` ids of what found them, `strangers` names of those to be made."""

    owners: dict[str, int] = field(default_factory=dict)
    identities: dict[str, int] = field(default_factory=dict)
    strangers: dict[str, str] = field(default_factory=dict)

    def find(self, kind: str, keys: Iterable[str]) -> None:
        if keys := set(keys):
            self._are(living_owners(kind, keys))

    def make(self, kind: str, batch: ImportBatch, now: datetime) -> int:
        """How many were made, inside the transaction that writes what they did. Raises IntegrityError when somebody
        took a key meanwhile."""
        self._are(make(self.strangers, kind=kind, batch=batch, now=now))
        return len(self.strangers)

    def _are(self, known: Iterable[Known]) -> None:
        for one in known:
            self.owners[one.value], self.identities[one.value] = one.customer, one.identity


def may_be_made(kind: str) -> bool:
    """A member number is one that our own programme gave out: what it did not give out names nobody."""
    return kind != IdentityKind.MEMBER_NO


def make(strangers: Mapping[str, str], *, kind: str, batch: ImportBatch, now: datetime) -> list[Known]:
    """People made from {key: name}."""
    is_phone = kind == IdentityKind.PHONE
    people = bulk.reserve_ids(Customer, len(strangers))
    made = [
        Known(key, person, False, identity)
        for key, person, identity in zip(strangers, people, bulk.reserve_ids(Identity, len(strangers)), strict=True)
    ]
    rows = []
    for one in made:
        name = strangers[one.value]
        fields = {
            **DEFAULTS, "custom": {}, "legacy": {}, "name": name, "name_key": fold_name(name)[:200],
            "phone": one.value if is_phone else "",
        }  # fmt: skip
        rows.append((one.customer, *fields.values(), batch.pk, now, now))
    bulk.insert(Customer, ("id", *COLUMNS, "imported_in", "created_at", "updated_at"), rows)
    bulk.insert(
        Identity,
        ("id", "customer", "kind", "value", "tail", "verified", "source", "batch", "first_seen"),
        [
            (
                one.identity, one.customer, kind, one.value, one.value[-4:] if is_phone else "", False,
                f"import:{batch.pk}", batch.pk, now,
            )
            for one in made
        ],
    )  # fmt: skip
    return made
