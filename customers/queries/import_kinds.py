"""Which queries read an import: each kind of sheet has figures of its own."""

from types import ModuleType
from typing import Any

from customers.choices import ImportKind
from customers.models import ImportBatch
from customers.queries import contact_imports, imports, order_imports

_READ: dict[str, Any] = {
    ImportKind.ORDERS: order_imports,
    ImportKind.APPOINTMENTS: contact_imports,
    ImportKind.FOLLOW_UPS: contact_imports,
}


def read(batch: ImportBatch) -> ModuleType | Any:
    """LABELS, `rows`, `figures` and `sentence` of its kind."""
    return _READ.get(batch.kind, imports)


def taken_back(batch: ImportBatch) -> str:
    """What an undo did, in one sentence; blank before it."""
    own = read(batch)
    return str(imports.taken_back(batch) if own is imports else own.taken_back(batch.counters))
