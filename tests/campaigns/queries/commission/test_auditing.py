"""An audit that is right about what is wrong."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F

from campaigns.models import BookCheck, ClosedMonth, CommissionEntry, OrderWork
from campaigns.queries.commission.auditing import audit
from campaigns.services.paying.settling import settle
from customers.models import Order
from scrm.kit import appendonly, clock
from tests.campaigns.services.paying.books import OCTOBER, close, on
from tests.factories.commission import give_back

Sell = Callable[..., Order]


def found() -> list[tuple[str, int | None, int | None]]:
    return [(one.check, one.expected, one.found) for one in audit()]


def forge(**values: Any) -> None:
    """What the database refuses everybody."""
    with appendonly.lifted(CommissionEntry):
        CommissionEntry.objects.filter(pk=values.pop("pk")).update(**values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"amount_fen": 7_000}, [("amount", 6_400, 7_000)]),
        ({"rate_bp": 501}, [("amount", 6_413, 6_400)]),
        ({"basis_fen": 128_001}, [("share", 128_000, 128_001)]),
        ({"key": "accrual:1:e1:k999"}, [("key", None, None)]),
    ],
)
def test_a_forged_accrual(values: Any, expected: Any, sell: Sell) -> None:
    order = sell()
    assert found() == []
    forge(pk=order.commission.get().pk, **values)
    assert found() == expected


def test_a_forged_reversal(sell: Sell) -> None:
    order = sell(10_000)
    give_back(order, 5_000)
    settle([order.pk])
    OrderWork.objects.all().delete()
    assert found() == []
    taken = order.commission.get(kind="reversal")
    forge(pk=taken.pk, amount_fen=-249)
    assert found() == [("reversed", 250, 249)]
    forge(pk=taken.pk, amount_fen=-501)
    assert found() == [("taken", 500, 501)]


def test_a_refund_that_nobody_has_looked_at_yet_is_no_fault(sell: Sell) -> None:
    order = sell(10_000)
    OrderWork.objects.all().delete()
    give_back(order, 5_000)
    OrderWork.objects.all().delete()
    assert found() == [("reversed", 250, 0)]
    OrderWork.objects.create(order=order)
    assert found() == []


def test_an_entry_in_a_closed_month(sold: Any, owner: Any) -> None:
    order = sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))
    assert found() == []
    payout = CommissionEntry.objects.get(kind="payout")
    forge(pk=payout.pk, amount_fen=F("amount_fen") - 1)
    assert found() == [("closed", 0, -1), ("payout", 0, -1)]
    forge(pk=payout.pk, amount_fen=-500)
    ClosedMonth.objects.update(entries=3)
    assert found() == [("closed", 0, 0)]
    assert order.commission.count() == 1


def run(*args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit_commission", *args, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_names_the_row_and_ends_with_1(sell: Sell) -> None:
    entry = sell().commission.get()
    assert run("--json") == (0, '{"ok": true, "findings": []}\n')
    assert BookCheck.objects.get(name="commission").ok
    forge(pk=entry.pk, amount_fen=1)
    code, said = run("--json")
    assert (code, json.loads(said)) == (
        1,
        {
            "ok": False,
            "findings": [
                {
                    "check": "amount", "entry": entry.pk, "order": entry.order_id, "person": f"e{entry.employee_id}",
                    "month": f"{entry.month:%Y-%m}",
                    "expected": 6_400, "found": 1,
                }
            ],
        },
    )  # fmt: skip
    code, said = run()
    assert code == 1
    assert f"entry {entry.pk}" in said
    check = BookCheck.objects.get()
    assert (check.ok, len(check.findings), check.at <= clock.now()) == (False, 1, True)
