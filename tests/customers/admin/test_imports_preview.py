"""The preview: what each rule costs, the first problems, the one question, and the button that starts it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from customers.choices import BatchState
from customers.models import Consent, Customer, ImportBatch
from scrm.kit import jobs
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
# Three with a number, one by WeChat ID, one by name, one who is nobody.
SHEET = flow.csv(
    "姓名,手机号,微信号,生日,导购",
    "张三,13800009001,,1990-05-01,",
    "李四,13800009002,,1990-13-45,小何",
    "王五,13800009003,,,小何",
    "赵六,,wx_zhaoliu,,",
    "孙七,12345,,,",
    ",,,1991-01-01,小许",
)


@pytest.fixture
def batch(desk: Client) -> ImportBatch:
    return flow.preview(desk, flow.uploaded(desk, SHEET))


def costs(page: Any) -> dict[str, tuple[int, int, bool]]:
    return {rule["value"]: (rule["taken"], rule["left_out"], rule["now"]) for rule in page.context["rules"]}


def test_each_rule_with_its_cost(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    assert page.context["without_phone"] == 3
    assert costs(page) == {"phone": (3, 3, False), "identity": (4, 2, True), "name": (5, 1, False)}
    assert "3 rows have no mobile number. What shall become of them?" in page.content.decode()


@pytest.mark.parametrize(
    ("require", "created", "rejected"), [("phone", 3, 3), ("identity", 4, 2), ("name", 5, 1)]
)
def test_another_rule_is_tried_and_then_does_what_it_said(
    desk: Client, batch: ImportBatch, require: str, created: int, rejected: int
) -> None:
    answer = desk.post(flow.url(batch, "rule"), {"require": require})
    assert answer.url == flow.url(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.require) == (BatchState.PREVIEWING, require)
    jobs.drain()
    batch.refresh_from_db()
    tiles = flow.values(desk.get(flow.url(batch)), "tile")
    assert (tiles["created"], tiles["rejected"]) == (created, rejected)
    flow.run(desk, batch)
    assert Customer.objects.count() == created


def test_a_rule_that_does_not_exist(desk: Client, batch: ImportBatch) -> None:
    answer = desk.post(flow.url(batch, "rule"), {"require": "anything"}, follow=True)
    assert flow.told(answer) == ["Choose one of the rules."]
    batch.refresh_from_db()
    assert (batch.state, batch.require) == (BatchState.PREVIEWED, "identity")


def test_no_rules_are_asked_where_everybody_has_a_number(desk: Client) -> None:
    batch = flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号", "张三,13800009001")))
    assert 'id="rules"' not in desk.get(flow.url(batch)).content.decode()


def test_people_already_here_are_told_apart(desk: Client) -> None:
    make_customer("张三", "13800009001")
    make_customer("李小四", "13800009002", city="杭州")
    batch = flow.preview(desk, flow.uploaded(desk, flow.csv(
        "姓名,手机号,城市", "张三,13800009001,", "李四,13800009002,宁波", "张三,138 0000 9001,", "王五,13800009003,",
    )))  # fmt: skip
    assert flow.values(desk.get(flow.url(batch)), "tile") == {
        "created": 1, "updated": 0, "unchanged": 2, "merged": 1, "rejected": 0, "conflicts": 1, "warnings": 0,
    }  # fmt: skip


def test_problems_in_the_order_of_the_sheet(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    assert [(problem["row"], problem["bad"]) for problem in page.context["problems"]] == [
        (3, False),
        (6, True),
        (7, True),
    ]
    assert page.content.decode().count("1990-13-45") == 1


def test_unknown_names_are_announced(desk: Client, batch: ImportBatch) -> None:
    assert desk.get(flow.url(batch)).context["unknown"] == [("consultant", "小何", 2)]


def test_a_preview_writes_nobody(desk: Client, batch: ImportBatch) -> None:
    assert Customer.everyone.count() == 0


# --- the question ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "field", "sentence"),
    [
        ({}, "consent", "Say whether these people agreed to marketing; “not known” is an answer."),
        (
            {"consent": "yes"},
            "ground",
            "Say on what ground they agreed, for example “ticked on the paper card”.",
        ),
        (
            {"consent": "yes", "ground": "   "},
            "ground",
            "Say on what ground they agreed, for example “ticked on the paper card”.",
        ),
    ],
)
def test_without_an_answer_it_does_not_start(
    desk: Client, batch: ImportBatch, answer: dict[str, str], field: str, sentence: str
) -> None:
    page = desk.post(flow.url(batch, "start"), answer)
    assert page.status_code == 200
    with translation.override("en"):
        assert page.context["form"].errors == {field: [sentence]}
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWED


def test_no_answer_is_ticked_beforehand(desk: Client, batch: ImportBatch) -> None:
    start = desk.get(flow.url(batch)).content.decode().split('id="start"')[1]
    assert start.count('name="consent"') == 2
    assert '" checked>' not in start


def test_not_known_is_service_and_care_only(desk: Client, batch: ImportBatch) -> None:
    done = flow.run(desk, batch, consent="unknown", ground="was typed and then taken back")
    assert (done.consent, done.consent_ground) == (None, "")
    assert Consent.objects.count() == 0


def test_yes_is_recorded_for_each_with_its_ground(desk: Client, batch: ImportBatch) -> None:
    flow.run(desk, batch, consent="yes", ground="入会表签字")
    assert (
        Consent.objects.filter(given=True, ground="入会表签字", batch=batch).count()
        == Customer.objects.count()
        == 4
    )


# --- twice and out of turn ------------------------------------------------------------------------------------


def test_two_clicks_on_import_start_it_once(desk: Client, batch: ImportBatch) -> None:
    for _click in range(2):
        answer = desk.post(flow.url(batch, "start"), {"consent": "unknown"})
        assert (answer.status_code, answer.url) == (302, flow.url(batch))
    assert jobs.drain() == 1
    assert Customer.objects.count() == 4


@pytest.mark.parametrize(
    "state", [BatchState.UPLOADED, BatchState.QUEUED, BatchState.DONE, BatchState.UNDONE]
)
def test_only_a_previewed_import_starts(desk: Client, batch: ImportBatch, state: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=state)
    desk.post(flow.url(batch, "start"), {"consent": "unknown"})
    desk.post(flow.url(batch, "rule"), {"require": "phone"})
    batch.refresh_from_db()
    assert (batch.state, batch.require) == (state, "identity")
    assert jobs.drain() == 0


def test_the_page_asks_few_queries(desk: Client, batch: ImportBatch, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(6):
        desk.get(flow.url(batch))


def test_rows_with_remarks_have_a_tile(desk: Client) -> None:
    rows = ["张三,13800009001,男,1990-05-01", "李四,13800009002,外星,明天", "王五,1380000,女,后天"]
    batch = flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号,性别,生日", *rows)))
    tiles = flow.values(desk.get(flow.url(batch)), "tile")
    assert tiles == {
        "created": 2, "updated": 0, "unchanged": 0, "merged": 0, "rejected": 1, "conflicts": 0, "warnings": 1,
    }  # fmt: skip
    assert flow.values(desk.get(flow.url(flow.run(desk, batch))), "tile")["warnings"] == 1


def test_a_preview_that_another_import_has_overtaken_says_so_and_is_made_anew(desk: Client) -> None:
    waiting = flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号", "张三,13800009001")))
    assert 'id="overtaken"' not in desk.get(flow.url(waiting)).content.decode()
    other = flow.imported(desk, flow.csv("姓名,手机号,性别", "张三,13800009001,男"), "另一张.csv")
    page = desk.get(flow.url(waiting))
    assert page.context["overtaken_by"] == other
    assert "“另一张.csv” has changed the customer base since this preview was made" in page.content.decode()
    assert desk.post(flow.url(waiting, "rule"), {"require": waiting.require}).status_code == 302
    jobs.drain()
    page = desk.get(flow.url(waiting))
    assert (page.context["overtaken_by"], flow.values(page, "tile")["unchanged"]) == (None, 1)
    desk.post(flow.url(other, "undo"))
    jobs.drain()
    assert desk.get(flow.url(waiting)).context["overtaken_by"] == other


def test_an_upload_that_only_was_looked_at_overtakes_nothing(desk: Client) -> None:
    waiting = flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号", "张三,13800009001")))
    flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号", "李四,13800009002")))
    assert desk.get(flow.url(waiting)).context["overtaken_by"] is None
