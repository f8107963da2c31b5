"""`manage.py verify_figures`: quiet while all is right, a name for each figure that is not."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from campaigns.models import BoardCredit, BoardDay, Credit, Participation
from campaigns.services.crediting import work
from campaigns.tasks import credit_orders
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.site import verifying
from tests.factories.boards import count_all
from tests.factories.campaigns import join, make_link, make_reading, make_visitor
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def facts(db: None) -> None:
    link, her = make_link(), make_customer()
    make_order(her, paid_fen=77, ordered_at=clock.now())
    make_reading(link, make_visitor(her), first=True)
    join(link.campaign, her, link=link)
    make_order(her, ordered_at=clock.now())
    work.of_people([her.pk])
    credit_orders()
    count_all()


def told(*options: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    try:
        call_command("verify_figures", "--json", *options, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_all_is_right() -> None:
    code, found = told()
    assert found["differences"] == []
    assert (code, found["wrong"]) == (0, 0)
    assert found["figures"] > 100


def test_each_wrong_figure_is_named_wherever_it_is_shown() -> None:
    BoardDay.objects.update(views=5)
    code, found = told()
    assert code == 1
    row = BoardDay.objects.get()
    assert f"day {row.campaign_id}, {row.link_id}, {row.day}: views 5, should be 1" in found["differences"]
    assert f"board {row.campaign_id}, last, whole : views 5, should be 1" in found["differences"]
    assert {line.split(": ")[1].split()[0] for line in found["differences"]} == {"views"}


def test_a_wrong_credit_is_named() -> None:
    credit = Credit.objects.by("first").get()
    Credit.objects.filter(pk=credit.pk).update(share_fen=9_999)
    code, found = told()
    assert code == 1
    [line] = [line for line in found["differences"] if line.startswith("credit of order")]
    assert line.startswith(f"credit of order {credit.order_id}, link {credit.link_id}, first: ")


def test_rows_that_nothing_stands_behind() -> None:
    BoardCredit.objects.update(net_fen=1)
    Participation.objects.update(arrived_on=clock.today())
    code, found = told()
    assert code == 1
    lead = Participation.objects.get()
    assert f"lead {lead.pk}: came on {clock.today()}, should be None" in found["differences"]
    assert any("net_fen 1, should be 10000" in line for line in found["differences"])


def test_counted_anew_the_boards_are_right_again() -> None:
    BoardDay.objects.update(views=5)
    BoardCredit.objects.all().delete()
    assert told("--recount")[0] == 0


def test_each_night_a_line_is_left() -> None:
    BoardDay.objects.update(views=5)
    verifying.nightly()
    entry = AuditEntry.objects.get(action="figures.verified")
    assert entry.detail["wrong"] > 0
    assert verifying.last() == entry
