"""Rows that tell of a contact: written once, with the author and the time they had; found again by what they say."""

from collections.abc import Sequence
from typing import Any

from customers.choices import Began, ImportKind, Medium, Outcome, Purpose
from customers.models import FollowUp, ImportBatch
from customers.services import contacting
from customers.services.contact_sheets import deciding
from customers.services.contact_sheets.deciding import Decided
from customers.services.contact_sheets.rows import Entry, RowReader, Rules
from customers.services.contact_sheets.words import BY_HER, MEDIA, plain
from customers.services.importing.names import Names
from customers.services.ordering.booking import write_rows
from scrm.kit import bulk, clock

KIND = ImportKind.FOLLOW_UPS
_NEW = (
    "customer", "identity", "author", "author_name", "at", "medium", "began", "contact_class", "content", "outcome", "next_at",
    "next_words", "key", "batch", "created_at",
)  # fmt: skip


def decide(entries: Sequence[Entry], reader: RowReader, names: Names, rules: Rules, seen: set[str]) -> Decided:
    """Writes nothing. `seen` are keys of earlier rows that are not in the base yet; it grows."""
    out = deciding.look(entries, rules)
    keys = [entry.key for entry in entries if not entry.problem]
    here = dict(FollowUp.objects.filter(key__in=keys).values_list("key", "author"))
    for entry in entries:
        if entry.problem:
            deciding.reject(entry, reader, out)
            continue
        if (medium := entry.word("medium")) and _medium(medium) is None:
            reader.warn(entry, "contact.medium", "medium")
        if entry.key in here or entry.key in seen:
            matched = ("employee",) if here.get(entry.key) is not None or entry.key in seen else ()
            deciding.tell(entry, Outcome.UNCHANGED, reader, names, out, matched=matched)
            continue
        seen.add(entry.key)
        deciding.meet(entry, out)
        deciding.tell(entry, Outcome.CREATED, reader, names, out)
        out.fresh.append(entry)
    return out


def _medium(text: str) -> str | None:
    """电话, 电话回访（未接）, 企业微信-单聊."""
    word = plain(text)
    return MEDIA.get(word) or next((MEDIA[part] for part in word.replace("/", "-").split("-") if part in MEDIA), None)


def write(out: Decided, batch: ImportBatch, names: Names, rules: Rules) -> None:
    """In the caller's transaction. Raises IntegrityError when somebody took an identity meanwhile."""
    now = clock.now()
    out.counters["customers_created"] += out.make(rules.key, batch, now)
    bulk.insert(FollowUp, _NEW, [_row(entry, out, batch, names, now) for entry in out.fresh])
    contacting.refresh_last_contact({out.owners[entry.who] for entry in out.fresh})
    write_rows(out.told, batch, out.owners)


def _row(entry: Entry, out: Decided, batch: ImportBatch, names: Names, now: Any) -> tuple[Any, ...]:
    author, medium = entry.word("employee"), entry.word("medium")
    # A next time that has passed would be overdue today, years later.
    following = entry.next_at if entry.next_at is not None and entry.next_at >= clock.start_of(clock.today()) else None
    return (
        out.owners[entry.who], out.identities[entry.who], names.resolve("owner", author) if author else None, author, entry.at,
        _medium(medium) or Medium.WECOM.value,
        (Began.CUSTOMER if medium and BY_HER.search(medium) else Began.US).value, Purpose.SERVICE.value, entry.word("content"), "",
        following, "", entry.key, batch.pk, now,
    )  # fmt: skip
