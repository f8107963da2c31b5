"""A plan set aside between two slices of a worker, so that half a million rows are not planned anew each minute.

Private to one batch and one cursor: a plan that was left by a crash is older than the cursor and counts as none.
"""

import json
from array import array
from pathlib import Path

from customers.services.importing.planning import Plan, Shared
from customers.services.importing.rows import Reader

_ARRAYS = (("root", "I"), ("target", "q"))


def save(path: Path, plan: Plan, reader: Reader, cursor: int) -> None:
    """Writes aside and renames, so that a half-written plan is never read."""
    head = {
        "cursor": cursor,
        "rows": plan.rows,
        "skipped": reader.skipped_in_all,
        "twin": list(plan.twin.items()),
        "claimed": sorted(plan.claimed),
        "shared": sorted(reader.shared.found) if isinstance(reader.shared, Shared) else [],
    }
    aside = path.with_suffix(".writing")
    with aside.open("wb") as file:
        file.write(json.dumps(head).encode() + b"\n")
        file.write(bytes(plan.accepted))
        for name, _code in _ARRAYS:
            getattr(plan, name).tofile(file)
    aside.chmod(0o600)
    aside.replace(path)


def load(path: Path, reader: Reader, cursor: int) -> Plan | None:
    """The plan as it stood at `cursor`, with the reader told of shared identities; None when there is none."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
            if head["cursor"] != cursor:
                return None
            plan = Plan()
            plan.rows = head["rows"]
            plan.twin = {int(ordinal): nth for ordinal, nth in head["twin"]}
            plan.claimed = set(head["claimed"])
            plan.accepted = bytearray(file.read(plan.rows))
            for name, code in _ARRAYS:
                values = array(code)
                values.fromfile(file, plan.rows)
                setattr(plan, name, values)
    except (OSError, ValueError, KeyError, EOFError):
        return None
    reader.skipped_in_all = head["skipped"]
    if head["shared"]:
        reader.shared = Shared({(kind, value) for kind, value in head["shared"]})
    return plan
