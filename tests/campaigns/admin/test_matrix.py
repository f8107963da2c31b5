"""Each role × each door of campaigns, for a campaign it works on and for another one."""

import pytest

from campaigns.models import PayRule
from scrm.staff.choices import Role
from tests.factories.campaigns import join, make_assignment, make_campaign, make_cost, make_link
from tests.factories.conversions import bring, convert
from tests.factories.customers import make_channel, make_customer

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role
BASE = "/admin/campaigns"
HEAD = {OWNER, OPERATOR}
EVERYBODY = set(Role)


@pytest.fixture
def story(agency, employee):
    own, other = make_campaign("自己的"), make_campaign("别人的")
    for who in (agency, employee):
        make_assignment(own, who)
    link, person = make_link(own, employee=employee), make_customer()
    join(own, person, link=link)
    convert(link, person)
    bring(link, person, make_customer())
    cost = make_cost(own, make_channel(), 100)
    rule = PayRule.objects.create(campaign=own, rate_bp=500)
    return own, other, cost, rule


def answers(client, everyone, method, path, data=None):
    found = {}
    for role, user in everyone.items():
        client.force_login(user)
        found[role] = getattr(client, method)(path, data or {}).status_code
    return found


# A campaign that an agency does not work on is one that never was; what only head office may do is refused to the rest.
DOORS = [
    ("get", "change/", EVERYBODY, 200),
    ("get", "edit/", HEAD, 200),
    ("post", "edit/", HEAD, 200),
    ("get", "publish/", HEAD, 302),
    ("post", "publish/", HEAD, 302),
    ("get", "move/ended/", HEAD, 200),
    ("get", "targets/", HEAD, 200),
    ("get", "review/", HEAD, 302),
    ("get", "history/", HEAD, 200),
]


@pytest.mark.parametrize(("method", "door", "may", "status"), DOORS)
def test_doors_of_one_campaign(client, everyone, story, method, door, may, status):
    own, other, _cost, _rule = story
    for campaign, sees in ((own, EVERYBODY), (other, EVERYBODY - {AGENCY})):
        found = answers(client, everyone, method, f"{BASE}/campaign/{campaign.pk}/{door}")
        expected = {role: (status if role in may else 403) if role in sees else 404 for role in Role}
        assert (campaign.name, found) == (campaign.name, expected)


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "99999999999999999999", "٣"])
@pytest.mark.parametrize("door", ["change/", "edit/", "publish/", "move/ended/", "targets/", "review/"])
def test_one_that_never_was(client, owner, pk, door):
    client.force_login(owner)
    assert client.get(f"{BASE}/campaign/{pk}/{door}").status_code == 404


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/campaign/", EVERYBODY),
        ("/campaign/add/", HEAD),
        ("/assignment/", EVERYBODY - {AGENCY}),
        ("/participation/", EVERYBODY),
        ("/referral/", EVERYBODY),
        ("/conversion/", EVERYBODY),
        ("/credit/", EVERYBODY),
        ("/campaigncost/", HEAD),
        ("/campaigncost/add/", HEAD),
        ("/campaigncost/import/", HEAD),
        ("/campaigncost/export/", HEAD),
        ("/campaigncost/returns/", HEAD),
        ("/payrule/", HEAD),
        ("/payrule/add/", HEAD),
        ("/rules/", HEAD),
    ],
)
def test_lists_and_pages(client, everyone, story, path, may):
    assert answers(client, everyone, "get", BASE + path) == {role: 200 if role in may else 403 for role in Role}


def test_rows_are_read_never_written(client, owner, story):
    client.force_login(owner)
    for noun in ("participation", "referral", "conversion", "credit"):
        assert client.get(f"{BASE}/{noun}/add/").status_code == 403
        assert client.get(f"{BASE}/{noun}/1/change/").status_code == 404
        assert client.get(f"{BASE}/{noun}/1/delete/").status_code in (403, 404)
        assert client.get(f"{BASE}/{noun}/1/history/").status_code == 404


def test_a_cost_and_a_rule(client, everyone, story):
    _own, _other, cost, rule = story
    for path, head in ((f"/campaigncost/{cost.pk}/change/", 200), (f"/payrule/{rule.pk}/change/", 302), (f"/payrule/{rule.pk}/end/", 200)):
        assert answers(client, everyone, "get", BASE + path) == {role: head if role in HEAD else 403 for role in Role}


def test_tasks_of_others_are_a_404_or_refused(client, everyone, story, employee, agency):
    own = story[0]
    hers, its = (own.assignments.get(employee=who) for who in (employee, agency))

    def doors(row, state):
        return answers(client, everyone, "get", f"{BASE}/assignment/{row.pk}/move/{state}/")

    assert doors(hers, "accepted") == {OWNER: 200, OPERATOR: 200, MANAGER: 403, EMPLOYEE: 200, AGENCY: 404}
    assert doors(hers, "withdrawn") == {OWNER: 200, OPERATOR: 200, MANAGER: 403, EMPLOYEE: 403, AGENCY: 404}
    assert doors(its, "accepted") == {OWNER: 200, OPERATOR: 200, MANAGER: 404, EMPLOYEE: 404, AGENCY: 200}
    assert doors(hers, "assigned") == dict.fromkeys(Role, 404)


def test_nobody_logged_in(client, story):
    for path in ("/campaign/", "/campaign/add/", "/credit/", "/campaigncost/returns/"):
        answer = client.get(BASE + path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


def test_filters_spell_nothing_out(client, owner, story):
    """No lookup but the filters: ?customer__phone__startswith=138 would tell masked numbers."""
    client.force_login(owner)
    for noun, lookup in (("participation", "customer__phone"), ("conversion", "customer__phone"), ("campaign", "created_by__phone")):
        answer = client.get(f"{BASE}/{noun}/?{lookup}__startswith=138")
        assert answer.status_code in (302, 400)
