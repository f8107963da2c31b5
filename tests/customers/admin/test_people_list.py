"""The list: what stands in it, what filters and searches it, and at what cost."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from customers.admin import filters
from customers.models import Customer
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
        "since": "March 8, 2021",
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
    assert offered(owner, "batch") == [str(crowd["batch"].pk)]
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
    assert 'data-ajax--url="/admin/autocomplete/"' in select
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
    """session, user, role's rights, 5 filters, count, rows, tags; a search asks for exact owners first."""
    client.force_login(owner)
    expected = 11 if not query else 12
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
