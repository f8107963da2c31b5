"""业绩提成 on the desk: who reads what, and what the owner does there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from campaigns.models import ClosedMonth, CommissionEntry, CommissionHold
from campaigns.services.paying import adjusting, checking
from campaigns.services.paying.settling import settle
from customers.models import Order
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.kit.tabular import source
from scrm.staff.choices import Role
from tests import cast
from tests.campaigns.services.paying.books import OCTOBER, back, close, on
from tests.factories.campaigns import make_assignment, make_link
from tests.factories.commission import credit_links, give_back
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

PAGE = "admin:campaigns_performance"
Sell = Callable[..., Order]


@pytest.fixture
def enter(client: Client) -> Callable[[Any], Client]:
    def come(who: Any) -> Client:
        client.force_login(who)
        client.cookies["django_language"] = "en"
        return client

    return come


@pytest.fixture
def far(shop: cast.Shop, buy: Sell, campaign: Any, link: Any) -> CommissionEntry:
    """Earned by somebody of another store."""
    order = buy(10_000)
    credit_links(order, {make_link(campaign, employee=make_employee("赵倩", department=shop.xihu)): 1})
    settle([order.pk])
    return order.commission.get()


def page(client: Client, name: str = PAGE, *args: Any, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("role", "statement", "holds", "close_page"),
    [
        (Role.OWNER, 200, 200, 302),
        (Role.OPERATOR, 403, 403, 403),
        (Role.MANAGER, 200, 403, 403),
        (Role.EMPLOYEE, 200, 403, 403),
        (Role.AGENCY, 403, 403, 403),
    ],
)
def test_who_may_open_what(
    role: Role, statement: int, holds: int, close_page: int, everyone: Any, enter: Any, sell: Sell
) -> None:
    """The one entry is of this month, so that none waits to be closed."""
    entry = sell(at=clock.now()).commission.get()
    client = enter(everyone[role])
    found = [client.get(reverse(name)).status_code for name in (PAGE, "admin:campaigns_holds", "admin:campaigns_close_month")]
    assert found == [statement, holds, close_page]
    assert client.get(reverse("admin:campaigns_entry", args=[entry.pk])).status_code == statement
    assert client.get(reverse("admin:campaigns_commissionentry_changelist")).status_code == statement
    assert client.post(reverse("admin:campaigns_statement")).status_code == (
        200 if role in (Role.OWNER, Role.MANAGER) else 403
    )


def test_nobody_reads_beyond_her_scope(everyone: Any, enter: Any, sell: Sell, far: CommissionEntry) -> None:
    sell()
    for role, status in ((Role.OWNER, 200), (Role.MANAGER, 404), (Role.EMPLOYEE, 404)):
        client = enter(everyone[role])
        assert client.get(reverse("admin:campaigns_entry", args=[far.pk])).status_code == status
        found = client.get(reverse(PAGE) + f"?employee={far.employee_id}")
        # A consultant's page is her own, whatever the address says.
        assert found.status_code == (200 if role == Role.EMPLOYEE else status)
        assert ("赵倩" in found.content.decode()) == (role == Role.OWNER)
    text = page(enter(everyone[Role.MANAGER]))
    assert ("小许" in text, "赵倩" in text) == (True, False)
    rows = enter(everyone[Role.EMPLOYEE]).get(reverse("admin:campaigns_commissionentry_changelist"))
    assert [entry.employee for entry in rows.context["cl"].queryset] == [everyone[Role.EMPLOYEE]]


def test_her_own_page_says_what_and_why(sell: Sell, employee: Any, enter: Any) -> None:
    order = sell(10_000)
    sell(20_000, source="有赞")
    own = sell(40_000, customer=make_customer("", employee.phone))
    text = page(enter(employee))
    assert 'id="head-today" data-fen="0"' in text
    assert 'id="head-net" data-fen="3500"' in page(enter(employee), query=f"?month={clock.days_ago(1):%Y-%m}")
    assert 'id="head-payable" data-fen="500"' in text
    assert f'data-hold="{CommissionHold.objects.get().pk}"' in text
    assert ("¥10.00" in text, "¥20.00" in text, "before tax" in text) == (True, True, True)
    told = page(enter(employee), "admin:campaigns_entry", order.commission.get().pk)
    assert "5% of ¥100.00 = ¥5.00" in told
    assert "It waits for somebody to look at it." in page(enter(employee), "admin:campaigns_entry", own.commission.get().pk)


def test_an_entry_does_not_name_an_order_that_is_not_hers_to_see(
    sell: Sell, employee: Any, owner: Any, enter: Any, shop: cast.Shop
) -> None:
    order = sell(10_000, number="X-2026-1")
    pk = order.commission.get().pk
    assert "X-2026-1" not in page(enter(employee), "admin:campaigns_entry", pk)
    assert "X-2026-1" in page(enter(owner), "admin:campaigns_entry", pk)


def test_the_owner_decides_with_a_reason(sell: Sell, employee: Any, owner: Any, enter: Any) -> None:
    sell(40_000, customer=make_customer("", employee.phone))
    hold = CommissionHold.objects.get()
    client = enter(owner)
    assert 'data-value="1"' in page(client)
    address = reverse("admin:campaigns_hold", args=[hold.pk])
    client.post(address, {"decision": "refuse", "words": ""})
    hold.refresh_from_db()
    assert hold.decision == ""
    client.post(address, {"decision": "refuse", "words": "自己买的"})
    hold.refresh_from_db()
    assert (hold.decision, hold.decided_by, hold.decided_words) == ("refused", owner, "自己买的")
    assert client.get(address).status_code == 405
    assert "自己买的" in page(enter(employee), "admin:campaigns_entry", hold.entry_id)


def test_a_month_is_closed_after_a_look(sold: Any, owner: Any, enter: Any) -> None:
    sold(on(10, 3))
    client = enter(owner)
    with clock.staged(on(11, 3)):
        text = page(client, "admin:campaigns_close_month")
        assert 'id="plan" data-fen="500"' in text
        stamp = client.get(reverse("admin:campaigns_close_month")).context["plan"].stamp
        client.post(reverse("admin:campaigns_close_month"), {"month": "2026-10", "seen": "something else"})
        assert ClosedMonth.objects.count() == 0
        client.post(reverse("admin:campaigns_close_month"), {"month": "2026-10", "seen": stamp})
        assert ClosedMonth.objects.get().month == OCTOBER
        assert 'data-figure="paid" data-fen="-500"' in page(client, query="?month=2026-10")


def test_what_is_below_zero_need_not_be_paid_back_now(sold: Any, owner: Any, employee: Any, enter: Any) -> None:
    order = sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))

    def told() -> list[bool]:
        with clock.staged(on(11, 5)):
            return ["set off against later commission" in page(enter(who)) for who in (owner, employee)]

    before = told()
    assert "Carried over + earned + taken back + adjusted + paid out = stands" in page(enter(owner), query="?month=2026-10")
    back(order, 10_000, on(11, 4))
    assert (before, told()) == ([False, False], [True, True])


def test_the_sheet_is_the_page(sold: Any, owner: Any, enter: Any, tmp_path: Any) -> None:
    sold(on(10, 3))
    close(OCTOBER, owner, on(11, 2))
    with clock.staged(on(11, 3)), override("en"):
        response = enter(owner).post(reverse("admin:campaigns_statement") + "?month=2026-10")
    file = tmp_path / "statement.xlsx"
    file.write_bytes(response.content)
    with source.open_source(file) as opened:
        assert opened.sheets == ["Statement", "Entries"]
        rows = [list(cells) for _nth, cells in opened.rows("Statement")]
        entries = [list(cells) for _nth, cells in opened.rows("Entries")]
    assert rows[1:3] == [
        ["小许", "commission of an employee", 0, 5, 0, 0, -5, 0, 0, 0, 0], ["Together", "", 0, 5, 0, 0, -5, 0, 0, 0, 0],
    ]  # fmt: skip
    assert "before tax" in rows[3][0]
    assert [(cells[1], cells[2], cells[3]) for cells in entries[1:]] == [("小许", "earned", 5), ("小许", "paid out", -5)]
    line = AuditEntry.objects.get(action="commission.exported")
    assert (line.count, line.detail) == (1, {"month": "2026-10"})


def test_an_adjustment_by_hand(owner: Any, employee: Any, enter: Any) -> None:
    client = enter(owner)
    address = reverse("admin:campaigns_adjust", args=[employee.pk])
    key = client.get(address).context["form"].initial["key"]
    for _nth in range(2):
        client.post(address, {"amount": "-12.40", "words": "收银差错", "key": key})
    entry = CommissionEntry.objects.get()
    assert (entry.amount_fen, entry.note, entry.by) == (-1_240, "收银差错", owner)
    assert "收银差错" in page(client, "admin:campaigns_entry", entry.pk)
    assert enter(employee).get(address).status_code == 403


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.EMPLOYEE])
def test_every_figure_opens_the_entries_that_make_it(
    role: Role, everyone: Any, enter: Any, sell: Sell, far: CommissionEntry, employee: Any, owner: Any
) -> None:
    order = sell(10_000, at=clock.now())
    give_back(order, 5_000)
    settle([order.pk])
    sell(20_000, at=clock.now(), source="有赞")
    sell(40_000, at=clock.now(), customer=make_customer("", employee.phone))
    adjusting.adjust(employee=employee, amount_fen=-70, words="差错", by=owner)
    client = enter(everyone[role])
    context = client.get(reverse(PAGE)).context
    if role == Role.EMPLOYEE:
        figures = context["figures"]
    else:
        figures = [figure for _line, shown, _address in context["lines"] for figure in shown] + context["total"]
    opened = 0
    for name, _label, _shown, fen, address in figures:
        if address:
            rows = client.get(address).context["cl"].queryset
            assert (name, sum(entry.amount_fen for entry in rows)) == (name, fen)
            opened += 1
    # Earned, taken back, adjusted, held and pending of hers; what the far one earned; and all together.
    assert opened == {Role.OWNER: 5 + (1 if far.month == clock.today().replace(day=1) else 0) + 5, Role.MANAGER: 10, Role.EMPLOYEE: 5}[role]


def test_her_place_among_those_who_work_on_it(sell: Sell, campaign: Any, employee: Any, enter: Any) -> None:
    make_assignment(campaign, employee, target_fen=40_000)
    make_assignment(campaign, make_employee(), target_fen=100)
    sell(10_000)
    text = page(enter(employee))
    assert f'data-campaign="{campaign.pk}" data-rank="1" data-percent="25"' in text
    assert "place 1 of 2" in text


def test_the_first_page_says_what_she_is_paid_and_what_the_owner_looks_at(
    sell: Sell, employee: Any, owner: Any, enter: Any
) -> None:
    sell(10_000)
    sell(20_000, customer=make_customer("", employee.phone))
    text = page(enter(employee), "admin:index")
    assert ('id="figure-pay_payable" data-value="500"' in text, 'id="figure-pay_pending" data-value="0"' in text) == (True, True)
    assert "¥10.00" in text
    checking.check()
    text = page(enter(owner), "admin:index")
    assert ('id="todo-holds" data-value="1"' in text, 'id="books" data-ok="1"' in text) == (True, True)
    assert "figure-pay_payable" not in text
