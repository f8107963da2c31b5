"""Thousands of rows in one statement: the values that come back are the values that went in."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerTag, Identity, ImportRow, Opening
from scrm.kit import bulk, clock
from tests.factories.customers import make_batch, make_customer, make_tag

pytestmark = pytest.mark.django_db
NASTY = [
    "张三",
    "",
    "a'b\"c\\d",
    "a\tb\nc\rd",
    "\\N",
    "\\.",
    "NULL",
    "%s {x} $1",
    "𠮷👩\u200d👧",
    "\u202e",
    "'; DROP TABLE x;--",
    "x" * 200,
]
COLUMNS = ("id", "name", "name_key", "phone", "gender", "birth_year", "birth_md", "birth_lunar", "city", "address", "company", "occupation", "education", "income_band", "spending_band", "budget", "known_since", "note", "custom", "legacy", "created_at", "updated_at", "archived_at")  # fmt: skip
NOW = datetime(2026, 11, 21, 8, 30, 59, 123456, tzinfo=UTC)


def row(pk: int, name: str, **more: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        **dict.fromkeys(COLUMNS, ""), "id": pk, "name": name, "birth_year": None, "birth_md": 501, "birth_lunar": True, "known_since": date(2020, 2, 29),
        "note": name, "custom": {"k": name, "n": 1.5, "z": None}, "legacy": {name or "-": [name, {"x": name}]}, "created_at": NOW, "updated_at": NOW, "archived_at": None,
        **more,
    }  # fmt: skip
    return tuple(values[column] for column in COLUMNS)


def test_what_goes_in_comes_out() -> None:
    pks = bulk.reserve_ids(Customer, len(NASTY))
    assert bulk.insert(
        Customer, COLUMNS, [row(pk, name) for pk, name in zip(pks, NASTY, strict=True)]
    ) == len(NASTY)
    found = {c.pk: c for c in Customer.everyone.all()}
    for pk, name in zip(pks, NASTY, strict=True):
        one = found[pk]
        assert (one.name, one.note, one.birth_md, one.birth_lunar, one.birth_year) == (
            name,
            name,
            501,
            True,
            None,
        )
        assert (one.custom, one.legacy) == (
            {"k": name, "n": 1.5, "z": None},
            {name or "-": [name, {"x": name}]},
        )
        assert (one.known_since, one.created_at, one.archived_at) == (date(2020, 2, 29), NOW, None)


def test_values_of_each_row_are_set_in_one_statement() -> None:
    people = [make_customer(f"人{n}") for n in range(len(NASTY))]
    names = ("name", "note", "birth_md", "birth_lunar", "legacy", "archived_at", "known_since", "birth_year")
    rows = [(p.pk, text, text, 101 + n, bool(n % 2), {"k": text}, NOW if n % 2 else None, date(2020, 1, 1 + n), None) for n, (p, text) in enumerate(zip(people, NASTY, strict=True))]  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert bulk.update(Customer, names, rows) == len(NASTY)
    assert len(queries) <= 1
    for pk, *values in rows:
        one = Customer.everyone.get(pk=pk)
        assert [getattr(one, name) for name in names] == values


def test_nothing_to_do_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert (
            bulk.insert(Customer, COLUMNS, []),
            bulk.update(Customer, ("name",), iter(())),
            bulk.reserve_ids(Customer, 0),
        ) == (0, 0, [])
    assert len(queries) == 0


def test_only_the_named_columns_of_the_named_rows_change() -> None:
    one, other = make_customer("甲", city="杭州"), make_customer("乙", city="上海")
    bulk.update(Customer, ("city",), [(one.pk, "北京")])
    assert list(Customer.objects.order_by("pk").values_list("name", "city")) == [
        ("甲", "北京"),
        ("乙", "上海"),
    ]
    assert bulk.update(Customer, ("city",), [(other.pk + 1000, "广州")]) == 1
    assert set(Customer.objects.values_list("city", flat=True)) == {"北京", "上海"}


def test_a_taken_key_raises_and_leaves_nothing() -> None:
    one = make_customer("甲", "13777000001")
    columns = ("customer", "kind", "value", "tail", "verified", "source", "batch", "first_seen")
    rows = [
        (one.pk, "phone", value, value[-4:], False, "", None, clock.now())
        for value in ("13777000002", "13777000001")
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Identity, columns, rows)
    assert list(Identity.objects.values_list("value", flat=True)) == ["13777000001"]


def test_json_may_be_null_and_dates_in_it_are_iso() -> None:
    batch = make_batch()
    columns = (
        "batch",
        "number",
        "outcome",
        "code",
        "conflict",
        "customer",
        "detail",
        "changes",
        "warnings",
        "unknown",
        "cells",
        "undone",
    )
    changes = {"known_since": [None, date(2020, 1, 2)], "at": [NOW, None]}
    bulk.insert(
        ImportRow,
        columns,
        [(batch.pk, 2, "updated", "", False, None, None, changes, None, None, None, False)],
    )
    found = ImportRow.objects.get()
    assert (found.detail, found.changes) == (
        None,
        {"known_since": [None, "2020-01-02"], "at": [NOW.isoformat(), None]},
    )
    assert ImportRow.objects.filter(detail__isnull=True, changes__isnull=False).count() == 1
    with pytest.raises(TypeError):
        bulk.dump({"x": object()})


def test_defaults_are_not_filled_in_and_foreign_keys_are_ids() -> None:
    one, label, batch = make_customer("甲"), make_tag("VIP"), make_batch()
    bulk.insert(
        CustomerTag,
        ("customer", "tag", "set_by", "batch", "at"),
        [(one.pk, label.pk, "import", batch.pk, NOW)],
    )
    bulk.insert(
        Opening,
        ("customer", "system", "spend_fen", "orders", "last_order_on", "level", "batch"),
        [(one.pk, "旧", 10**15, None, None, "", batch.pk)],
    )
    assert (CustomerTag.objects.get().tag, CustomerTag.objects.get().at) == (label, NOW)
    assert Opening.objects.get().spend_fen == 10**15


def test_reserved_numbers_are_nobody_elses() -> None:
    before = make_customer("甲")
    mine = bulk.reserve_ids(Customer, 5)
    after = make_customer("乙")
    more = bulk.reserve_ids(Customer, 3)
    assert mine == list(range(before.pk + 1, before.pk + 6)) and after.pk == before.pk + 6
    assert more == list(range(after.pk + 1, after.pk + 4))
    bulk.insert(Customer, COLUMNS, [row(pk, f"人{pk}") for pk in mine])
    assert make_customer("丙").pk == more[-1] + 1


def test_reserved_in_an_empty_table() -> None:
    Customer.everyone.all().delete()
    first = bulk.reserve_ids(Customer, 2)
    bulk.insert(Customer, COLUMNS, [row(pk, "人") for pk in first])
    assert make_customer("甲").pk == first[-1] + 1
