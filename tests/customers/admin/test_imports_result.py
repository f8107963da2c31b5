"""The result: figures that open their rows, what needs somebody, opening figures, what to do next, undo."""

from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from customers.choices import BatchState, CandidateState
from customers.models import Customer, ImportBatch, ImportRow, KnownName, MergeCandidate
from customers.queries import imports
from scrm.kit import jobs
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.customers.admin import imports_flow as flow
from tests.factories.customers import make_batch, make_customer, make_row
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
SHEET = flow.csv(
    "姓名,手机号,导购,门店,微信号,累计消费,消费次数,城市,生日",
    "张三,13811110001,小何,滨江店,,100.50,3,杭州,1990-13-45",  # new
    "李小四,13811110002,小何,河坊街店,,0.005,,",  # there as 李四: another name
    "王五,13811110003,,,,,,",  # there, unchanged
    "赵六,13811110004,小许,,,,,宁波",  # there, gets a city
    "张三,138-1111-0001,,,,,,",  # joins the first
    "孙七,12345,,,,,,",  # failed
    "周八,13811110005,,,wx_zhouba,,,",  # found twice: her number and somebody's WeChat ID
)


@pytest.fixture
def batch(desk: Client, employee: Employee) -> ImportBatch:
    make_customer("李四", "13811110002")
    make_customer("王五", "13811110003")
    make_customer("赵六", "13811110004", owner=employee)
    make_customer("周八", "13811110005").identities.create(kind="wechat_id", value="other_wx")
    make_customer("周老八").identities.create(kind="wechat_id", value="wx_zhouba")
    return flow.imported(desk, SHEET)


def numbered(page: Any) -> dict[str, tuple[str, str]]:
    """show → (address, text) of the numbers linked in the sentence."""
    found = flow.re.findall(r'<a href="([^"]+)" data-show="(\w+)">([\d,]+)</a>', page.content.decode())
    return {show: (address, text) for address, show, text in found}


# --- figures --------------------------------------------------------------------------------------------------


def test_every_figure_opens_exactly_its_rows(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    tiles = flow.values(page, "tile")
    assert tiles == {
        "created": 1, "updated": 2, "unchanged": 2, "merged": 1, "rejected": 1, "conflicts": 1, "warnings": 1,
    }  # fmt: skip
    assert {key: len(flow.behind(desk, batch, key)) for key in tiles} == tiles
    links = numbered(page)
    assert {key: text for key, (_address, text) in links.items()} == {
        "all": "7", "created": "1", "updated": "2", "unchanged": "2", "merged": "1", "rejected": "1",
    }  # fmt: skip
    for key, (address, text) in links.items():
        assert desk.get(address).context["count"] == int(text), key


def test_counted_rows_and_stored_counters_agree(desk: Client, batch: ImportBatch) -> None:
    figures = {figure.key: figure.count for figure in imports.figures(batch)}
    for key in (*map(str, imports.OUTCOMES), "conflicts"):
        assert figures[key] == batch.counters[key]
    assert figures["all"] == batch.counters["rows"] == ImportRow.objects.filter(batch=batch).count()


def test_who_ran_it_and_on_what_ground(desk: Client, operator: Employee) -> None:
    batch = flow.preview(desk, flow.uploaded(desk, flow.csv("姓名,手机号", "张三,13811110001"), "名单.csv"))
    flow.run(desk, batch, consent="yes", ground="电话里说过")
    who = desk.get(flow.url(batch)).content.decode().split('id="who"')[1].split("</p>")[0]
    assert operator.name in who and "名单.csv" in who and "agreed to marketing: 电话里说过" in who


# --- what needs somebody --------------------------------------------------------------------------------------


def test_unknown_names_with_their_rows(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    unknown = {(name.kind, name.text): name.rows for name in page.context["unknown"]}
    assert unknown == {("owner", "小何"): 2, ("store", "河坊街店"): 1}
    for (kind, text), rows in unknown.items():
        assert len(flow.behind(desk, batch, "unknown", kind=kind, text=text)) == rows


def test_who_left_is_offered_last_an_agency_and_a_closed_store_never(
    desk: Client, batch: ImportBatch, shop: Shop, agency: Employee
) -> None:
    gone = make_employee("走了的", department=shop.binjiang, is_active=False)
    shop.xihu.is_active = False
    shop.xihu.save()
    page = desk.get(flow.url(batch))
    owners, stores = list(page.context["owners"]), set(page.context["stores"])
    # Old sheets name those who left, and a customer of theirs can be handed over.
    assert owners[-1] == gone and agency not in owners and shop.xihu not in stores
    assert shop.binjiang in stores


def test_a_match_reaches_only_those_who_said_so_and_had_none(
    desk: Client, batch: ImportBatch, employee: Employee, shop: Shop
) -> None:
    somebody = make_employee("别人", department=shop.xihu)
    Customer.objects.filter(phone="13811110002").update(owner=somebody)
    answer = desk.post(
        flow.url(batch, "match"), {"kind": "owner", "text": "小何", "chosen": employee.pk}, follow=True
    )
    assert flow.told(answer) == [f"“小何” is {employee} from now on; 1 customer got it."]
    owners = dict(Customer.objects.exclude(phone="").values_list("phone", "owner"))
    assert owners == {
        "13811110001": employee.pk, "13811110002": somebody.pk, "13811110003": None,
        "13811110004": employee.pk, "13811110005": None,
    }  # fmt: skip
    assert KnownName.objects.get().text == "小何"
    assert AuditEntry.objects.filter(action="import.name_matched", count=1).count() == 1


@pytest.mark.parametrize("chosen", ["", "0", "999999", "abc", "9" * 30, "-1"])
def test_a_match_with_nobody(desk: Client, batch: ImportBatch, chosen: str) -> None:
    answer = desk.post(
        flow.url(batch, "match"), {"kind": "owner", "text": "小何", "chosen": chosen}, follow=True
    )
    assert flow.told(answer) == ["Choose who “小何” is first."]
    assert KnownName.objects.count() == 0


def test_an_agency_is_nobodys_consultant(desk: Client, batch: ImportBatch, agency: Employee) -> None:
    desk.post(flow.url(batch, "match"), {"kind": "owner", "text": "小何", "chosen": agency.pk})
    assert KnownName.objects.count() == 0


@pytest.mark.parametrize("kind", ["", "source", "tag", "owner_id"])
def test_a_match_of_what_cannot_be_matched(
    desk: Client, batch: ImportBatch, employee: Employee, kind: str
) -> None:
    answer = desk.post(flow.url(batch, "match"), {"kind": kind, "text": "小何", "chosen": employee.pk})
    assert answer.status_code == 404


# --- names ----------------------------------------------------------------------------------------------------


def other_name(batch: ImportBatch) -> ImportRow:
    row: ImportRow = ImportRow.objects.get(batch=batch, conflict=True)
    return row


def test_the_sheets_name_is_taken(desk: Client, batch: ImportBatch, operator: Employee) -> None:
    page = desk.get(flow.url(batch))
    assert [(row.number, row.detail) for row in page.context["conflicts"]] == [
        (3, {"name": "李小四", "kept": "李四"})
    ]
    answer = desk.post(flow.url(batch, "name"), {"row": "3", "take": "1"})
    assert answer.url == f"{flow.url(batch)}#names"
    person = Customer.objects.get(phone="13811110002")
    assert (person.name, person.name_key) == ("李小四", "李小四")
    assert person.history.latest().history_user == operator
    assert other_name(batch).detail["settled"] == "sheet"
    page = desk.get(flow.url(batch))
    assert page.context["conflicts"] == [] and page.context["conflicts_open"] == 0
    assert flow.values(page, "tile")["conflicts"] == 1 == len(flow.behind(desk, batch, "conflicts"))


def test_the_name_is_kept(desk: Client, batch: ImportBatch) -> None:
    desk.post(flow.url(batch, "name"), {"row": "3", "keep": "1"})
    assert Customer.objects.get(phone="13811110002").name == "李四"
    assert other_name(batch).detail["settled"] == "kept"
    again = desk.post(flow.url(batch, "name"), {"row": "3", "take": "1"}, follow=True)
    assert flow.told(again) == ["This name has been settled already."]
    assert Customer.objects.get(phone="13811110002").name == "李四"


def test_nobody_is_renamed_who_is_archived(desk: Client, batch: ImportBatch) -> None:
    person = Customer.objects.get(phone="13811110002")
    desk.post(reverse("admin:customers_customer_archive", args=[person.pk]))
    answer = desk.post(flow.url(batch, "name"), {"row": "3", "take": "1"}, follow=True)
    assert flow.told(answer)[-1] == "This person is archived or merged; there is nothing to settle."
    assert Customer.everyone.get(pk=person.pk).name == "李四"


@pytest.mark.parametrize("row", ["", "2", "99", "abc", "-3", "9" * 20])
def test_a_row_without_another_name(desk: Client, batch: ImportBatch, row: str) -> None:
    assert desk.post(flow.url(batch, "name"), {"row": row, "take": "1"}).status_code == 404


def test_a_row_of_another_import(desk: Client, batch: ImportBatch) -> None:
    assert desk.post(flow.url(make_batch(), "name"), {"row": "3", "take": "1"}).status_code == 404


def test_possible_duplicates_are_counted_while_open(desk: Client, batch: ImportBatch) -> None:
    assert flow.value(desk.get(flow.url(batch)), "duplicates") == 1
    MergeCandidate.objects.update(state=CandidateState.REJECTED)
    assert flow.value(desk.get(flow.url(batch)), "duplicates") is None


def test_nothing_needs_anybody(desk: Client) -> None:
    batch = flow.imported(desk, flow.csv("姓名,手机号", "张三,13811110001"))
    page = desk.get(flow.url(batch)).content.decode()
    assert 'id="needs"' not in page and 'id="only-problems"' not in page
    assert "The sheet has no column of earlier spending." in page


# --- opening figures, next, undo ------------------------------------------------------------------------------


def test_opening_figures_are_summed_in_yuan(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch)).content.decode()
    line = page.split('id="opening-sum"')[1].split("</p>")[0]
    assert 'data-fen="10051" data-people="2"' in line
    assert "¥100.51" in line and "of 2 customers" in line and "3 orders" in line


def test_the_links_lead_to_as_many_people_as_they_say(desk: Client, batch: ImportBatch) -> None:
    page = desk.get(flow.url(batch))
    people = reverse("admin:customers_customer_changelist")
    assert flow.value(page, "new-people") == flow.value(page, "unowned") == 1
    for query in (f"batch={batch.pk}", f"batch={batch.pk}&unowned=1"):
        assert f"{people}?{query}".replace("&", "&amp;") in page.content.decode()
        assert desk.get(f"{people}?{query}").context["cl"].result_count == 1


def test_undo_plan_and_act(desk: Client, batch: ImportBatch) -> None:
    before = set(Customer.objects.values_list("name", "city"))
    plan = desk.get(flow.url(batch, "undo"))
    assert flow.values(plan, "plan") == {"removed": 1, "restored": 2}
    assert Customer.objects.count() == 6
    desk.post(flow.url(batch, "undo"))
    jobs.drain()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert before - set(Customer.objects.values_list("name", "city")) == {("张三", "杭州"), ("赵六", "宁波")}
    assert set(Customer.objects.values_list("name", flat=True)) == {"李四", "王五", "赵六", "周八", "周老八"}
    page = desk.get(flow.url(batch))
    assert 'id="undone"' in page.content.decode() and 'id="next"' not in page.content.decode()
    assert page.context["unknown"] == [] == page.context["conflicts"]
    assert flow.values(page, "tile")["created"] == 1 == len(flow.behind(desk, batch, "created"))


def test_undo_is_done_once(desk: Client, batch: ImportBatch) -> None:
    desk.post(flow.url(batch, "undo"))
    second = desk.post(flow.url(batch, "undo"), follow=True)
    assert flow.told(second) == ["This import has been undone already."]
    jobs.drain()
    assert AuditEntry.objects.filter(action="import.undone").count() == 1


def test_undo_ends_with_the_file(desk: Client, batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(path="")
    page = desk.get(flow.url(batch, "undo"))
    assert page.context["plan"].possible is False
    assert "undo ended with it" in page.content.decode()
    assert "The uploaded sheet was deleted after its time." in desk.get(flow.url(batch)).content.decode()


def test_a_result_whose_cells_were_forgotten(desk: Client, batch: ImportBatch) -> None:
    """After KEEP_UPLOADS_DAYS rows keep their outcome and nothing else; the pages stand all the same."""
    ImportRow.objects.filter(batch=batch).update(cells=None, changes=None, warnings=None, detail=None)
    ImportBatch.objects.filter(pk=batch.pk).update(path="")
    page = desk.get(flow.url(batch))
    assert page.context["conflicts"] == []
    assert flow.values(page, "tile")["conflicts"] == 1 == len(flow.behind(desk, batch, "conflicts"))


# --- how much it asks -----------------------------------------------------------------------------------------


def test_the_result_asks_the_same_number_of_queries(desk: Client, django_assert_num_queries: Any) -> None:
    for more in (1, 3):
        batch = make_batch(counters={"rows": more, "created": more})
        for n in range(more):
            person = make_customer(f"客{n}")
            make_row(
                batch,
                person,
                n + 2,
                conflict=True,
                detail={"name": "甲", "kept": "乙"},
                unknown={"owner": f"顾问{n}"},
            )
        with django_assert_num_queries(17):
            desk.get(flow.url(batch))
    assert Employee.objects.filter(~Q(role=Role.AGENCY)).exists()


def test_an_undone_import_says_what_it_took_back(desk: Client, batch: ImportBatch) -> None:
    desk.post(flow.url(batch, "undo"))
    jobs.drain()
    batch.refresh_from_db()
    assert {k: v for k, v in batch.counters["undo"].items() if k != "named"} == {
        "removed": 1, "restored": 2, "archived": 0, "kept": 0,
    }  # fmt: skip
    said = "Customers: 1 removed, 2 put back as they were"
    page = desk.get(flow.url(batch)).content.decode()
    assert said in page and "What it had done before it was undone" in page
    assert "upload the sheet anew" in page and "Correct the failed rows" not in page
    row = desk.get(reverse(flow.LIST)).content.decode()
    assert said in row and "1 new" not in row


def test_openings_without_amounts_say_what_they_are(desk: Client) -> None:
    batch = flow.imported(desk, flow.csv("姓名,手机号,会员等级", "张三,13800009001,金卡"))
    text = desk.get(flow.url(batch)).content.decode().split('id="opening-sum"')[1].split("</p>")[0]
    assert " ".join(text.split(">", 1)[1].split()) == "Level or day of the last order of 1 customer"
