"""A member number is one that was given out here: a sheet of something else makes nobody from an unknown one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customers.models import Appointment, Customer, FollowUp, Identity, ImportBatch, ImportRow, Order
from customers.services.importing import reasons
from tests.customers import sheets
from tests.customers.services.contact_sheets.runs import appointments, follow_ups
from tests.customers.services.ordering.runs import run
from tests.factories.customers import identify, make_customer

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "800001", "800002"
Row = Callable[[str, int], list[Any]]


def _order(who: str, n: int) -> list[Any]:
    return [f"D{n}", "2026-05-01", who, "面膜", 1, 10]


def _appointment(who: str, n: int) -> list[Any]:
    return [f"Y{n}", who, "2026-03-01 10:00", "护理"]


def _follow_up(who: str, n: int) -> list[Any]:
    return [who, f"2025-11-0{n} 10:00", "电话", "聊了几句"]


SHEETS: dict[str, tuple[Any, Any, list[str], Row]] = {
    "orders": (run, Order, ["订单号", "下单时间", "会员号", "商品名称", "数量", "单价"], _order),
    "appointments": (appointments, Appointment, ["预约单号", "会员号", "预约时间", "服务项目"], _appointment),
    "follow-ups": (follow_ups, FollowUp, ["会员号", "跟进时间", "跟进方式", "跟进内容"], _follow_up),
}


@pytest.fixture(autouse=True)
def own_private_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("dry", [True, False])
def test_an_unknown_member_number_is_rejected(tmp_path: Path, name: str, dry: bool) -> None:
    importing, model, head, row = SHEETS[name]
    her = make_customer("王丽娟")
    identify(her, "member_no", KNOWN)
    path = sheets.xlsx(tmp_path / "表.xlsx", [head, row(KNOWN, 1), row(UNKNOWN, 2)])
    flags = ["--customer-key", "member_no", "--map", "customer=会员号", *(["--dry-run"] if dry else [])]
    answer = importing(path, *flags)
    assert [(one["row"], one["code"]) for one in answer["rejections"]] == [(3, "customer.unknown")]
    column = "C" if name == "orders" else "B" if name == "appointments" else "A"
    sentence = reasons.sentence("customer.unknown", {"column": "会员号", "cell": f"{column}3", "value": UNKNOWN})
    assert all(part in sentence for part in (UNKNOWN, f"{column}3", "会员号"))
    assert [one["reason"] for one in answer["rejections"]] == [sentence]
    assert (answer["customers_created"], answer["rejected"]) == (0, 1)
    assert list(model.objects.values_list("customer", flat=True)) == ([] if dry else [her.pk])
    assert (list(Customer.objects.all()), list(Identity.objects.values_list("value", flat=True))) == ([her], [KNOWN])
    if not dry:
        told = ImportRow.objects.get(batch=ImportBatch.objects.get(), code="customer.unknown")
        assert (told.customer, told.number, reasons.sentence(told.code, told.detail)) == (None, 3, sentence)


@pytest.mark.parametrize("name", SHEETS)
def test_a_card_of_another_system_still_makes_somebody(tmp_path: Path, name: str) -> None:
    importing, _model, head, row = SHEETS[name]
    path = sheets.xlsx(tmp_path / "表.xlsx", [head, row(UNKNOWN, 1)])
    answer = importing(path, "--customer-key", "legacy:收银", "--map", "customer=会员号")
    assert (answer["customers_created"], answer["rejections"]) == (1, [])
    assert list(Identity.objects.values_list("kind", "value")) == [("legacy:收银", UNKNOWN)]
