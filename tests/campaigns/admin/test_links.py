"""推广链接: whose links one sees, what stands beside each, where the figures lead, and links that are made by hand."""

import re
from datetime import timedelta
from html import unescape

import pytest

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Link
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_reading, make_visitor
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/link/"
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def column(body, name):
    return [
        unescape(re.sub(r"<[^>]+>", "", part)).strip() for part in re.findall(rf'field-{name}[^>]*>(.*?)</t[dh]>', body, re.DOTALL)
    ]


def shown(client, query=""):
    response = client.get(LIST + query)
    return [link.code for link in response.context["cl"].result_list] if response.status_code == 200 else response.status_code


@pytest.fixture
def links(shop, employee, agency):
    campaign = make_campaign("双11")
    make_assignment(campaign, agency)
    return {
        "nobody": make_link(campaign, code="1111111"),
        "xu": make_link(campaign, employee=employee, channel=make_channel("朋友圈"), code="2222222"),
        "other": make_link(campaign, employee=make_employee("小何", department=shop.xihu), code="3333333"),
        "friend": make_link(campaign, customer=make_customer("王小娟", "13800000021"), code="4444444"),
        "agency": make_link(campaign, employee=agency, code="5555555"),
        "agency elsewhere": make_link(make_campaign("别的"), employee=agency, code="6666666"),
    }


class TestList:
    def test_each_role_sees_its_own(self, client, everyone, links):
        seen = {}
        for role, user in everyone.items():
            client.force_login(user)
            seen[role] = sorted(shown(client))
        every = [link.code for link in links.values()]
        assert seen == {
            OWNER: every, OPERATOR: every, MANAGER: ["2222222"], EMPLOYEE: ["2222222"], AGENCY: ["5555555"]
        }  # fmt: skip

    def test_withdrawn_from_a_campaign(self, client, agency, links):
        links["agency"].campaign.assignments.update(state=AssignmentState.WITHDRAWN)
        client.force_login(agency)
        assert shown(client) == []

    def test_what_stands_there(self, client, owner, links):
        client.force_login(owner)
        body = client.get(LIST + "?promoter=customer").content.decode()
        assert column(body, "address") == ["http://127.0.0.1:8000/l/4444444 Copy"]
        assert column(body, "shown_promoter") == ["王小娟 (recommends)"]
        body = client.get(LIST + "?promoter=employee&campaign=" + str(links["xu"].campaign_id)).content.decode()
        assert column(body, "shown_promoter") == ["外包阿强", "小何", "小许"]
        assert column(body, "where") == ["", "", "朋友圈"]
        assert column(client.get(LIST + "?promoter=nobody").content.decode(), "shown_promoter") == ["nobody"]

    @pytest.mark.parametrize(
        ("query", "codes"),
        [
            ("?q=2222222", ["2222222"]),
            ("?q=http%3A%2F%2F127.0.0.1%3A8000%2Fl%2F2222222%3Fs", ["2222222"]),
            ("?q=小何", ["3333333"]),
            ("?q=别的", ["6666666"]),
            ("?q=222222", []),
            ("?q=%00", ["6666666", "5555555", "4444444", "3333333", "2222222", "1111111"]),
        ],
    )
    def test_search(self, client, owner, links, query, codes):
        client.force_login(owner)
        assert shown(client, query) == codes

    def test_filters(self, client, owner, links):
        client.force_login(owner)
        xu = links["xu"]
        assert shown(client, f"?employee={xu.employee_id}") == ["2222222"]
        assert shown(client, f"?channel={xu.channel_id}") == ["2222222"]
        assert shown(client, f"?campaign={links['agency elsewhere'].campaign_id}") == ["6666666"]

    def test_figures_open_as_many_touches(self, client, owner, employee, links):
        xu, visitor = links["xu"], make_visitor()
        make_reading(xu, visitor, first=True)
        make_reading(xu, visitor, unique=False)
        make_reading(xu, make_visitor(), at=clock.now() - timedelta(days=2), first=True)
        make_reading(xu, make_visitor(), unique=False, not_counted="bot")
        make_reading(links["other"], visitor)
        for user in (owner, employee):
            client.force_login(user)
            body = client.get(f"{LIST}?employee={employee.pk}" if user is owner else LIST).content.decode()
            assert (column(body, "today"), column(body, "ever")) == (["2 · 1"], ["3 · 2"])
            found = re.findall(r'href="([^"]*campaigns/touch/[^"]*)">([\d,]+)<', body)
            assert [figure for _link, figure in found] == ["2", "1", "3", "2"]
            for link, figure in found:
                assert client.get(unescape(link)).context["cl"].result_count == int(figure)

    @pytest.mark.parametrize("more", [0, 5])
    def test_constant_in_queries(self, client, owner, links, more, django_assert_num_queries):
        for _n in range(more):
            make_reading(make_link(links["xu"].campaign, employee=make_employee()), make_visitor())
        client.force_login(owner)
        client.get(LIST)
        with django_assert_num_queries(7):
            client.get(LIST)


class TestPage:
    def test_own_and_foreign(self, client, everyone, links):
        answers = {}
        for role, user in everyone.items():
            client.force_login(user)
            answers[role] = [
                client.get(f"{LIST}{links[which].pk}/{door}/").status_code
                for which in ("xu", "other", "agency") for door in ("change", "history")
            ]  # fmt: skip
        assert answers == {
            OWNER: [200, 404] * 3, OPERATOR: [200, 404] * 3, MANAGER: [200, 404, 302, 404, 302, 404],
            EMPLOYEE: [200, 404, 302, 404, 302, 404], AGENCY: [302, 404, 302, 404, 200, 404],
        }  # fmt: skip

    def test_it_shows_address_and_code(self, client, employee, links):
        client.force_login(employee)
        body = client.get(f"{LIST}{links['xu'].pk}/change/").content.decode()
        assert "http://127.0.0.1:8000/l/2222222</a>" in body
        assert 'src="data:image/png;base64,' in body
        assert 'alt="http://127.0.0.1:8000/l/2222222?s"' in body

    def test_nothing_can_be_changed(self, client, owner, links):
        client.force_login(owner)
        client.post(f"{LIST}{links['xu'].pk}/change/", {"campaign": links["agency elsewhere"].campaign_id})
        assert Link.objects.get(pk=links["xu"].pk).campaign_id == links["xu"].campaign_id


class TestMaking:
    def test_who_may(self, client, everyone):
        answers = {}
        for role, user in everyone.items():
            client.force_login(user)
            answers[role] = client.get(f"{LIST}add/").status_code
        assert answers == {OWNER: 200, OPERATOR: 200, MANAGER: 403, EMPLOYEE: 403, AGENCY: 403}

    def test_for_nobody(self, client, operator):
        campaign, window = make_campaign("双11"), make_channel("橱窗")
        client.force_login(operator)
        answer = client.post(f"{LIST}add/", {"campaign": campaign.pk, "channel": window.pk, "customer": ""}, follow=True)
        link = Link.objects.get()
        assert answer.redirect_chain == [(f"{LIST}{link.pk}/change/", 302)]
        assert [str(said) for said in answer.context["messages"]] == ["The link is made."]
        assert (link.employee_id, link.customer_id, link.channel_id, link.created_by_id) == (None, None, window.pk, operator.pk)
        assert AuditEntry.objects.filter(action="link.made", actor=operator).count() == 1

    def test_for_who_recommends_and_again(self, client, operator):
        campaign, friend = make_campaign(), make_customer("王小娟")
        client.force_login(operator)
        for said in ("The link is made.", "This link was there already."):
            answer = client.post(f"{LIST}add/", {"campaign": campaign.pk, "customer": friend.pk}, follow=True)
            assert [str(one) for one in answer.context["messages"]] == [said]
        assert Link.objects.get().customer_id == friend.pk

    def test_what_is_refused(self, client, operator):
        old = make_campaign(state=CampaignState.SETTLED)
        gone, closed = make_customer("走了", archived_at=clock.now()), make_channel(is_active=False)
        client.force_login(operator)
        answer = client.post(f"{LIST}add/", {"campaign": old.pk, "customer": gone.pk, "channel": closed.pk})
        assert (answer.status_code, Link.objects.count()) == (200, 0)
        assert set(answer.context["adminform"].form.errors) >= {"campaign", "channel"}
