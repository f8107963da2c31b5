"""The other sheets found in the wild, against their key."""

import json
from typing import Any

import pytest

from customers.models import Customer, CustomerTag, Identity
from tests.customers.services.importing.runs import (
    CASES,
    by_phone,
    figures,
    last_batch,
    needs_cases,
    outcomes,
    phones_of,
    rejected,
    run,
    warnings,
)

pytestmark = [needs_cases, pytest.mark.django_db]
SHEETS = CASES / "sheets"


@pytest.fixture(scope="module")
def keys() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SHEETS / "key_sheets.json").read_text(encoding="utf-8"))
    return loaded


def test_contacts_of_a_supermarket(keys: dict[str, Any]) -> None:
    name = "S01_超市联系人.xlsx"
    key = keys[name]
    answer = run(SHEETS / name, "--require", "phone")
    assert (answer["rows"], answer["created"], answer["rejected"], answer["merged"]) == (
        key["data_rows"], key["customers_strict"], key["no_mobile_rows"], 0,
    )  # fmt: skip
    assert {code for _row, code in rejected(answer)} == {"phone.landline"}
    assert last_batch().layout["header_row"] == key["header_row"]
    first, second = key["two_phones_in_cell"][0].split("\\")
    assert phones_of(by_phone(first)) == [first, second]
    assert answer["customers_total"] == Customer.objects.count() == key["customers_strict"]
    lenient = run(SHEETS / name, "--require", "name")
    assert lenient["customers_total"] == key["customers_lenient"]


def test_a_list_of_numbers_with_honorifics(keys: dict[str, Any]) -> None:
    name = "S03_电话名单.xlsx"
    key = keys[name]
    answer = run(SHEETS / name, "--require", "phone")
    assert figures(answer) == (key["customers_strict"], 0, 0, 0, 0)
    honorific = [n for n in Customer.objects.values_list("name", flat=True) if n in ("先生", "女士")]
    assert len(honorific) == key["honorific_only_names"]
    assert CustomerTag.objects.count() == 0
    assert any("/" in note for note in Customer.objects.values_list("note", flat=True))
    assert all(city.count("/") <= 2 for city in Customer.objects.values_list("city", flat=True))


def test_no_header_loses_nobody(keys: dict[str, Any]) -> None:
    name = "S05_无表头三列.xlsx"
    key = keys[name]
    answer = run(SHEETS / name, "--require", "phone")
    assert figures(answer) == (key["customers_strict"], 0, 0, key["merged_pairs"], 0)
    assert answer["rows"] == key["data_rows"]
    assert outcomes()[1] == "created"
    one = by_phone("14500008452")
    assert (one.name, one.company) == ("秦曦燕", "演示北辰0有限公司")
    by_letter = run(SHEETS / name, "--map", "phone=C", "--map", "name=B", "--map", "company=A")
    assert figures(by_letter) == (0, 0, key["customers_strict"], key["merged_pairs"], 0)


def test_continuation_rows_belong_to_the_order_above(keys: dict[str, Any]) -> None:
    name = "S09_团购物流_续行.xlsx"
    key = keys[name]
    answer = run(SHEETS / name, "--require", "phone")
    assert (answer["created"], answer["merged"], answer["rejected"]) == (key["customers_strict"], 0, 0)
    assert answer["skipped"] == 1 + key["data_rows"] - key["orders"]
    assert by_phone("15100006231").name == "张琪浩"
    assert run(SHEETS / name, "--require", "name")["customers_total"] == key["customers_strict"]
    assert set(Identity.objects.values_list("kind", flat=True)) == {"phone"}


def test_a_template_with_its_marker_and_its_sample(keys: dict[str, Any]) -> None:
    name = "S11_客户导入模板_必填行.xlsx"
    key = keys[name]
    answer = run(SHEETS / name, "--require", "phone")
    assert (answer["created"], answer["rows"]) == (
        key["customers_strict"], key["data_rows"] + len(key["example_rows"]),
    )  # fmt: skip
    assert not set(key["marker_rows"]) & set(outcomes())
    assert [item for item in warnings() if item[1] == "row.sample"] == [
        (key["example_rows"][0], "row.sample")
    ]
    assert not Customer.objects.filter(name__contains="必填").exists()
    sample = by_phone("18600003720")
    assert (sample.name, sample.company) == ("朱英丽", "演示货运代理有限公司")
    assert figures(run(SHEETS / name, "--require", "phone"))[:2] == (0, 0)


@pytest.mark.parametrize("rule", ["phone", "identity", "name"])
@pytest.mark.parametrize("name", sorted(p.name for p in SHEETS.glob("S*.*")) if SHEETS.is_dir() else [])
def test_a_second_run_creates_and_updates_nobody(name: str, rule: str) -> None:
    first = run(SHEETS / name, "--require", rule)
    again = run(SHEETS / name, "--require", rule)
    assert (again["created"], again["updated"], again["rejected"]) == (0, 0, first["rejected"])
    assert again["unchanged"] == first["created"] and again["merged"] == first["merged"]
    assert again["customers_total"] == first["customers_total"]
