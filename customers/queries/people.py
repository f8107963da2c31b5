"""Finding people. One rule for the list, autocompletes and the search palette.

Digits: a whole number, its beginning (three or more) or its last four. Names: by their beginning, and two
or more characters anywhere inside. Numbers of cards, members and WeChat, and names that only a sheet has for
her: whole. Without the full-phone right only a whole number or the last four digits find anyone, and no more than
PHONE_HITS of them: beginnings would spell masked numbers out, digit by digit.
"""

import re
import unicodedata
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from customers.choices import IdentityKind
from customers.models import Customer, Identity
from customers.models.people import CustomerQuerySet
from customers.naming import fold_name
from customers.queries.disclosure import sees_full_phones
from scrm.kit import phones

PHONE_HITS = 20
LONGEST = 100
_COUNTRY = re.compile(r"\A(?:\+|00)86")
_MASKED = re.compile(r"\A(1[3-9][0-9])\*{4}([0-9]{4})\Z")
_DIGITS = re.compile(r"[0-9]{1,20}\Z")

# Walks the kinds by one index probe each, so that "any card system" needs no index of its own.
_EXACT = """
WITH RECURSIVE kinds(kind) AS (
    SELECT min(kind) FROM customers_identity
    UNION ALL
    SELECT (SELECT min(i.kind) FROM customers_identity i WHERE i.kind > kinds.kind) FROM kinds
    WHERE kinds.kind IS NOT NULL
)
SELECT i.customer_id FROM kinds JOIN customers_identity i ON i.kind = kinds.kind AND i.value IN ({marks})
WHERE kinds.kind <> '{sheet_row}'
UNION ALL
SELECT r.customer_id FROM customers_importrow r
WHERE {called} IN ({marks}) AND {conflict} AND NOT r.undone AND r.customer_id IS NOT NULL
LIMIT {limit}
"""
# As the index on the names that sheets have for people says it, or no database would use it: (name, its condition).
_CALLED = {
    "postgresql": ("(r.detail ->> 'name')", "r.conflict"),
    "sqlite": (
        """(CASE WHEN JSON_TYPE(r.detail, '$."name"') IN ('null','true','false') THEN JSON_TYPE(r.detail, '$."name"')
        ELSE JSON_EXTRACT(r.detail, '$."name"') END)""",
        "r.conflict = 1",
    ),
}


class HasBigrams(Func):
    """PostgreSQL: the pairs of characters of a name hold all of these; the GIN index of 0003 serves it."""

    template = "customers_bigrams(%(expressions)s"
    arg_joiner = ") @> "
    output_field = BooleanField()


def search(employee: Any, text: str, *, limit: int = 20) -> list[Customer]:
    """The newest people inside the employee's scope that `text` finds; nothing for a blank text."""
    if not _clean(text):
        return []
    rows = Customer.objects.visible_to(employee).select_related("owner", "store")
    return list(matching(rows, employee, text).order_by("-pk")[:limit])


def matching(rows: CustomerQuerySet, employee: Any, text: str) -> CustomerQuerySet:
    """`rows` (scoped by the caller) cut down to those that `text` finds for this employee; all when blank."""
    text = _clean(text)
    if not text:
        return rows
    full = sees_full_phones(employee)
    number = phone_digits(text)
    exact = _exact_owners(text, number)
    numbers = _by_phone(number, phones.squeeze(text), full)
    if numbers and full:
        # A union and not an OR: each branch is served by its own index.
        named = Customer.everyone.order_by().filter(Q(pk__in=exact) | _by_name(text, full)).values("pk")
        return rows.filter(pk__in=named.union(*(branch.values("customer_id") for branch in numbers)))
    if numbers:
        hits = rows.filter(pk__in=numbers[0].values("customer_id")).order_by("-pk")
        exact += hits.values_list("pk", flat=True)[:PHONE_HITS]
    return rows.filter(Q(pk__in=exact) | _by_name(text, full))


def phone_digits(text: str) -> str:
    """"138 0000-0021" and "+86 138…" as digits; "" when the text is not a number or a part of one."""
    plain = phones.squeeze(text)
    plain = phones.normalise(plain) or _COUNTRY.sub("", plain)
    return plain if _DIGITS.match(plain) else ""


def after(prefix: str) -> str:
    """The smallest text behind everything that begins with `prefix`: an index range on both databases."""
    last = ord(prefix[-1]) + 1
    if 0xD800 <= last <= 0xDFFF:
        last = 0xE000
    return after(prefix[:-1]) if last > 0x10FFFF else prefix[:-1] + chr(last)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]


def _by_phone(number: str, plain: str, full: bool) -> list[QuerySet[Identity]]:
    """One query an index; none when the text is no phone, or no more of one than the viewer may ask by."""
    known = Identity.objects.order_by().filter(kind=IdentityKind.PHONE)
    # The index on the last four holds phones only and says so in its condition; SQLite wants to read it again.
    ending = Identity.objects.order_by().exclude(tail="")
    masked = _MASKED.match(plain)
    if masked:
        return [ending.filter(tail=masked[2], value__gte=masked[1], value__lt=after(masked[1]))]
    if phones.normalise(number):
        return [known.filter(value=number)]
    branches = [ending.filter(tail=number)] if len(number) == 4 else []
    if full and len(number) >= 3:
        branches.append(known.filter(value__gte=number, value__lt=after(number)))
    return branches


def _by_name(text: str, full: bool) -> Q:
    key = fold_name(text)[:LONGEST]
    if not key:
        return Q(pk__in=[])
    if not full and any(sign.isdigit() for sign in key):
        # A name may hold a number ("王姐13800000021"): parts of it would spell that number out.
        return Q(name_key=key)
    if len(key) == 1:
        return begins(key)
    inside = Q(name_key__contains=key)
    if connection.vendor != "postgresql":
        # Asked apart, SQLite scans the index on name_key and not the whole table.
        return Q(pk__in=Customer.everyone.order_by().filter(inside).values("pk"))
    pairs = sorted({key[at : at + 2] for at in range(len(key) - 1)})
    return Q(HasBigrams(F("name_key"), Value(pairs))) & inside


def begins(key: str) -> Q:
    """Names beginning with `key`: LIKE 'x%' on PostgreSQL (varchar_pattern_ops), a range on SQLite."""
    if connection.vendor == "postgresql":
        return Q(name_key__startswith=key)
    return Q(name_key__gte=key, name_key__lt=after(key))


def _exact_owners(text: str, number: str) -> list[int]:
    """Who has this whole value as number of a card, a member, a WeChat account or a phone, or is called so by a sheet
    though not by us."""
    plain = unicodedata.normalize("NFKC", text)
    joined = "".join(plain.split())
    values = sorted({text, joined, joined.lower(), phones.squeeze(text), number} - {""})
    marks = ", ".join(["%s"] * len(values))
    called, conflict = _CALLED[connection.vendor]
    sql = _EXACT.format(
        marks=marks, sheet_row=IdentityKind.SHEET_ROW.value, limit=LONGEST, called=called, conflict=conflict
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *values])
        return sorted({customer for (customer,) in cursor.fetchall()})
