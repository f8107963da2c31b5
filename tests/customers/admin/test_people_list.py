"""The list: what stands in it, what filters and searches it, and at what cost."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from customers.admin import filters
from customers.models import Customer, CustomField
from scrm.kit import clock
from tests.factories.customers import make_batch, make_channel, make_customer, make_tag, tag

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/customer/"
ROW = re.compile(r'href="/admin/customers/customer/(\d+)/change/')


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


def shown(response):
    """Ids of the people a list shows, in its order."""
    assert response.status_code == 200
    return [int(pk) for pk in dict.fromkeys(ROW.findall(response.content.decode()))]


def test_a_row_says_who_where_from_and_since_when(client, owner, employee, shop):
    person = make_customer(
        "王小娟",
        "13800000021",
        owner=employee,
        store=shop.binjiang,
        source=make_channel("抖音"),
        known_since=clock.today().replace(year=2021, month=3, day=8),
    )
    tag(person, make_tag("VIP"))
    client.force_login(owner)
    page = client.get(LIST).content.decode()
    row = page[page.index("data-row") :]
    cells = re.findall(r'class="field-(\w+)[^>]*>(.*?)</t[dh]>', row, re.S)
    text = {name: re.sub(r"<[^>]+>", "", cell).strip() for name, cell in cells}
    assert text == {
        "shown_name": "王小娟",
        "shown_phone": "138****0021",
        "shown_store": "滨江店",
        "shown_owner": "小许",
        "shown_source": "抖音",
        "since": "2021-03-08",
        "tags": "VIP",
    }


def test_a_consultant_reads_masks(client, employee):
    make_customer(
        "王小娟 13900001111", "13800000021", owner=employee, source=make_channel("老客 13700002222")
    )
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert [mask in page for mask in ("138****0021", "王小娟 139****1111", "老客 137****2222")] == [True] * 3
    assert re.findall(r"1[3-9]\d{9}", page) == []


def test_four_tags_and_a_count_of_the_rest(client, owner):
    person = make_customer("王小娟")
    for name in "甲乙丙丁戊己":
        tag(person, make_tag(name))
    client.force_login(owner)
    labels = re.findall(r'<span class="scrm-tag">(.*?)</span>', client.get(LIST).content.decode())
    assert len(labels) == 5
    assert labels[-1] == "+2"


@pytest.fixture
def crowd(shop, employee, manager):
    """a: all set. b: another store, nobody's. c: nothing at all."""
    label, source, batch = make_tag("VIP"), make_channel("抖音"), make_batch()
    full = make_customer(
        "甲一", "13800000021", owner=employee, store=shop.binjiang, source=source, imported_in=batch
    )
    tag(full, label)
    return {
        "a": full,
        "b": make_customer("乙二", "13900000021", store=shop.xihu),
        "c": make_customer("丙三", owner=manager),
        "tag": label,
        "channel": source,
        "batch": batch,
    }


def test_filters(client, owner, shop, employee, manager, crowd):
    client.force_login(owner)
    a, b, c = (crowd[key].pk for key in "abc")
    found = {
        f"store={shop.binjiang.pk}": [a],
        f"store={shop.xihu.pk}": [b],
        f"owner={employee.pk}": [a],
        f"owner={manager.pk}": [c],
        "unowned=1": [b],
        f"channel={crowd['channel'].pk}": [a],
        f"tag={crowd['tag'].pk}": [a],
        f"batch={crowd['batch'].pk}": [a],
        f"store={shop.binjiang.pk}&tag={crowd['tag'].pk}&q=%E7%94%B2": [a],
        f"store={shop.xihu.pk}&tag={crowd['tag'].pk}": [],
        "tag=999999": [],
        "": [c, b, a],
    }
    assert {query: shown(client.get(f"{LIST}?{query}")) for query in found} == found


def test_a_filter_that_is_not_offered_still_holds(client, manager, employee, crowd):
    client.force_login(manager)
    assert shown(client.get(f"{LIST}?batch={crowd['batch'].pk}")) == [crowd["a"].pk]
    assert shown(client.get(f"{LIST}?batch=999")) == []
    client.force_login(employee)
    assert shown(client.get(f"{LIST}?owner={manager.pk}")) == []
    assert shown(client.get(f"{LIST}?unowned=1")) == []


def test_search(client, owner, employee, crowd):
    client.force_login(owner)
    assert shown(client.get(LIST, {"q": "0021"})) == [crowd["b"].pk, crowd["a"].pk]
    assert shown(client.get(LIST, {"q": "甲"})) == [crowd["a"].pk]
    client.force_login(employee)
    assert shown(client.get(LIST, {"q": "0021"})) == [crowd["a"].pk]
    assert shown(client.get(LIST, {"q": "138"})) == []


@pytest.mark.parametrize(
    "query",
    [
        "phone__startswith=1380",
        "phone=13800000021",
        "name_key__contains=a",
        "owner__phone__startswith=138",
        "id__gt=1",
    ],
)
def test_no_other_lookup_than_the_filters(client, employee, crowd, query):
    """?phone__startswith=… would spell masked numbers out."""
    client.force_login(employee)
    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["store=x", "tag=1'--", "owner=-1", "channel=99999999999999999999"])
def test_a_filter_takes_only_numbers(client, owner, crowd, query):
    client.force_login(owner)
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?e=1")


def test_filters_offer_what_the_viewer_may_see(client, owner, manager, employee, shop, crowd):
    def offered(user, name):
        client.force_login(user)
        page = client.get(LIST).content.decode()
        select = re.search(rf'<select name="{name}".*?</select>', page, re.S)
        return re.findall(r'value="(\d+)"', select[0]) if select else []

    assert offered(owner, "store") == [
        str(row.pk) for row in (shop.company, shop.binjiang, shop.xihu, shop.online)
    ]
    assert offered(manager, "store") == offered(employee, "store") == [str(shop.binjiang.pk)]
    assert set(offered(manager, "owner")) == {str(manager.pk), str(employee.pk)}
    client.force_login(owner)
    assert 'name="batch"' in client.get(LIST).content.decode() and offered(owner, "batch") == []
    looked_up = "/admin/autocomplete/?app_label=customers&model_name=customer&field_name=imported_in&term="
    assert [one["id"] for one in client.get(looked_up).json()["results"]] == [str(crowd["batch"].pk)]
    assert offered(manager, "batch") == offered(employee, "batch") == []
    assert offered(employee, "owner") == offered(employee, "unowned") == []


@pytest.mark.parametrize("order", ["1", "2", "-2", "3.4", "x"])
def test_the_newest_stand_first_whatever_is_asked(client, owner, crowd, order):
    client.force_login(owner)
    assert shown(client.get(f"{LIST}?o={order}")) == [crowd[key].pk for key in "cba"]


def test_many_tags_are_looked_up_and_not_listed(client, owner, operator, employee, crowd, monkeypatch):
    """A drop-down up to SHORT; beyond it an autocomplete, or a long drop-down for who may not look them up."""
    monkeypatch.setattr(filters, "SHORT", 1)
    more = make_tag("老客")
    client.force_login(employee)
    page = client.get(f"{LIST}?tag={crowd['tag'].pk}").content.decode()
    select = re.search(r'<select name="tag".*?</select>', page, re.S)[0]
    assert 'data-ajax--url="/admin/autocomplete/"' in select and 'data-placeholder="All"' in select
    assert re.findall(r'value="(\d+)"', select) == [str(crowd["tag"].pk)]
    found = client.get(
        "/admin/autocomplete/?app_label=customers&model_name=customertag&field_name=tag&term=老"
    ).json()["results"]
    assert found == [{"id": str(more.pk), "text": "老客"}]

    def offered(user):
        client.force_login(user)
        return re.search(r'<select name="store".*?</select>', client.get(LIST).content.decode(), re.S)[0]

    assert ("data-ajax--url" in offered(owner), "data-ajax--url" in offered(operator)) == (True, False)
    assert offered(operator).count("<option") == 5  # four stores, and "all"


def test_archived_people_are_not_in_it(client, owner):
    make_customer("王小娟", archived_at=clock.now())
    client.force_login(owner)
    assert shown(client.get(LIST)) == []


def test_archived_people_have_a_filter_of_those_who_may_bring_them_back(client, owner, manager, shop):
    gone = make_customer("王小娟", archived_at=clock.now(), store=shop.binjiang)
    here = make_customer("李小明", store=shop.binjiang)
    client.force_login(owner)
    assert shown(client.get(f"{LIST}?archived=1")) == [gone.pk]
    client.force_login(manager)
    assert shown(client.get(f"{LIST}?archived=1")) == [here.pk]


@pytest.mark.parametrize("query", ["", "q=%E7%8E%8B", "q=0021"])
def test_queries_do_not_grow_with_rows(client, owner, shop, employee, query, django_assert_num_queries):
    """session, user; stores, owners, cities, own fields as filters; count, rows, tags; a search asks for exact owners first."""
    client.force_login(owner)
    expected = 9 if not query else 10
    one = make_customer("王一", "13800000021", owner=employee, store=shop.binjiang)
    tag(one, make_tag())
    client.get(LIST)
    with django_assert_num_queries(expected):
        assert len(shown(client.get(f"{LIST}?{query}"))) == 1
    for number in (1, 2):
        more = make_customer(
            f"王{number}", f"1390000002{number}", owner=owner, store=shop.xihu, source=make_channel()
        )
        more.identities.update(tail="0021")
        tag(more, make_tag()), tag(more, make_tag())
    with django_assert_num_queries(expected):
        assert len(shown(client.get(f"{LIST}?{query}"))) == 3


def test_an_empty_list_says_what_to_do_next(client, owner, employee):
    client.force_login(owner)
    page = client.get(LIST).content.decode()
    assert "No customers yet" in page
    assert reverse("admin:customers_customer_add") in page
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert "Customers you enter, and those handed to you, stand here." in page
    assert "Import a sheet" not in page


def test_a_search_without_hits_says_how_to_search(client, owner, employee):
    client.force_login(owner)
    assert "Nobody found" in client.get(f"{LIST}?q=zzz").content.decode()
    client.force_login(employee)
    assert "all of its digits or by the last four." in client.get(f"{LIST}?q=138").content.decode()


def test_no_row_of_another_viewers_request(client, owner, employee):
    """Columns read the row, not a request that threads share."""
    make_customer("王小娟 13800000021", "13900001111", owner=employee)
    client.force_login(owner)
    assert "13800000021" in client.get(LIST).content.decode()
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert ("13800000021" in page, "138****0021" in page, "13900001111" in page) == (False, True, False)
    assert Customer.objects.count() == 1


@pytest.fixture
def own(employee):
    """A choice, a number, a day, a yes or no, a text, and a sensitive text; one person has them all."""
    kinds = (("choice", ["干性", "油性"]), ("number", []), ("date", []), ("boolean", []), ("text", []))
    for at, (kind, choices) in enumerate(kinds, 1):
        CustomField.objects.create(key=f"f_{at}", label=f"字段{at}", kind=kind, choices=choices, position=at)
    CustomField.objects.create(key="f_6", label="病史", sensitive=True, position=6)
    make_customer("乙", owner=employee)
    values = {"f_1": "干性", "f_2": 35000, "f_3": "2024-05-01", "f_4": True, "f_5": "金毛", "f_6": "哮喘"}
    return make_customer("甲", owner=employee, custom=values)


def test_own_fields_filter(client, owner, own):
    client.force_login(owner)
    hit, miss = [own.pk], []
    found = {
        "own_f_1=干性": hit,
        "own_f_1=油性": miss,
        "own_f_2_from=3.5万&own_f_2_to=": hit,
        "own_f_2_from=1&own_f_2_to=34999": miss,
        "own_f_3_from=2024-05-01&own_f_3_to=2024-05-01": hit,
        "own_f_3_from=2024-05-02": miss,
        "own_f_4=true": hit,
        "own_f_4=false": miss,
        "own_f_5=金毛": hit,
        "own_f_6=哮喘": hit,
        "own_f_1=干性&own_f_5=布偶": miss,
        "own_f_1=干性&q=甲": hit,
        "own_f_1=混合": miss,
        "own_f_2_from=很多": miss,
        "own_f_3_to=去年": miss,
        "own_f_5=金": miss,
    }
    assert {query: shown(client.get(f"{LIST}?{query}")) for query in found} == found
    assert len(shown(client.get(f"{LIST}?own_f_1=&own_f_2_from="))) == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("own_f_2_from=很多", "“字段2”: enter a number, for example 12.5."),
        ("own_f_3_to=去年", "Enter a date, for example 2024-05-01."),
        ("own_f_5=金", "Two characters of it or more"),
    ],
)
def test_what_a_filter_cannot_read_is_said(client, owner, own, query, said):
    client.force_login(owner)
    page = client.get(f"{LIST}?{query}").content.decode()
    # In the list, since the panel may be folded, and beside its input.
    assert re.findall(r'people-own-error">(.*?)</p>', page) == [said, said]
    assert '<details class="people-own" id="own-filters" open>' in page


def test_a_sensitive_field_is_no_filter_for_who_may_not_read_it(client, employee, own):
    client.force_login(employee)
    page = client.get(LIST).content.decode()
    assert ("字段5" in page, "病史" in page, "own_f_6" in page) == (True, False, False)
    for query in ("own_f_6=哮喘", "own_f_9=x", "own_f_5__startswith=金"):
        response = client.get(f"{LIST}?{query}")
        assert (query, response.status_code, response["Location"]) == (query, 302, f"{LIST}?e=1")


def test_a_field_out_of_use_is_no_filter(client, owner, own):
    CustomField.objects.filter(key="f_1").update(is_active=False)
    client.force_login(owner)
    assert client.get(f"{LIST}?own_f_1=干性").status_code == 302


def test_own_fields_cost_no_query_each(client, owner, own, django_assert_num_queries):
    client.force_login(owner)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)


def test_what_is_filtered_anew_begins_on_its_first_page(client, owner, own):
    client.force_login(owner)
    page = client.get(f"{LIST}?p=3&q=甲").content.decode()
    form = re.search(r'<form id="filter-form".*?</form>', page, re.S)[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == [("q", "甲")]
