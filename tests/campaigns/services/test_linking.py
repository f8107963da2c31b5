"""Links: every promoter × channel × material once, however often it is asked for."""

import pytest

from campaigns.models import Link, Material
from campaigns.services import linking
from customers.models import Channel
from scrm.kit import clock, codes
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def wechat() -> Channel:
    return make_channel("朋友圈")


def which(link: Link) -> tuple[int | None, ...]:
    return link.employee_id, link.customer_id, link.channel_id, link.material_id


def test_every_combination_in_order(owner, wechat):
    campaign, person, friend = make_campaign(), make_employee(), make_customer("推荐官")
    text = Material.objects.create(title="文案")
    links = linking.make_links(
        campaign=campaign, employees=[person], customers=[friend], channels=[wechat, None], materials=[None, text],
        nobody=True, by=owner,
    )  # fmt: skip
    promoters = [(person.pk, None), (None, friend.pk), (None, None)]
    assert [which(link) for link in links] == [
        (*who, channel, material) for who in promoters for channel in (wechat.pk, None) for material in (None, text.pk)
    ]
    assert all(codes.is_code(link.code, 7) for link in links)
    assert len({link.code for link in links}) == 12
    assert {(link.campaign_id, link.created_by_id) for link in links} == {(campaign.pk, owner.pk)}


def test_again_it_makes_none(owner, wechat):
    campaign, person = make_campaign(), make_employee()
    first = linking.make_links(campaign=campaign, employees=[person], channels=[wechat, None], by=owner)
    more = linking.make_links(campaign=campaign, employees=[person], channels=[None, wechat, None], nobody=True, by=owner)
    assert [link.pk for link in more[:2]] == [link.pk for link in reversed(first)]
    assert Link.objects.count() == 4
    lines = AuditEntry.objects.filter(action="link.made").order_by("id")
    assert list(lines.values_list("count", "object_id", "actor")) == [(2, str(campaign.pk), owner.pk)] * 2
    linking.make_links(campaign=campaign, employees=[person], channels=[wechat], by=owner)
    assert lines.count() == 2


def test_links_of_other_campaigns_do_not_matter(owner):
    make_link()
    campaign = make_campaign()
    assert linking.make_links(campaign=campaign, channels=[None], nobody=True, by=owner)[0].campaign_id == campaign.pk


def test_nobody_and_no_channel_are_places_too(owner):
    campaign = make_campaign()
    assert linking.make_links(campaign=campaign, channels=[None], by=owner) == []
    assert linking.make_links(campaign=campaign, channels=[], nobody=True, by=owner) == []


def test_a_taken_code_is_tried_again(owner, monkeypatch):
    taken = make_link(code="2222222")
    dealt = iter(["2222222", "3333333", "3333333", "4444444"])
    monkeypatch.setattr(codes, "random_code", lambda length: next(dealt))
    links = linking.make_links(campaign=taken.campaign, channels=[None, make_channel()], nobody=True, by=owner)
    assert [link.code for link in links] == ["2222222", "3333333"]
    people = [make_employee()]
    links = linking.make_links(campaign=taken.campaign, employees=people, channels=[None], by=owner)
    assert [link.code for link in links] == ["4444444"]


@pytest.mark.parametrize("people", [1, 30])
def test_constant_in_queries(owner, wechat, people, django_assert_num_queries):
    campaign, staff = make_campaign(), [make_employee() for _n in range(people)]
    with django_assert_num_queries(6):  # savepoint, what is there, insert, what is there, line in the log, savepoint
        linking.make_links(campaign=campaign, employees=staff, channels=[wechat, None], by=owner)
    with django_assert_num_queries(3):
        linking.make_links(campaign=campaign, employees=staff, channels=[wechat, None], by=owner)


class TestRefused:
    def no(self, owner, **what):
        what = {"channels": [None], **what}
        with pytest.raises(Refused) as no:
            linking.make_links(campaign=make_campaign(), by=owner, **what)
        assert Link.objects.count() == 0
        return no.value.code

    def test_who_left(self, owner):
        people = [make_employee(), make_employee(is_active=False)]
        assert self.no(owner, employees=people) == "link.employee_left"

    @pytest.mark.parametrize("how", ["archived_at", "erased_at"])
    def test_whose_record_is_closed(self, owner, how):
        gone = make_customer("走了", **{how: clock.now()})
        assert self.no(owner, customers=[gone]) == "link.customer_gone"

    def test_what_is_no_longer_in_use(self, owner):
        assert self.no(owner, channels=[make_channel(is_active=False)], nobody=True) == "link.channel_inactive"
        old = Material.objects.create(title="旧文案", is_active=False)
        assert self.no(owner, materials=[old], nobody=True) == "link.material_inactive"
