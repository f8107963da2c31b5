"""Tags, groups, channels and own fields."""

import re

import pytest
from django.utils import translation

from customers.models import Channel, CustomField, ImportMapping, Tag, TagGroup, Touchpoint
from scrm.kit import acts, clock
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_channel, make_customer, make_tag, tag

pytestmark = pytest.mark.django_db
PEOPLE = re.compile(r'href="(/admin/customers/customer/\?\w+=\d+)">(\d+)</a>')


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def tagged(shop, employee):
    """VIP: two of the consultant's (one archived), one elsewhere. 新客: nobody."""
    label, nobody, source = make_tag("VIP"), make_tag("新客"), make_channel("抖音")
    for fields in (
        {"owner": employee, "store": shop.binjiang},
        {"owner": employee, "archived_at": clock.now()},
        {"store": shop.xihu},
    ):
        tag(make_customer("王小娟", source=source, **fields), label)
    return {"VIP": label, "新客": nobody, "抖音": source}


def rows_of(client, link):
    return client.get(link).content.decode().count('class="data-row')


@pytest.mark.parametrize(("noun", "count_of"), [("tag", {"VIP": 2, "新客": 0}), ("channel", {"抖音": 2})])
def test_counts_lead_to_as_many_people(client, owner, operator, tagged, noun, count_of):
    for user in (owner, operator):
        client.force_login(user)
        found = PEOPLE.findall(client.get(f"/admin/customers/{noun}/").content.decode())
        param = {"tag": "tag", "channel": "channel"}[noun]
        assert dict(found) == {
            f"/admin/customers/customer/?{param}={tagged[name].pk}": str(count)
            for name, count in count_of.items()
        }
        assert [rows_of(client, link) for link, _count in found] == [int(count) for _link, count in found]


def test_counts_are_the_viewers(client, employee, manager, tagged):
    for user in (employee, manager):
        client.force_login(user)
        for noun in ("tag", "channel"):
            found = PEOPLE.findall(client.get(f"/admin/customers/{noun}/").content.decode())
            assert [int(count) for _link, count in found if count != "0"] == [1]
            assert [rows_of(client, link) for link, _count in found] == [int(count) for _link, count in found]


@pytest.mark.parametrize("noun", ["tag", "channel"])
def test_counts_cost_one_query(client, owner, tagged, noun, django_assert_max_num_queries):
    client.force_login(owner)
    client.get(f"/admin/customers/{noun}/")
    with django_assert_max_num_queries(8) as few:
        client.get(f"/admin/customers/{noun}/")
    for _time in range(3):
        tag(make_customer(source=make_channel()), make_tag())
    with django_assert_max_num_queries(len(few)):
        client.get(f"/admin/customers/{noun}/")


def test_a_tag_is_made_in_a_group(client, owner):
    group = TagGroup.objects.create(name="需求", kind="need")
    client.force_login(owner)
    assert (
        client.post(
            "/admin/customers/tag/add/", {"group": group.pk, "name": "敏感肌", "is_active": "on"}
        ).status_code
        == 302
    )
    made = Tag.objects.get()
    assert (made.name, made.group, made.is_active) == ("敏感肌", group, True)
    again = client.post("/admin/customers/tag/add/", {"group": group.pk, "name": "敏感肌", "is_active": "on"})
    assert (again.status_code, Tag.objects.count()) == (200, 1)


def test_nothing_here_is_deleted(client, owner, tagged):
    client.force_login(owner)
    group = tagged["VIP"].group
    for noun, row in (("tag", tagged["VIP"]), ("taggroup", group), ("channel", tagged["抖音"])):
        assert client.post(f"/admin/customers/{noun}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert (Tag.objects.count(), TagGroup.objects.count(), Channel.objects.count()) == (2, 1, 1)


def test_a_channel(client, operator):
    client.force_login(operator)
    data = {"name": "小红书", "domain": "public", "online": "true", "is_active": "on"}
    assert client.post("/admin/customers/channel/add/", data).status_code == 302
    made = Channel.objects.get()
    assert (made.name, made.domain, made.online) == ("小红书", "public", True)


def test_an_own_field_needs_a_name_and_a_kind(client, owner):
    client.force_login(owner)
    data = {
        "label": "肤质",
        "kind": "choice",
        "lines": "干性\r\n 油性 \r\n\r\n干性",
        "position": "0",
        "is_active": "on",
    }
    assert client.post("/admin/customers/customfield/add/", data).status_code == 302
    made = CustomField.objects.get()
    assert (made.key, made.label, made.choices) == (f"f_{made.pk}", "肤质", ["干性", "油性"])


def test_an_own_field_is_changed_but_not_its_kind_once_somebody_has_a_value(client, owner):
    field = CustomField.objects.create(key="f_1", label="肤质", kind="choice", choices=["干性"])
    make_customer(custom={"f_1": "干性"})
    client.force_login(owner)
    path = f"/admin/customers/customfield/{field.pk}/change/"
    assert "干性" in client.get(path).content.decode()
    data = {"label": "皮肤", "kind": "text", "lines": "干性\n油性", "sensitive": "on", "position": "3"}
    assert client.post(path, data).status_code == 302
    field.refresh_from_db()
    assert (field.key, field.label, field.kind, field.choices) == ("f_1", "皮肤", "choice", ["干性", "油性"])
    assert (field.sensitive, field.position, field.is_active) == (True, 3, False)


def test_the_kind_of_an_own_field_without_values_is_changed(client, owner):
    field = CustomField.objects.create(key="f_1", label="保额")
    client.force_login(owner)
    path = f"/admin/customers/customfield/{field.pk}/change/"
    data = {"label": "保额", "kind": "choice", "lines": "10万\n20万", "position": "0", "is_active": "on"}
    assert client.post(path, data).status_code == 302
    field.refresh_from_db()
    assert (field.kind, field.choices) == ("choice", ["10万", "20万"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"label": "肤质", "kind": "choice", "lines": "\n \n"}, "Write at least one choice, one a line."),
        ({"label": "险种", "kind": "text"}, "already exists"),
        ({"label": "姓名", "kind": "text"}, "“姓名” is there already, without making it."),
        ({"label": "", "kind": "text"}, "This field is required."),
    ],
)
def test_own_fields_that_are_refused(client, owner, data, said):
    CustomField.objects.create(key="f_1", label="险种")
    client.force_login(owner)
    response = client.post("/admin/customers/customfield/add/", {"position": "0", **data})
    assert (response.status_code, CustomField.objects.count()) == (200, 1)
    assert said in response.content.decode()


class TestTrace:
    """Settings have no history: the audit log says who made or changed one."""

    def log(self):
        rows = AuditEntry.objects.order_by("pk").values_list("action", "object_type", "object_id", "detail", "actor")
        return list(rows)

    @pytest.mark.parametrize(
        ("noun", "model", "first", "then", "fields"),
        [
            ("taggroup", TagGroup, {"name": "需求", "kind": "need", "position": "1"}, {"position": "2"}, ["position"]),
            ("tag", Tag, {"name": "敏感肌", "is_active": "on"}, {"name": "干皮", "is_active": ""}, ["name", "is_active"]),
            ("channel", Channel, {"name": "抖音", "domain": "public", "online": "true", "is_active": "on"}, {"domain": "private"}, ["domain"]),
            ("touchpoint", Touchpoint, {"name": "前台", "stage": "arriving", "position": "0", "is_active": "on"}, {"change": "先倒茶"}, ["change"]),
        ],
    )  # fmt: skip
    def test_made_and_changed(self, client, operator, noun, model, first, then, fields):
        client.force_login(operator)
        if noun == "tag":
            first = {**first, "group": TagGroup.objects.create(name="需求").pk}
        label = f"customers.{noun}"
        assert client.post(f"/admin/customers/{noun}/add/", first).status_code == 302
        made = model.objects.get()
        path = f"/admin/customers/{noun}/{made.pk}/change/"
        assert client.post(path, first | then).status_code == 302
        one = str(made.pk)
        told = [
            ("setting.created", label, one, {}, operator.pk),
            ("setting.changed", label, one, {"fields": fields}, operator.pk),
        ]
        assert self.log() == told
        client.post(path, first | then)
        assert self.log() == told

    def test_what_was_refused_leaves_none(self, client, operator, manager):
        client.force_login(operator)
        make_channel("抖音")
        client.post("/admin/customers/channel/add/", {"name": "抖音", "is_active": "on"})
        client.force_login(manager)
        client.post("/admin/customers/channel/add/", {"name": "小红书", "is_active": "on"})
        assert (Channel.objects.count(), self.log()) == (1, [])

    def test_a_saved_mapping_too(self, client, operator):
        mapping = ImportMapping.objects.create(name="旧表", columns={})
        client.force_login(operator)
        client.post(f"/admin/customers/importmapping/{mapping.pk}/change/", {"name": "会员表"})
        assert self.log() == [
            ("setting.changed", "customers.importmapping", str(mapping.pk), {"fields": ["name"]}, operator.pk)
        ]

    def test_in_words(self):
        assert [acts.label(act) for act in ("setting.created", "setting.changed")] == ["setting added", "setting changed"]
