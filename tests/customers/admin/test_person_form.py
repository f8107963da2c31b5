"""New customer and edit: the number first, the answer "already here", what each viewer may fill in."""

import re

import pytest
from django.utils import translation

from customers.admin import person_form_view
from customers.admin.person_form import PersonForm
from customers.models import Customer, CustomField
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from tests.factories.customers import make_channel, make_customer, make_tag, tag
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
NEW = "/admin/customers/customer/add/"
KNOWN = "/admin/customers/customer/known/"


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield


def edit(person):
    return f"/admin/customers/customer/{person.pk}/edit/"


def errors(response):
    assert response.status_code == 200
    page = response.content.decode()
    lists = re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', page, re.S)
    return [
        re.sub(r"<[^>]+>", "", item).strip()
        for text in lists
        for item in re.findall(r"<li>(.*?)</li>", text, re.S)
    ]


def names_of(response):
    return set(re.findall(r'name="(\w+)"', response.content.decode())) - {
        "csrfmiddlewaretoken",
        "_save",
        "viewport",
    }


def test_a_new_customer_with_everything(client, owner, employee, shop):
    skin = CustomField.objects.create(key="f_1", label="肤质", kind="choice", choices=["干性", "油性"])
    label, source = make_tag("VIP"), make_channel("抖音")
    client.force_login(owner)
    response = client.post(
        NEW,
        {
            "number": "+86 138 0000 0021",
            "name": " 王小娟 ",
            "gender": "female",
            "birthday_0": "",
            "birthday_1": "8",
            "birthday_2": "15",
            "birthday_3": "lunar",
            "store": shop.xihu.pk,
            "owner": employee.pk,
            "source": source.pk,
            "known_since": "2021-03-08",
            "tags": [label.pk],
            "city": "杭州",
            "note": "周末",
            "own_f_1": "干性",
        },
    )
    person = Customer.objects.get()
    assert (response.status_code, response["Location"]) == (
        302,
        f"/admin/customers/customer/{person.pk}/change/",
    )
    assert (person.name, person.phone, person.gender, person.city, person.note) == (
        "王小娟",
        "13800000021",
        "female",
        "杭州",
        "周末",
    )
    assert (person.birth_year, person.birth_md, person.birth_lunar) == (None, 815, True)
    assert (person.store, person.owner, person.source) == (shop.xihu, employee, source)
    assert (str(person.known_since), person.custom) == ("2021-03-08", {skin.key: "干性"})
    assert [link.tag for link in person.tag_links.all()] == [label]
    assert person.history.get().history_user == owner


def test_a_number_is_enough_and_the_consultants_own_store_and_self_are_filled_in(client, employee, shop):
    client.force_login(employee)
    form = client.get(NEW)
    assert f'<option value="{shop.binjiang.pk}" selected' in form.content.decode()
    assert "owner" not in names_of(form)
    client.post(NEW, {"number": "13800000021", "store": shop.binjiang.pk})
    person = Customer.objects.get()
    assert (person.owner, person.store, person.name) == (employee, shop.binjiang, "")


def test_an_owner_smuggled_in_is_not_read(client, employee, manager):
    client.force_login(employee)
    client.post(NEW, {"number": "13800000021", "owner": manager.pk})
    assert Customer.objects.get().owner == employee


def test_a_manager_may_choose_inside_her_store_only(client, manager, employee, owner, shop):
    client.force_login(manager)
    page = client.get(NEW).content.decode()
    assert f'<option value="{manager.pk}" selected' in page
    response = client.post(NEW, {"number": "13800000021", "owner": owner.pk, "store": shop.xihu.pk})
    assert len(errors(response)) == 2
    client.post(NEW, {"number": "13800000021", "owner": employee.pk, "store": shop.binjiang.pk})
    assert Customer.objects.get().owner == employee


def test_head_office_is_not_the_owner_of_whom_it_types_in(client, operator, shop):
    client.force_login(operator)
    client.post(NEW, {"number": "13800000021"})
    person = Customer.objects.get()
    assert (person.owner, person.store) == (None, None)


@pytest.mark.parametrize(
    ("number", "said"), [("", "This field is required."), ("12345", "This is no mobile number")]
)
def test_without_a_number(client, owner, number, said):
    client.force_login(owner)
    assert [
        error.startswith(said) for error in errors(client.post(NEW, {"number": number, "name": "王"}))
    ] == [True]
    assert Customer.objects.count() == 0


def test_a_duplicate_is_refused_with_a_sentence_and_a_way_to_her(client, employee, owner, shop):
    known = make_customer("王小娟", "13800000021", owner=employee, store=shop.binjiang)
    client.force_login(owner)
    response = client.post(NEW, {"number": "138-0000-0021", "name": "娟"})
    assert errors(response) == ["Already here: 王*娟 138****0021, looked after by 小许 Open"]
    assert f'href="/admin/customers/customer/{known.pk}/change/"' in response.content.decode()
    assert Customer.objects.count() == 1


def test_a_duplicate_out_of_sight_has_no_link(client, employee, manager, shop):
    known = make_customer("欧阳<b>娜娜", "13800000021", store=shop.xihu)
    client.force_login(employee)
    response = client.post(NEW, {"number": "13800000021"})
    assert errors(response) == [
        "Already here: 欧*娜 138****0021, without owner. "
        "Ask your store manager or head office to assign her to you."
    ]
    assert f"/{known.pk}/change/" not in response.content.decode()


@pytest.mark.parametrize(
    "typed", ["13800000021", "138 0000 0021", "+86138-0000-0021", "１３８００００００２１"]
)
def test_it_answers_while_the_number_is_typed(client, employee, typed):
    known = make_customer("王小娟", "13800000021", owner=employee)
    client.force_login(employee)
    assert client.get(KNOWN, {"phone": typed}).json() == {
        "known": True,
        "id": known.pk,
        "sentence": "Already here: 王*娟 138****0021, looked after by 小许",
        "url": f"/admin/customers/customer/{known.pk}/change/",
    }


def test_what_it_says_of_strangers_archived_and_nobody(client, employee, owner, shop):
    make_customer("李明", "13900000022", store=shop.xihu, owner=owner)
    make_customer("李", "13900000023", archived_at=clock.now())
    winner = make_customer("王小娟", "13900000024", owner=employee)
    make_customer("王娟", "13900000025", merged_into=winner)
    client.force_login(employee)

    def said(phone):
        answer = client.get(KNOWN, {"phone": phone}).json()
        return answer["known"], answer.get("sentence"), answer.get("url")

    assert said("13900000022") == (
        True,
        "Already here: 李* 139****0022, looked after by 钱总. "
        "Please contact 钱总, or ask your store manager to hand her over.",
        None,
    )
    assert said("13900000023") == (True, "Already here, but archived: * 139****0023. The owner or an operator can bring her back.", None)
    assert said("13900000025") == (
        True,
        "Already here: 王*娟 139****0025, looked after by 小许",
        f"/admin/customers/customer/{winner.pk}/change/",
    )
    assert said("13900000099") == said("139") == said("") == (False, None, None)


def test_what_to_do_next_fits_who_asks_and_whose_she_is(client, employee, manager, owner, shop):
    left = make_employee("小周", department=shop.xihu, is_active=False)
    lu = make_employee("陈露", department=shop.xihu)
    make_customer("李明", "13900000021", store=shop.xihu, owner=lu)
    make_customer("李明", "13900000022", store=shop.xihu)
    make_customer("李明", "13900000023", store=shop.xihu, owner=left)
    gone = make_customer("李明", "13900000024", store=shop.xihu, archived_at=clock.now())

    def said(user):
        client.force_login(user)
        answers = [client.get(KNOWN, {"phone": f"1390000002{at}"}).json() for at in (1, 2, 3, 4)]
        tails = [answer["sentence"].partition(". ")[2] for answer in answers[:3]]
        return tails, [bool(answer["url"]) for answer in answers]

    assert said(employee) == (
        [
            "Please contact 陈露, or ask your store manager to hand her over.",
            "Ask your store manager or head office to assign her to you.",
            "小周 has left: ask your store manager or head office to hand her over.",
        ],
        [False] * 4,
    )
    assert said(manager) == (
        [
            "Please contact 陈露, or ask head office to hand her over.",
            "Ask head office to assign her to your store.",
            "小周 has left: ask head office to hand her over.",
        ],
        [False] * 4,
    )
    assert said(owner) == ([""] * 3, [True] * 4)
    assert client.get(KNOWN, {"phone": gone.phone}).json()["sentence"] == (
        "Already here, but archived: 李* 139****0024. You can bring her back."
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("1990", "", "", ""), "A birthday needs at least its month and day."),
        (("", "5", "", ""), "A birthday needs at least its month and day."),
        (("1990", "2", "30", ""), "There is no such day."),
        (("2023", "2", "29", ""), "There is no such day."),
        (("2999", "5", "1", ""), "There is no such day."),
        (("1899", "5", "1", ""), "There is no such day."),
        (("", "1", "31", "lunar"), "There is no such day."),
        (("x", "5", "1", ""), "There is no such day."),
    ],
)
def test_impossible_birthdays(client, owner, parts, said):
    client.force_login(owner)
    data = {f"birthday_{at}": part for at, part in enumerate(parts)}
    assert errors(client.post(NEW, {"number": "13800000021", **data})) == [said]


def test_an_edit_shows_what_stands_and_changes_nothing_by_itself(client, owner, employee, shop):
    label = make_tag("VIP")
    field = CustomField.objects.create(key="f_1", label="老客", kind="boolean")
    person = make_customer(
        "王小娟",
        "13800000021",
        owner=employee,
        store=shop.binjiang,
        birth_year=1994,
        birth_md=815,
        birth_lunar=True,
        known_since="2021-03-08",
        custom={field.key: False},
    )
    tag(person, label)
    client.force_login(owner)
    page = client.get(edit(person)).content.decode()
    selected = re.findall(r'<option value="([^"]*)" selected', page)
    assert {"8", "15", "lunar", str(label.pk), str(employee.pk), str(shop.binjiang.pk), "false"} <= set(
        selected
    )
    assert "13800000021" not in page
    data = {
        "name": "王小娟",
        "birthday_0": "1994",
        "birthday_1": "8",
        "birthday_2": "15",
        "birthday_3": "lunar",
        "known_since": "2021-03-08",
        "store": shop.binjiang.pk,
        "owner": employee.pk,
        "tags": [label.pk],
        "own_f_1": "false",
        "gender": "",
    }
    records = person.history.count()
    assert client.post(edit(person), data).status_code == 302
    assert person.history.count() == records


def test_a_new_number_on_the_edit_form(client, owner):
    make_customer("李小明", "13900000022")
    person = make_customer("王小娟", "13800000021")
    client.force_login(owner)
    refused = client.post(edit(person), {"name": "王小娟", "number": "13900000022"})
    assert errors(refused) == ["Already here: 李*明 139****0022, without owner Open"]
    assert client.post(edit(person), {"name": "王小娟", "number": "13800000021"}).status_code == 302
    client.post(edit(person), {"name": "王小娟", "number": "137 0000 0023"})
    person.refresh_from_db()
    assert person.phone == "13700000023"


def test_a_sensitive_field_is_replaced_without_being_read(client, employee):
    field = CustomField.objects.create(key="f_1", label="既往病史", sensitive=True)
    person = make_customer("王小娟", "13800000021", owner=employee, custom={field.key: "哮喘"})
    client.force_login(employee)
    assert "哮喘" not in client.get(edit(person)).content.decode()
    client.post(edit(person), {"name": "王小娟"})
    person.refresh_from_db()
    assert person.custom == {"f_1": "哮喘"}
    client.post(edit(person), {"name": "王小娟", "own_f_1": "无"})
    person.refresh_from_db()
    assert person.custom == {"f_1": "无"}


def test_an_income_is_replaced_without_being_read(client, employee, owner):
    person = make_customer("王小娟", "13800000021", owner=employee, income_band="2–3万", budget="5000")
    client.force_login(employee)
    page = client.get(edit(person)).content.decode()
    assert ("2–3万" in page, "5000" in page) == (False, True)
    for given, stays in (("", "2–3万"), ("保密", "保密")):
        client.post(edit(person), {"name": "王小娟", "budget": "5000", "income_band": given})
        person.refresh_from_db()
        assert (person.income_band, person.budget) == (stays, "5000")
    client.force_login(owner)
    client.post(edit(person), {"name": "王小娟", "budget": "5000", "income_band": ""})
    person.refresh_from_db()
    assert person.income_band == ""


def test_own_fields_are_checked_by_kind(client, owner):
    CustomField.objects.create(key="f_1", label="保额", kind="number")
    CustomField.objects.create(key="f_2", label="到期", kind="date")
    client.force_login(owner)
    CustomField.objects.create(key="f_3", label="肤质", kind="choice", choices=["干性", "油性"])
    wrong = {"own_f_1": "很多", "own_f_2": "2026-02-30", "own_f_3": "混合"}
    assert errors(client.post(NEW, {"number": "13800000021", **wrong})) == [
        "“保额”: enter a number, for example 12.5.",
        "“到期”: enter a date, for example 2024-05-01.",
        "“肤质”: choose one of 干性, 油性.",
    ]
    client.post(NEW, {"number": "13800000021", "own_f_1": "3.5万", "own_f_2": "2027-01-31"})
    assert Customer.objects.get().custom == {"f_1": 35000, "f_2": "2027-01-31"}


def test_a_masked_text_is_locked_and_survives(client, employee, manager, shop):
    """A consultant whose scope was widened sees colleagues' customers masked: saving must not keep the mask."""
    employee.scope = "department"
    employee.save()
    person = make_customer(
        "王小娟", "13800000021", owner=manager, store=shop.binjiang, note="老公 13900001111"
    )
    client.force_login(employee)
    page = client.get(edit(person)).content.decode()
    assert ("139****1111" in page, "13900001111" in page) == (True, False)
    client.post(edit(person), {"name": "王大娟", "note": "老公 139****1111", "store": shop.binjiang.pk})
    person.refresh_from_db()
    assert (person.name, person.note, person.owner) == ("王大娟", "老公 13900001111", manager)


def looks():
    return list(AuditEntry.objects.filter(action="phone.shown").values_list("actor__name", "object_id"))


def test_opening_a_note_with_a_number_is_a_look(client, owner, employee):
    person = make_customer("王小娟", "13800000021", owner=employee, note="老公 13900001111")
    plain = make_customer("李小明", "13800000022", owner=employee, note="周末")
    for user in (employee, owner):
        client.force_login(user)
        client.get(edit(plain))
        assert "老公 13900001111" in client.get(edit(person)).content.decode()
    assert looks() == [("钱总", str(person.pk)), ("小许", str(person.pk))]
    client.post(edit(person), {"name": "王小娟", "note": "老公 13900002222"})
    person.refresh_from_db()
    assert (person.note, len(looks())) == ("老公 13900002222", 2)


def test_beyond_the_limit_the_note_is_locked_and_survives(client, employee, settings):
    settings.DAILY_PHONE_LIMIT = 0
    field = CustomField.objects.create(key="f_1", label="备用", kind="number")
    person = make_customer(
        "王小娟", "13800000021", owner=employee, note="老公 13900001111", custom={field.key: 13600003333}
    )
    client.force_login(employee)
    page = client.get(edit(person)).content.decode()
    said = "You have looked at 0 numbers today. Ask your manager for more."
    assert f"Texts with a phone number are locked here. {said}" in page
    assert re.findall(r"1[3-9]\d{9}", page) == []
    assert ("老公 139****1111" in page, "136****3333" in page) == (True, True)
    response = client.post(edit(person), {"name": "王大娟", "note": "改", "own_f_1": "1", "city": "杭州"})
    person.refresh_from_db()
    assert (response.status_code, person.name, person.city) == (302, "王大娟", "杭州")
    assert (person.note, person.custom) == ("老公 13900001111", {"f_1": 13600003333})
    assert looks() == []


def test_a_number_looked_at_today_opens_the_note_again(client, employee, settings):
    person = make_customer("王小娟", "13800000021", owner=employee, note="老公 13900001111")
    client.force_login(employee)
    client.get(edit(person))
    settings.DAILY_PHONE_LIMIT = 1
    client.post(edit(person), {"name": "王小娟", "note": "离婚"})
    person.refresh_from_db()
    assert (person.note, len(looks())) == ("离婚", 1)


def test_what_is_out_of_use_is_not_offered_but_kept(client, owner, shop):
    channel = make_channel("旧渠道", is_active=False)
    label = make_tag("旧标签")
    label.is_active = False
    label.save()
    person = make_customer("王小娟", "13800000021", source=channel)
    tag(person, label)
    client.force_login(owner)
    fresh, kept = client.get(NEW).content.decode(), client.get(edit(person)).content.decode()
    assert [word in fresh for word in ("旧渠道", "旧标签")] == [False, False]
    assert [word in kept for word in ("旧渠道", "旧标签")] == [True, True]
    response = client.post(edit(person), {"name": "王", "source": channel.pk, "tags": [label.pk]})
    assert response.status_code == 302


def test_handed_out_of_sight_leads_back_to_the_list(client, manager, shop):
    person = make_customer("王小娟", "13800000021", owner=manager)
    client.force_login(manager)
    response = client.post(edit(person), {"name": "王小娟", "owner": "", "store": ""})
    assert (response.status_code, response["Location"]) == (302, "/admin/customers/customer/")


def test_a_number_taken_between_the_check_and_the_save(owner):
    form = PersonForm({"number": "13800000021"}, viewer=owner)
    assert form.is_valid()
    make_customer("李小明", "13800000021")
    assert person_form_view.save(form, owner, None) is None
    assert form.errors == {"number": ["Already here: 李*明 138****0021, without owner"]}
    assert Customer.objects.count() == 1


def test_queries_of_the_form(client, owner, shop, django_assert_num_queries):
    """session, user, her store; stores, owners, channels, tags, own fields."""
    client.force_login(owner)
    client.get(NEW)
    with django_assert_num_queries(8):
        client.get(NEW)
    for _time in range(3):
        make_tag(), make_channel()
        CustomField.objects.create(key=f"f_{_time}", label=f"字段{_time}")
    with django_assert_num_queries(8):
        client.get(NEW)
