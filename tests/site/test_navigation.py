"""The sidebar: each role its own, and nothing that does not exist."""

import re

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from customers.queries import looks
from scrm.site import navigation
from scrm.staff.choices import Role
from scrm.staff.models import Employee

WORK = ["Home", "Today's list"]
CONTACT = ["Tags", "Follow-ups", "Appointments"]
CUSTOMERS = ["All customers", "Pool: to be assigned", *CONTACT]
HEAD_OFFICE = ["All customers", "Pool: to be assigned", "Possible duplicates", *CONTACT]
TRADE = ["Orders and refunds", "Products"]
CAMPAIGNS = ["Campaigns", "Promotion links", "Posters and materials"]
PROMOTION = ["Campaigns", "Promotion links", "My promotion", "Posters and materials"]
COUNTER, BOARD, PAY = ["Counter for coupons", "Coupons"], "Campaign board", "Results and commission"
SEEN = {
    Role.OWNER: [*WORK, *HEAD_OFFICE, "Data import", *TRADE, *CAMPAIGNS, *COUNTER, BOARD, PAY, "Settings"],
    Role.OPERATOR: [*WORK, *HEAD_OFFICE, "Data import", *TRADE, *CAMPAIGNS, *COUNTER, BOARD, "Settings"],
    Role.MANAGER: [*WORK, *CUSTOMERS, *TRADE, *PROMOTION, *COUNTER, BOARD, PAY],
    Role.EMPLOYEE: [*WORK, *CUSTOMERS, *TRADE, *PROMOTION, *COUNTER, PAY],
    Role.AGENCY: ["Home", "Campaigns", "My promotion", "Posters and materials", BOARD],
}

COSTS = ["Costs of promotion", "Rules of campaigns", "Rules of commission"]
SETTINGS = {
    Role.OWNER: [
        "Staff", "Hand-over", "Stores", "Channels of origin", *COSTS, "Own fields", "Touchpoints", "Looks at numbers", "Audit log",
        "System status",
    ],
    Role.OPERATOR: ["Hand-over", "Channels of origin", *COSTS, "Own fields", "Touchpoints", "Audit log", "System status"],
}


def shown(me: Employee) -> list[str]:
    request = RequestFactory().get("/")
    request.user = me
    with translation.override("en"):
        return [str(item["title"]) for group in navigation.sidebar(request) for item in group["items"]]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_own(everyone: dict[Role, Employee], role: Role) -> None:
    assert shown(everyone[role]) == SEEN[role]


@pytest.mark.parametrize("role", list(Role))
def test_every_link_opens(client: Client, everyone: dict[Role, Employee], role: Role) -> None:
    client.force_login(everyone[role])
    links = [link for _group, items in navigation.visible(everyone[role]) for _item, link in items]
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("role", list(Role))
def test_what_is_hidden_is_closed_too(client: Client, everyone: dict[Role, Employee], role: Role) -> None:
    """Hiding protects nothing: the pages themselves refuse."""
    me = everyone[role]
    client.force_login(me)
    items = [item for group in navigation.GROUPS for item in group.items]
    hidden = [reverse(item.url) for item in items if item.link(me) is None]
    # Lists that others may read stand in the settings of those who change them.
    readable = {
        reverse(f"admin:customers_{noun}_changelist")
        for noun in ("channel", "customfield", "touchpoint")
        if me.has_perm(f"customers.view_{noun}")
    }
    if me.has_perm("customers.assign_customer"):
        # A manager has no settings; she comes to the hand-over by the pool, and to her people's looks.
        readable.add(reverse("admin:customers_handover"))
    if looks.may_see(me):
        readable.add(reverse("admin:site_looks"))
    # Everybody may have links of their own; an agency's stand on its own page.
    readable |= {reverse("admin:campaigns_mine"), reverse("admin:campaigns_link_changelist")}
    assert {link: client.get(link).status_code for link in hidden if link not in readable} == dict.fromkeys(
        [link for link in hidden if link not in readable], 403
    )


@pytest.mark.parametrize("role", list(Role))
def test_settings_are_one_page(client: Client, everyone: dict[Role, Employee], role: Role) -> None:
    client.force_login(everyone[role])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(reverse("admin:site_settings"))
    assert answer.status_code == (200 if role in SETTINGS else 403)
    if role in SETTINGS:
        page = answer.content.decode().split('id="settings"')[1]
        assert re.findall(r'settings-words"><b>(.+?)</b><span>.+?</span>', page) == SETTINGS[role]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/admin/settings/", True),
        ("/admin/staff/employee/1/change/", True),
        ("/admin/customers/channel/", True),
        ("/admin/customers/customer/", False),
    ],
)
def test_the_line_of_settings_is_lit_on_every_page_below_it(owner: Employee, path: str, here: bool) -> None:
    request = RequestFactory().get(path)
    request.user = owner
    [line] = navigation.sidebar(request)[-1]["items"]
    assert (line["link"], line["active"]) == ("/admin/settings/", here)


def test_an_item_without_a_page_is_left_out(owner: Employee) -> None:
    item = navigation.Item("Later", "schedule", "admin:campaigns_scenario_changelist")
    assert item.link(owner) is None


def heading(client: Client, url: str) -> list[str]:
    """The crumbs on top of a page."""
    page = client.get(url).content.decode()
    [head] = re.findall(r"<h1 .*?</h1>", page.split("<main")[0] if "<main" in page else page, re.S)[:1]
    words = re.sub(r"<span class=.material-symbols.*?</span>", "", head, flags=re.S)
    return [word.strip() for word in re.findall(r">([^<>]+)<", words) if word.strip()]


@pytest.mark.parametrize(
    ("name", "crumbs"),
    [
        ("staff_employee_changelist", ["Settings", "Employees"]),
        ("staff_employee_add", ["Settings", "Employees", "Add employee"]),
        ("staff_department_changelist", ["Settings", "Stores and departments"]),
        ("customers_channel_add", ["Settings", "Channels of origin", "Add channel of origin"]),
        ("customers_customfield_changelist", ["Settings", "Own fields"]),
        ("kit_auditentry_changelist", ["Settings", "Audit log"]),
        ("kit_jobrun_changelist", ["Settings", "Background jobs"]),
        ("site_status", ["Settings", "System status"]),
        ("site_settings", ["Settings"]),
        ("customers_tag_add", ["Tags", "Add tag"]),
    ],
)
def test_crumbs_begin_where_one_came_from(
    client: Client, owner: Employee, name: str, crumbs: list[str]
) -> None:
    client.force_login(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert heading(client, reverse(f"admin:{name}")) == crumbs


def test_a_form_leads_back_to_its_list_and_to_the_settings(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    url = reverse("admin:staff_employee_change", args=[owner.pk])
    assert heading(client, url) == ["Settings", "Employees", str(owner)]


def test_a_phone_shows_the_last_two_steps(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    page = client.get(reverse("admin:customers_channel_add")).content.decode()
    # The first of three and the arrow behind it.
    assert len(re.findall(r"<(?:a|span) [^>]*crumb-far", page)) == 2
    assert "crumb-far" not in client.get(reverse("admin:customers_tag_add")).content.decode()


@pytest.mark.parametrize("model", ["customers_channel", "customers_tag", "staff_employee"])
def test_the_page_that_adds_does_not_lead_to_itself(client: Client, owner: Employee, model: str) -> None:
    client.force_login(owner)
    pages = [client.get(reverse(f"admin:{model}_{name}")).content.decode() for name in ("changelist", "add")]
    assert ["addlink" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("model", "door"),
    [
        ("customers_importmapping", "customers_importbatch"),
        ("customers_followup", "customers_customer"),
        ("customers_export", "customers_customer"),
        ("customers_importbatch", ""),
    ],
)
def test_an_empty_list_says_what_to_do(client: Client, owner: Employee, model: str, door: str) -> None:
    client.force_login(owner)
    page = client.get(reverse(f"admin:{model}_changelist")).content.decode()
    assert ('id="empty-says"' in page, "empty_door" in page) == (True, False)
    found = re.findall(r'<a href="([^"]*)" id="empty-door"', page)
    assert found == ([reverse(f"admin:{door}_changelist")] if door else [])


def test_a_search_that_finds_nothing_is_another_matter(client: Client, owner: Employee) -> None:
    client.force_login(owner)
    page = client.get(reverse("admin:customers_followup_changelist"), {"q": "无"}).content.decode()
    assert ('id="empty-says"' in page, 'id="empty-door"' in page, 'href="?"' in page) == (False, False, True)


def test_no_crumb_to_settings_that_one_does_not_have(client: Client, manager: Employee) -> None:
    client.force_login(manager)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert heading(client, reverse("admin:customers_channel_changelist")) == ["Channels of origin"]


def test_what_was_added_is_not_announced_again(client: Client, owner: Employee) -> None:
    """Adding somebody answers at the same address with her login link."""
    client.force_login(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    form = {"name": "小何", "phone": "13911112222", "role": "employee", "department": ""}
    page = client.post(reverse("admin:staff_employee_add"), form)
    assert page.context["original"].name == "小何"
    assert "Add employee" not in page.content.decode()
