"""疑似重复 in the admin: the list, the plan, merging, telling apart, undo, and who may."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.birthdays import Birthday
from customers.choices import CandidateState
from customers.models import Customer, Merge, MergeCandidate
from customers.services import people
from customers.services.erasing import erasing
from customers.services.merging import joining
from scrm.staff.models import Employee
from tests.cast import Shop
from tests.factories.campaigns import join, make_campaign
from tests.factories.contacts import make_follow_up
from tests.factories.customers import identify, make_customer, make_opening, make_tag, tag
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_mergecandidate_changelist")
A, B = "13777000001", "13777000002"


def page_of(pair: MergeCandidate) -> str:
    return reverse("admin:customers_mergecandidate_change", args=[pair.pk])


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def pair() -> MergeCandidate:
    one, other = make_customer("王丽娟", A, city="杭州"), make_customer("Lisa", B, address="西湖区")
    make_order(one)
    tag(other, make_tag("VIP"))
    return MergeCandidate.objects.create(first=one, second=other, evidence=[{"kind": "phone", "value": A}, {"why": "name_birthday"}])


@pytest.fixture
def desk(client: Client, operator: Employee) -> Client:
    client.force_login(operator)
    client.cookies["django_language"] = "en"
    return client


def form(page: Any, **more: str) -> dict[str, str]:
    fields = {f"field_{side.field}": side.won for side in page.context["told"]["fields"]}
    return {"stamp": page.context["plan"].stamp, **fields, **more}


def test_the_list_says_who_and_why(desk: Client, pair: MergeCandidate) -> None:
    MergeCandidate.objects.create(first=pair.first, second=make_customer("赵六"), state=CandidateState.REJECTED)
    text = desk.get(LIST, {"pairs": "open"})
    assert text.context["cl"].result_count == 1
    row = text.content.decode()
    assert "王丽娟 138" not in row and "王丽娟 137****0001 · Lisa 137****0002" in row
    assert "phone 137****0001、the same name and birthday" in row
    assert desk.get(LIST).context["cl"].result_count == 2


def test_the_plan_is_shown_and_done(desk: Client, pair: MergeCandidate, operator: Employee) -> None:
    page = desk.get(page_of(pair))
    assert (page.context["keep"], page.context["fold"]) == (pair.first, pair.second)
    assert [(s.field, s.keep, s.fold) for s in page.context["told"]["fields"]] == [("name", "王丽娟", "Lisa")]
    assert page.context["told"]["taken"] == [("Address", "西湖区")]
    assert page.context["told"]["moves"] == [
        ("identities", 1, "1 number or card leads to 王丽娟 (ending in 0001) then."),
        ("tags", 1, "1 tag is put on 王丽娟 (ending in 0001), where she does not have it yet."),
    ]
    answer = desk.post(page_of(pair), form(page, field_name="keep"), follow=True)
    assert told(answer) == ["Merged. 王丽娟 has everything of both now."]
    keep = Customer.objects.get()
    assert (keep.name, keep.city, keep.address, keep.identities.count(), keep.tag_links.count()) == ("王丽娟", "杭州", "西湖区", 2, 1)
    merge = Merge.objects.get()
    assert (merge.by, merge.evidence) == (operator, pair.evidence)
    pair.refresh_from_db()
    assert pair.state == CandidateState.MERGED
    assert 'id="undo-link"' in desk.get(page_of(pair)).content.decode()


def test_campaigns_that_both_joined_count_once(desk: Client, pair: MergeCandidate) -> None:
    both, one, more = make_campaign(), make_campaign(), make_campaign()
    for campaign, who in ((both, pair.first), (both, pair.second), (one, pair.second), (more, pair.second)):
        join(campaign, who)
    assert desk.get(page_of(pair)).context["told"]["moves"][-1] == (
        "participations", 2, "Campaigns joined: 2 moved to 王丽娟 (ending in 0001); 1 that both have counts once."
    )  # fmt: skip


def test_the_other_one_stays(desk: Client, pair: MergeCandidate) -> None:
    page = desk.get(page_of(pair), {"keep": pair.second_id})
    assert page.context["keep"] == pair.second
    desk.post(f"{page_of(pair)}?keep={pair.second_id}", form(page))
    assert list(Customer.objects.all()) == [pair.second]


def test_the_one_with_more_orders_is_kept(desk: Client, pair: MergeCandidate) -> None:
    make_order(pair.second), make_order(pair.second)
    assert desk.get(page_of(pair)).context["keep"] == pair.second


def test_a_plan_that_went_stale(desk: Client, pair: MergeCandidate, operator: Employee) -> None:
    page = desk.get(page_of(pair))
    people.change(pair.second, by=operator, city="宁波")
    answer = desk.post(page_of(pair), form(page), follow=True)
    assert told(answer) == ["One of the two has changed meanwhile. Look at the plan again."]
    assert Customer.objects.count() == 2


def test_a_choice_of_no_form_of_ours(desk: Client, pair: MergeCandidate) -> None:
    page = desk.get(page_of(pair))
    assert told(desk.post(page_of(pair), form(page, field_name="both"), follow=True)) == ["Choose one of the two values."]
    assert Customer.objects.count() == 2


def test_one_of_the_two_is_archived(desk: Client, pair: MergeCandidate, operator: Employee) -> None:
    people.archive(pair.first, by=operator)
    page = desk.get(page_of(pair))
    assert 'id="why-not"' in page.content.decode() and "plan" not in page.context
    assert desk.post(page_of(pair)).status_code == 302
    assert Merge.objects.count() == 0


def test_verified_ids_that_clash_are_warned_of(desk: Client, pair: MergeCandidate) -> None:
    identify(pair.first, "wechat_unionid", "u1", verified=True)
    identify(pair.second, "wechat_unionid", "u2", verified=True)
    assert "WeChat unionid: u1 and u2, both verified" in desk.get(page_of(pair)).content.decode()


def test_two_people(desk: Client, pair: MergeCandidate) -> None:
    url = reverse("admin:customers_mergecandidate_two_people", args=[pair.pk])
    assert told(desk.post(url, follow=True)) == ["They are two people; the pair is not proposed again."]
    assert told(desk.post(url, follow=True)) == ["Somebody has settled this pair already."]
    assert desk.get(url).status_code == 405
    assert "these are two people" in desk.get(page_of(pair)).content.decode()


def test_undo_asks_first(desk: Client, pair: MergeCandidate, operator: Employee) -> None:
    merge = joining.carry_out(joining.plan(keep=pair.first, fold=pair.second), by=operator)
    url = reverse("admin:customers_mergecandidate_undo", args=[merge.pk])
    assert "Lisa 137****0002 becomes a customer of her own again" in desk.get(url).content.decode()
    assert Customer.objects.count() == 1
    assert told(desk.post(url, follow=True)) == ["Taken apart again: two customers, as before the merge."]
    assert Customer.objects.count() == 2
    assert told(desk.post(url, follow=True)) == ["This merge has been undone already."]
    assert desk.get(reverse("admin:customers_mergecandidate_undo", args=[999])).status_code == 404


def refused(response: Any) -> tuple[bool, Any, str]:
    """(is there a button, the only line, where "back" leads)"""
    body = response.content.decode()
    [line] = response.context["lines"]
    return "Undo the merge" in body, str(line), response.context["back"]


def test_an_undo_that_is_not_possible_is_not_offered(desk: Client, pair: MergeCandidate, operator: Employee, owner: Employee) -> None:
    first = joining.carry_out(joining.plan(keep=pair.first, fold=pair.second), by=operator)
    url = reverse("admin:customers_mergecandidate_undo", args=[first.pk])
    assert "Undo the merge" in desk.get(url).content.decode()

    stayed = make_customer("赵六")
    pair.first.refresh_from_db()
    second = joining.carry_out(joining.plan(keep=stayed, fold=pair.first), by=operator)
    said = "She has been merged into somebody else since. Undo that merge first."
    assert refused(desk.get(url)) == (False, said, reverse("admin:customers_customer_change", args=[stayed.pk]))

    joining.undo(second, by=operator)
    joining.undo(first, by=operator)
    hers = reverse("admin:customers_customer_change", args=[pair.first_id])
    assert refused(desk.get(url)) == (False, "This merge has been undone already.", hers)


def test_after_an_erasure_undo_is_not_offered(desk: Client, pair: MergeCandidate, operator: Employee, owner: Employee) -> None:
    merge = joining.carry_out(joining.plan(keep=pair.first, fold=pair.second), by=operator)
    pair.first.refresh_from_db()
    erasing.carry_out(erasing.plan(pair.first, by=owner), by=owner)
    page = desk.get(reverse("admin:customers_mergecandidate_undo", args=[merge.pk]))
    assert refused(page) == (False, "One of the two was erased since; the merge stays.", LIST)


@pytest.mark.parametrize("who", ["manager", "employee", "agency"])
def test_only_head_office(who: str, client: Client, pair: MergeCandidate, operator: Employee, request: Any) -> None:
    merge = joining.carry_out(joining.plan(keep=pair.first, fold=pair.second), by=operator)
    client.force_login(request.getfixturevalue(who))
    for url in (LIST, page_of(pair), reverse("admin:customers_mergecandidate_undo", args=[merge.pk])):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
    assert client.post(reverse("admin:customers_mergecandidate_two_people", args=[pair.pk])).status_code == 403
    merge.refresh_from_db()
    assert merge.undone_at is None


@pytest.mark.parametrize("pk", ["0", "999", "abc", "9" * 30])
def test_a_pair_that_is_not_there(pk: str, desk: Client) -> None:
    assert desk.get(f"{LIST}{pk}/change/").status_code == 404


def test_two_of_one_name_are_told_apart_and_compared(desk: Client, shop: Shop) -> None:
    born = {"birthday": Birthday(1992, 6, 18)}
    one, other = make_customer("陈佳怡", A, **born), make_customer("陈佳怡", B, store=shop.binjiang, **born)
    make_order(one, paid_fen=29_800)
    make_order(other, paid_fen=1_000)
    pair = MergeCandidate.objects.create(first=one, second=other, evidence=[{"why": "name_birthday"}])
    page = desk.get(page_of(pair))
    text = page.content.decode()
    assert "陈佳怡 (ending in 0001) and 陈佳怡 (ending in 0002)" in text and "≟" not in text
    assert "What speaks for one person: the same name 陈佳怡、the same birthday 1992-06-18" in text
    facts = {row.key: (row.keep, row.fold) for row in page.context["told"]["facts"]}
    assert (facts["net"], facts["store"], facts["birthday"]) == (("¥298.00", "¥10.00"), ("", "滨江店"), ("1992-06-18",) * 2)
    counts = [(row.key, row.keep, row.fold) for row in page.context["told"]["counts"]]
    assert counts == [("identities", "1", "1"), ("orders", "1", "1")]
    for said in ("1 order is moved to 陈佳怡 (ending in 0001).", "Orders 1 + 1 = 2, net spend ¥298.00 + ¥10.00 = ¥308.00"):
        assert said in text


def test_the_plan_asks_the_same_number_of_queries(desk: Client, pair: MergeCandidate, shop: Shop, employee: Employee) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get(page_of(pair))
        return len(found)

    desk.get(page_of(pair))
    few = asked()
    tags = [make_tag(f"标签{n}") for n in range(5)]
    for person in (pair.first, pair.second):
        Customer.objects.filter(pk=person.pk).update(owner=employee, store=shop.binjiang)
        for n in range(5):
            make_order(person)
            make_opening(person, system=f"旧{n}", spend_fen=1)
            tag(person, tags[n])
            make_follow_up(person)
    assert asked() == few


def test_the_list_asks_the_same_number_of_queries(desk: Client, shop: Shop, django_assert_num_queries: Any) -> None:
    def some(n: int) -> None:
        for _n in range(n):
            MergeCandidate.objects.create(first=make_customer("甲"), second=make_customer("乙"))

    some(1)
    desk.get(LIST)
    with django_assert_num_queries(5):
        desk.get(LIST)
    some(2)
    with django_assert_num_queries(5):
        desk.get(LIST)


def test_her_page_names_pairs_and_merges(desk: Client, client: Client, pair: MergeCandidate, operator: Employee, manager: Employee) -> None:
    url = reverse("admin:customers_customer_change", args=[pair.first_id])
    text = desk.get(url).content.decode()
    assert f'data-pair="{pair.pk}"' in text and "Perhaps the same person as Lisa 137****0002" in text
    merge = joining.carry_out(joining.plan(keep=pair.first, fold=pair.second), by=operator)
    text = desk.get(url).content.decode()
    assert 'data-pair="' not in text and f'data-merge="{merge.pk}"' in text
    assert reverse("admin:customers_mergecandidate_undo", args=[merge.pk]) in text
    folded = reverse("admin:customers_customer_change", args=[pair.second_id])
    assert desk.get(folded).url == url
    Customer.everyone.update(owner=manager)
    client.force_login(manager)
    assert 'data-merge="' not in client.get(url).content.decode()
