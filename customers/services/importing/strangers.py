"""People whom a sheet of something else names and nobody has: made by their key, with a name where it has one."""

from collections.abc import Mapping
from datetime import datetime

from customers.choices import IdentityKind
from customers.models import Customer, Identity, ImportBatch
from customers.naming import fold_name
from customers.services.importing.decisions import COLUMNS, DEFAULTS
from scrm.kit import bulk


def make(strangers: Mapping[str, str], *, kind: str, batch: ImportBatch, now: datetime) -> dict[str, int]:
    """{key: id} of the people made from {key: name}, inside the transaction that writes what they did. Raises
    IntegrityError when somebody took a key meanwhile."""
    is_phone = kind == IdentityKind.PHONE
    made = dict(zip(strangers, bulk.reserve_ids(Customer, len(strangers)), strict=True))
    rows = []
    for key, name in strangers.items():
        fields = {
            **DEFAULTS, "custom": {}, "legacy": {}, "name": name, "name_key": fold_name(name)[:200],
            "phone": key if is_phone else "",
        }  # fmt: skip
        rows.append((made[key], *fields.values(), batch.pk, now, now))
    bulk.insert(Customer, ("id", *COLUMNS, "imported_in", "created_at", "updated_at"), rows)
    bulk.insert(
        Identity,
        ("customer", "kind", "value", "tail", "verified", "source", "batch", "first_seen"),
        [
            (pk, kind, key, key[-4:] if is_phone else "", False, f"import:{batch.pk}", batch.pk, now)
            for key, pk in made.items()
        ],
    )
    return made
