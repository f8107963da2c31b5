"""Somebody fills in a page: found or made, once, with what she gets; and nothing that tells who is known."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from campaigns.choices import BindOutcome, CampaignState
from campaigns.models import Binding, Link, Participation, Referral, Visitor
from campaigns.services import joining
from customers.choices import IdentityKind, Purpose, TaskReason
from customers.models import Consent, Customer, Event, Identity, Task
from customers.services import people
from customers.services.erasing import erasing
from loyalty.models import CouponGrant
from loyalty.services import coupons
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_campaign, make_link, make_page
from tests.factories.customers import consent, make_channel, make_customer
from tests.factories.loyalty import give, make_coupon
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
PHONE = "13800000021"


@pytest.fixture
def link(employee: Any) -> Link:
    campaign = make_campaign("春季体验")
    page = make_page(campaign, coupon=make_coupon("新客券"), consents=[Purpose.CARE, Purpose.PROMOTION])
    made = make_link(campaign, employee=employee, channel=make_channel("朋友圈"))
    assert made.campaign.page == page
    return made


def join(link: Link, phone: str = PHONE, *, key: UUID | None = None, **more: Any) -> joining.Joined:
    fresh = Link.objects.select_related("campaign__page__coupon", "employee__department", "customer", "channel").get(pk=link.pk)
    more.setdefault("name", "王小娟")
    return joining.join(link=fresh, visitor_key=key or uuid4(), phone=phone, **more)


class TestSomebodyNew:
    def test_all_that_is_made(self, link: Link, employee: Any) -> None:
        key = uuid4()
        joined = join(link, " +86 138-0000 0021", key=key, answers={"skin": "干"}, consents=[Purpose.PROMOTION])
        juan = Customer.objects.get()
        assert joined.customer == juan
        assert (joined.is_new, joined.again) == (True, False)
        assert (juan.name, juan.phone, juan.source, juan.store, juan.owner) == (
            "王小娟", PHONE, link.channel, employee.department, employee,
        )  # fmt: skip
        identity = Identity.objects.get()
        assert (identity.kind, identity.value, identity.tail, identity.verified, identity.source) == (
            IdentityKind.PHONE, PHONE, "0021", False, "page",
        )  # fmt: skip
        row = Participation.objects.get()
        assert (row.campaign, row.customer, row.link, row.is_new, row.answers, row.wished, row.day) == (
            link.campaign, juan, link, True, {"skin": "干"}, "", clock.today(),
        )  # fmt: skip
        visitor = Visitor.objects.get()
        assert (visitor.key, visitor.customer, visitor.identity, row.visitor) == (key, juan, identity, visitor)
        assert Binding.objects.get().outcome == BindOutcome.BOUND
        grant = CouponGrant.objects.get()
        assert joined.grant == grant
        assert (grant.customer, grant.key, grant.origin) == (
            juan, f"campaign:{link.campaign.pk}:{juan.pk}", f"campaigns.link:{link.pk}",
        )  # fmt: skip
        said = Consent.objects.get()
        assert (said.purpose, said.given, said.source, said.recorded_by) == (Purpose.PROMOTION, True, "page", None)
        assert "春季体验" in said.ground
        trace = Event.objects.get()
        assert (trace.kind, trace.customer, trace.visitor, trace.object) == ("page.submitted", juan, key.hex, f"link:{link.pk}")

    def test_a_link_of_nobody_gives_nobody_an_owner(self, link: Link) -> None:
        nobodys = make_link(link.campaign)
        juan = join(nobodys).customer
        assert (juan.owner, juan.store, juan.source) == (None, None, None)
        assert Binding.objects.get().outcome == BindOutcome.NOBODY

    def test_boxes_the_page_does_not_have_agree_to_nothing(self, link: Link) -> None:
        join(link, consents=[Purpose.SERVICE, "everything", Purpose.CARE, Purpose.CARE])
        assert [row.purpose for row in Consent.objects.all()] == [Purpose.CARE]

    def test_no_box_ticked_no_consent(self, link: Link) -> None:
        join(link)
        assert Consent.objects.count() == 0


class TestSomebodyKnown:
    def test_found_by_the_number_and_left_as_she_is(self, link: Link, shop: Any) -> None:
        source = make_channel("到店")
        juan = make_customer("王小娟", PHONE, source=source, store=shop.xihu)
        joined = join(link, name="隔壁老王")
        juan.refresh_from_db()
        assert (joined.customer, joined.is_new) == (juan, False)
        assert (juan.name, juan.source, juan.store) == ("王小娟", source, shop.xihu)
        assert Customer.objects.count() == 1

    def test_a_second_time_changes_nothing_and_shows_the_same_coupon(self, link: Link) -> None:
        key = uuid4()
        first = join(link, key=key, answers={"skin": "干"}, wished="周六")
        other = make_link(link.campaign, channel=make_channel("抖音"))
        again = join(other, key=key, answers={"skin": "油"}, wished="周日", consents=[Purpose.CARE])
        assert (again.again, again.is_new, again.grant) == (True, True, first.grant)
        row = Participation.objects.get()
        assert (row.link, row.answers, row.wished) == (link, {"skin": "干"}, "周六")
        assert (CouponGrant.objects.count(), Consent.objects.count(), Task.objects.open().count(), Binding.objects.count()) == (1, 0, 1, 1)

    def test_who_was_archived_is_here_again(self, link: Link, owner: Any) -> None:
        juan = make_customer("王小娟", PHONE)
        people.archive(juan, by=owner)
        assert join(link).customer.pk == juan.pk
        assert Customer.objects.get().archived_at is None

    def test_who_was_folded_stands_for_whom_she_became(self, link: Link) -> None:
        keep = make_customer("王小娟", "13800000099")
        make_customer("小娟", PHONE, merged_into=keep)
        assert join(link).customer == keep

    def test_who_had_herself_erased_came_back_by_herself(self, link: Link, owner: Any) -> None:
        juan = make_customer("王小娟", PHONE)
        erasing.carry_out(erasing.plan(juan, by=owner), by=owner)
        joined = join(link)
        assert (joined.is_new, joined.customer.phone, joined.customer.pk == juan.pk) == (True, PHONE, False)
        assert AuditEntry.objects.filter(action="person.came_back").count() == 1

    def test_a_no_of_hers_stays_a_no(self, link: Link) -> None:
        """Whoever knows her number could tick the box."""
        juan = make_customer("王小娟", PHONE)
        consent(juan, given=True, ground="到店")
        consent(juan, given=False)
        join(link, consents=[Purpose.PROMOTION, Purpose.CARE])
        given = Consent.objects.filter(source="page")
        assert [(row.purpose, row.given) for row in given] == [(Purpose.CARE, True)]


class TestCoupons:
    def test_none_left_is_no_reason_not_to_join(self, link: Link) -> None:
        page = link.campaign.page
        type(page.coupon).objects.filter(pk=page.coupon.pk).update(stock=1)
        assert join(link).grant is not None
        assert join(link, "13800000022").grant is None
        assert Participation.objects.count() == 2

    def test_once_all_are_gone_another_browser_learns_nothing(self, link: Link) -> None:
        """Else a coupon would tell that the owner of the number had joined."""
        page = link.campaign.page
        type(page.coupon).objects.filter(pk=page.coupon.pk).update(stock=1)
        key = uuid4()
        first = join(link, key=key)
        assert join(link, key=uuid4()).grant is None
        assert join(link, key=key).grant == first.grant

    def test_as_many_as_she_may_have_are_shown_again(self, link: Link, employee: Any) -> None:
        juan = make_customer("王小娟", PHONE)
        before = give(juan, link.campaign.page.coupon)
        coupons.use(grant=before, by=employee)
        assert join(link).grant == before
        assert CouponGrant.objects.count() == 1

    def test_a_page_without_one(self, link: Link) -> None:
        page = link.campaign.page
        page.coupon = None
        page.save(update_fields=["coupon"])
        assert join(link).grant is None


class TestWishedTime:
    def test_a_task_for_today_for_whoever_looks_after_her(self, link: Link, shop: Any, employee: Any) -> None:
        mine = make_employee("小何", department=shop.xihu)
        juan = make_customer("王小娟", PHONE, owner=mine)
        join(link, wished="周六 下午")
        task = Task.objects.get()
        assert (task.customer, task.employee, task.reason, task.about) == (juan, mine, TaskReason.OTHER, "春季体验: 周六 下午")
        assert task.key == f"lead:{Participation.objects.get().pk}"
        assert task.due_at == clock.end_of(clock.today()) - timedelta(seconds=1)

    def test_else_for_the_employee_of_the_link(self, link: Link, employee: Any) -> None:
        join(link, wished="周六")
        assert [(task.employee, task.key[:5]) for task in Task.objects.open()] == [(employee, "lead:")]

    def test_else_for_whoever_leads(self, link: Link, manager: Any, owner: Any, employee: Any) -> None:
        type(employee).objects.filter(pk=employee.pk).update(is_active=False)
        join(link, wished="周六")
        assert Task.objects.get(key__startswith="lead:").employee == manager
        join(make_link(link.campaign), "13800000022", wished="周六")
        assert Task.objects.filter(key__startswith="lead:").order_by("-pk")[0].employee == owner


class TestRecommended:
    def test_a_customers_link_says_who_brought_her(self, link: Link) -> None:
        inviter = make_customer("老客", "13800000088")
        hers = make_link(link.campaign, customer=inviter)
        juan = join(hers).customer
        row = Referral.objects.get()
        assert (row.inviter, row.invitee, row.root, row.depth, row.link) == (inviter, juan, inviter, 1, hers)

    def test_her_own_link_brings_nobody(self, link: Link) -> None:
        juan = make_customer("王小娟", PHONE)
        joined = join(make_link(link.campaign, customer=juan))
        assert (joined.customer, Referral.objects.count()) == (juan, 0)


class TestRefusals:
    @pytest.mark.parametrize("phone", ["", "12345", "23800000021", "1380000002", "电话", "😀", "1" * 10_000])
    def test_what_is_no_number(self, link: Link, phone: str) -> None:
        with pytest.raises(Refused) as no:
            join(link, phone)
        assert (no.value.code, Customer.objects.count(), Visitor.objects.count()) == ("phone.invalid", 0, 0)

    @pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.ENDED, CampaignState.SETTLED])
    def test_not_open(self, link: Link, state: str) -> None:
        type(link.campaign).objects.filter(pk=link.campaign.pk).update(state=state)
        with pytest.raises(Refused) as no:
            join(link)
        assert (no.value.code, Customer.objects.count()) == ("page.closed", 0)


def test_two_on_one_browser_are_two_visitors(link: Link) -> None:
    key = uuid4()
    first = join(link, key=key)
    second = join(link, "13800000022", key=key, name="李小明")
    assert (first.visitor.key, second.visitor.key == key) == (key, False)
    assert {row.customer for row in Visitor.objects.all()} == {first.customer, second.customer}
