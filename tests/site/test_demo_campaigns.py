"""Campaigns A, B and C of the demo, and an older one: every figure of their story, read by what the pages read."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import TestCase
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate

from campaigns.choices import AssignmentState, CampaignState, EntryKind, HoldReason, NotCounted, Verdict
from campaigns.models import (
    Assignment,
    Campaign,
    CommissionEntry,
    CommissionHold,
    Conversion,
    Link,
    Participation,
    PassOn,
    Poster,
    Referral,
    Touch,
    TouchReading,
    Visitor,
)
from campaigns.paying_keys import Person
from campaigns.queries import breaking_even, no_shows, recomputing
from campaigns.queries import mine as passing
from campaigns.queries.board import reading
from campaigns.queries.board.one import Line
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import choose
from campaigns.queries.commission import auditing, explaining, mine
from campaigns.services.drawing import kept
from customers.choices import TaskReason, TaskState
from customers.models import Customer, Order, Task
from customers.services import winning_back
from loyalty.models import CouponGrant
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.site import verifying
from scrm.site.demo.campaigns import friends, people, soothing, summer, trial
from scrm.site.home import campaigns as home
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.site import demo_shop

pytestmark = pytest.mark.django_db
A, B, C, OLD = soothing.PLAN.name, trial.PLAN.name, friends.PLAN.name, summer.PLAN.name
NUMBER = re.compile(r'<a class="board-number" href="([^"]+)" data-figure="(\w+)" data-value="(-?\d+)"')


def told(name: str) -> reading.Told:
    campaign = Campaign.objects.get(name=name)
    return reading.one_board(campaign, sight=Sight(None), span=choose({}, campaign=campaign))


def figures(line: Line) -> tuple[int, ...]:
    """views, visitors, leads, arrived, buyers, orders, repeats, fen"""
    sums = line.sums
    return (sums.views, sums.visitors, sums.leads, sums.arrivals, sums.buyers, sums.orders, sums.repeats, sums.net_fen)


def who(name: str) -> Employee:
    return Employee.objects.get(name=name)


class TestCampaigns(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        demo_shop.build()

    def test_a_employee_by_employee(self) -> None:
        board = told(A).board
        assert {line.label: figures(line) for line in board.employees if line.key} == {
            "许静": (214, 131, 26, 15, 11, 12, 1, 1_132_000),
            "王蕾": (121, 78, 12, 6, 4, 4, 0, 247_400),
            "吴桐": (92, 66, 7, 3, 3, 3, 0, 119_400),
            "陈露": (64, 41, 5, 2, 2, 2, 0, 79_600),
        }
        assert {line.label: figures(line) for line in board.channels} == {
            "朋友圈": (399, 250, 43, 23, 17, 18, 1, 1_459_000),
            "小程序": (92, 66, 7, 3, 3, 3, 0, 119_400),
            "路过进店": (47, 41, 4, 3, 2, 2, 0, 79_600),
        }
        assert [line.label for line in board.employees if line.rank] == ["许静", "王蕾", "吴桐", "陈露"]
        assert (board.sums.orders, board.sums.net_fen, board.sums.newcomers) == (23, 1_658_000, 27)

    @translation.override("en")
    def test_a_earned_and_is_to_be_done_again(self) -> None:
        found = told(A)
        # 16,580.00 at a margin of 66.32 %, less 3,860.00 spent and 789.20 of commission.
        assert (found.standing.code, found.board.worth.cost_fen, found.board.worth.commission_fen) == ("earned", 386_000, 78_920)
        assert found.standing.words == "Earned ¥6,346.66"
        campaign = found.board.campaign
        days = ((clock.today() - campaign.starts_on).days, (clock.today() - campaign.ends_on).days)  # type: ignore[operator]
        assert (campaign.state, campaign.verdict, days) == (CampaignState.ENDED, Verdict.KEEP, (35, 6))
        assert {one.day: one.worth.cost_fen for one in found.board.days if one.worth.cost_fen}[campaign.starts_on] == 176_000  # type: ignore[index]

    def test_twelve_orders_of_xu_and_what_feng_was_given_back(self) -> None:
        orders = Order.objects.filter(link_credits__employee=who("许静"), link_credits__model="last").distinct()
        assert sorted(orders.values_list("paid_fen", "refunded_fen")) == [
            *[(39_800, 0)] * 4, *[(128_000, 0)] * 7, (128_000, 51_200),
        ]  # fmt: skip
        assert orders.aggregate(n=Sum("paid_fen"))["n"] == 1_183_200
        [feng] = orders.filter(refunded_fen__gt=0)
        assert (feng.customer.name, feng.refunds.get().amount_fen) == ("冯洁", 51_200)
        [online] = orders.filter(channel__name="小程序")
        assert (clock.today() - localdate(online.ordered_at)).days == 6
        assert Conversion.objects.get(order=online).number == 2

    def test_her_commission(self) -> None:
        """5 % of 11,832.00, less 5 % of 512.00; what the online order earned is pending."""
        xu = who("许静")
        rows = CommissionEntry.objects.filter(employee=xu)
        sums = dict(rows.order_by().values_list("kind").annotate(Sum("amount_fen")))
        assert sums == {EntryKind.ACCRUAL: 59_160, EntryKind.REVERSAL: -2_560}
        assert rows.filter(kind=EntryKind.ACCRUAL).count() == 12
        assert mine.waiting(mine.entries_of(Person(xu.pk))) == [(clock.today() + timedelta(days=1), 6_400)]
        line = mine.of(Person(xu.pk), clock.today().replace(day=1)).line
        assert (line.closing, line.pending, line.held, line.payable) == (56_600, 6_400, 0, 50_200)

    @translation.override("en")
    def test_how_the_25_60_were_taken_back(self) -> None:
        [back] = CommissionEntry.objects.filter(employee=who("许静"), kind=EntryKind.REVERSAL).select_related(*explaining.BESIDE)
        assert (back.day, back.at < clock.start_of(clock.today())) == (clock.days_ago(3), True)
        found = explaining.explain(back, viewer=who("许静"))
        assert (found.entry.amount_fen, [one.entry.amount_fen for one in found.movements], found.left_fen) == (6_400, [-2_560], 3_840)
        assert [one.words for one in found.movements] == [
            "¥512.00 of ¥1,280.00 was given back in all; what was earned goes back in proportion."
        ]
        assert found.sentences[2] == "Version 1 of the rule: 5% of ¥1,280.00 = ¥64.00."

    @translation.override("en")
    def test_b_lost(self) -> None:
        found = told(B)
        assert {line.label: figures(line) for line in found.board.employees} == {
            "青柠代运营·小安": (612, 388, 23, 6, 5, 6, 1, 63_800),
            "吴桐": (344, 227, 18, 4, 4, 5, 1, 57_000),
        }
        sums, worth = found.board.sums, found.board.worth
        assert (sums.leads, sums.arrivals, sums.buyers, sums.orders, sums.repeats, sums.net_fen) == (41, 10, 9, 11, 2, 120_800)
        assert (worth.cost_fen, worth.commission_fen, worth.gain_fen) == (960_000, 0, -881_456)
        paid = Conversion.objects.filter(campaign__name=B).values_list("net_fen", flat=True)
        assert sorted(paid) == [*[6_800] * 9, *[29_800] * 2]
        assert (found.standing.code, found.board.campaign.no_pay) == ("losing", True)
        assert found.standing.words.startswith("Lost ¥8,814.56 so far")
        assert found.standing.words.endswith("124 more orders until it pays for itself, 6 days left")

    def test_the_owner_sees_what_loses_on_her_first_page(self) -> None:
        [losing] = home.losing(home.standing(who("沈禾")))
        assert B in losing.label

    def test_who_did_not_come_to_b_and_one_tap_to_win_them_back(self) -> None:
        campaign, operator = Campaign.objects.get(name=B), who("林薇")
        counts = no_shows.counts(campaign, operator)
        assert (counts.booked, counts.came, counts.missed) == (24, 10, 14)
        missed = no_shows.told(no_shows.missed(campaign, operator))
        assert [sum(flags) for flags in zip(*((row.waits, row.task is not None, row.asked is not None) for row in missed), strict=True)] == [4, 7, 3]
        self.client.force_login(operator)
        url = reverse("admin:campaigns_campaign_no_shows", args=[campaign.pk])
        for page in ("admin:campaigns_campaign_change", "admin:campaigns_board_one"):
            assert f'href="{url}"' in self.client.get(reverse(page, args=[campaign.pk])).content.decode()
        assert self.client.get(url).context["waiting"] == 4
        for _tap in range(2):
            assert self.client.post(url).headers["Location"] == url
        rows = no_shows.told(no_shows.missed(campaign, operator))
        assert ([row.waits for row in rows].count(True), sum(row.task is not None for row in rows)) == (0, 11)
        tasks = Task.objects.open().filter(reason=TaskReason.WIN_BACK, due_at__date__gte=clock.today())
        assert {task.employee.name for task in tasks.filter(created_by=operator)} <= {"王蕾", "赵倩", "吴桐"}
        assert tasks.filter(created_by=operator, ends_at__gt=clock.now() + timedelta(days=13)).count() == 4

    def test_win_back_is_for_whoever_may_give_work(self) -> None:
        campaign = Campaign.objects.get(name=B)
        with pytest.raises(Refused) as refusal:
            winning_back.again(no_shows.missed(campaign, who("林薇")), by=who("王蕾"))
        assert refusal.value.code == "appointment.not_yours"
        url = reverse("admin:campaigns_campaign_no_shows", args=[campaign.pk])
        found = {}
        for name in ("周敏", "王蕾", "青柠代运营·小安"):
            self.client.force_login(who(name))
            shown = self.client.get(url)
            found[name] = (shown.status_code, self.client.post(url).status_code)
        assert found == {"周敏": (200, 302), "王蕾": (200, 403), "青柠代运营·小安": (403, 403)}

    @translation.override("en")
    def test_c_goes_on(self) -> None:
        found = told(C)
        assert (found.board.campaign.state, found.standing.code) == (CampaignState.RUNNING, "missing")
        assert found.standing.words == "14 more orders until it pays for itself, 19 days left"
        assert breaking_even.of(found.board.campaign).missing == 14
        brought = Referral.objects.filter(campaign=found.board.campaign)
        depths = list(brought.order_by("depth").values_list("depth", flat=True))
        assert (depths, brought.filter(root__name="蒋美琳").count()) == ([1] * 16 + [2], 5)
        assert {line.label: (line.idle, line.sums.orders) for line in found.board.employees if line.key} == {
            "许静": (False, 0), "王蕾": (False, 0), "陈露": (False, 0), "赵倩": (True, 0),
        }  # fmt: skip

    def test_one_of_c_is_held_since_the_number_is_a_colleagues(self) -> None:
        hold = CommissionHold.objects.get()
        assert (hold.reason, hold.words, hold.decision, hold.entry.amount_fen) == (HoldReason.STAFF_PHONE, "王蕾", "", 1_240)
        assert (hold.entry.promoter.name, hold.entry.order.customer.phone) == ("陈佳怡", who("王蕾").phone)  # type: ignore[union-attr]
        second = CommissionEntry.objects.filter(rate_bp=200)
        assert [(one.promoter.name, one.amount_fen) for one in second] == [("蒋美琳", 496)]  # type: ignore[union-attr]

    def test_who_left_keeps_what_she_brought_and_was_paid(self) -> None:
        board = told(OLD).board
        [line] = [line for line in board.employees if line.label == "何莹"]
        assert (figures(line), line.left) == ((96, 61, 11, 8, 6, 7, 1, 228_600), True)
        he = CommissionEntry.objects.filter(employee=who("何莹"))
        assert dict(he.order_by().values_list("kind").annotate(Sum("amount_fen"))) == {
            EntryKind.ACCRUAL: 11_430, EntryKind.PAYOUT: -11_430,
        }  # fmt: skip
        assert Customer.objects.filter(participations__link__employee=who("何莹"), owner=who("何莹")).count() == 0
        assert (board.campaign.state, board.campaign.verdict) == (CampaignState.SETTLED, Verdict.CHANGE)

    def test_every_number_of_the_boards_opens_as_many_rows(self) -> None:
        for name, viewer in ((A, "周敏"), (B, "青柠代运营·小安")):
            self.client.force_login(who(viewer))
            url = reverse("admin:campaigns_board_one", args=[Campaign.objects.get(name=name).pk])
            found = NUMBER.findall(self.client.get(url).content.decode())
            assert len(found) > 20
            for link, figure, value in dict.fromkeys(found):
                changelist = self.client.get(unescape(link)).context["cl"]
                if figure == "net_fen":
                    assert changelist.whole == f"¥{int(value) // 100:,}.{int(value) % 100:02d}", link
                elif figure == "cost_fen":
                    assert sum(row.amount_fen for row in changelist.queryset) == int(value), link
                else:
                    assert changelist.result_count == int(value), (link, figure)

    def test_from_the_board_to_the_25_60(self) -> None:
        """许静's ¥11,320, its 12 rows, and the one of 冯洁 that leads on."""
        self.client.force_login(who("沈禾"))
        campaign, xu = Campaign.objects.get(name=A), who("许静")
        board = self.client.get(reverse("admin:campaigns_board_one", args=[campaign.pk])).content.decode()
        [link] = {link for link, figure, value in NUMBER.findall(board) if (figure, value) == ("net_fen", "1132000") and f"employee={xu.pk}" in link}
        listed = self.client.get(unescape(link))
        assert (listed.context["cl"].result_count, listed.context["cl"].whole) == (12, "¥11,320.00")
        [entry] = re.findall(r'href="([^"]+)" data-taken="2560"', listed.content.decode())
        page = self.client.get(entry).content.decode()
        assert ('data-fen="6400"' in page, 'data-fen="-2560"' in page, 'id="left" data-fen="3840"' in page) == (True, True, True)

    def test_the_figures_are_right(self) -> None:
        call_command("verify_figures")
        assert verifying.last().detail["wrong"] == 0  # type: ignore[union-attr]
        assert (verifying.verify().wrong, list(recomputing.differences())) == (0, [])

    def test_the_books_are_right(self) -> None:
        call_command("audit_commission")
        assert auditing.audit() == []

    def test_touches_that_do_not_count_are_kept(self) -> None:
        said = set(TouchReading.objects.values_list("not_counted", flat=True))
        assert said == {NotCounted.NONE, NotCounted.PREVIEW, NotCounted.BOT, NotCounted.LATE}
        assert Touch.objects.count() == TouchReading.objects.count()
        assert Touch.objects.filter(at__gt=clock.now()).count() == 0

    def test_everybody_who_came_is_one_of_the_demo(self) -> None:
        leads = Customer.objects.filter(participations__isnull=False).distinct()
        assert leads.count() == Participation.objects.count() == len(people.everybody()) == 130
        assert leads.exclude(phone__startswith="1380000").count() == 0
        assert Participation.objects.filter(is_new=True).count() == 85
        assert Visitor.objects.filter(customer__isnull=False).count() == 130
        assert not Customer.objects.filter(owner__role=Role.AGENCY).exists()

    def test_coupons_that_were_used_belong_to_their_orders(self) -> None:
        used = CouponGrant.objects.filter(used_at__isnull=False)
        counted: dict[Any, int] = {}
        for name, order in used.values_list("coupon__name", "order"):
            counted[name, order is None] = counted.get((name, order is None), 0) + 1
        assert counted == {
            ("夏日补水礼", False): 9, ("秋冬舒缓季到店礼", False): 22, ("秋冬舒缓季到店礼", True): 3,
            ("小气泡体验券 ¥68", False): 9, ("闺蜜同行券 ¥50", False): 8,
        }  # fmt: skip

    def test_who_has_begun(self) -> None:
        states = {(row.campaign.name, row.employee.name): row.state for row in Assignment.objects.select_related("campaign", "employee")}
        assert states[C, "赵倩"] == AssignmentState.ASSIGNED
        assert {name for (_campaign, name), state in states.items() if state == AssignmentState.ASSIGNED} == {"赵倩"}
        assert [figure.label for figure in home.not_begun(who("陈露"))] == ["赵倩"]
        assert (states[A, "许静"], states[C, "许静"], states[B, "青柠代运营·小安"]) == ("done", "started", "started")

    def test_what_xu_passes_on(self) -> None:
        [card] = passing.cards(who("许静"))
        assert (card.campaign.name, card.runs, card.visits.yesterday > 0) == (C, True, True)
        assert [target[0] for target in card.targets] == ["net_fen", "referrals"]
        assert PassOn.objects.filter(link__employee=who("许静"), outcome="sent", day=clock.days_ago(1)).count() == 1
        link = Link.objects.filter(campaign__name=C, employee=who("许静")).first()
        assert link is not None
        assert kept.path_of(Poster.objects.get(campaign__name=C), link).endswith(".jpg")

    def test_an_agency_sees_its_campaign_and_no_other(self) -> None:
        assert list(Campaign.objects.visible_to(who("青柠代运营·小安")).values_list("name", flat=True)) == [B]

    def test_pages_of_what_runs_are_open(self) -> None:
        found = {}
        for name in (A, B, C, OLD):
            link = Link.objects.filter(campaign__name=name).earliest("pk")
            found[name] = self.client.get(reverse("landing_page", args=[link.code])).status_code
        assert found == {A: 404, B: 200, C: 200, OLD: 404}

    def test_no_work_is_left_from_the_leads(self) -> None:
        """Greeted and called on the day; only those who did not come are still to be asked."""
        leads = Task.objects.filter(customer__participations__isnull=False, state=TaskState.OPEN).exclude(reason=TaskReason.BIRTHDAY)
        assert set(leads.values_list("reason", flat=True)) == {TaskReason.WIN_BACK}
