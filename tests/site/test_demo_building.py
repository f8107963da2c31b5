"""The demo shop, built by the services, once; and how it refuses to mix with real people."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from customers.anniversaries import next_on
from customers.choices import Medium, OwnerHow, Purpose, TaskReason
from customers.models import (
    Appointment,
    Channel,
    Consent,
    Customer,
    Feedback,
    FollowUp,
    ImportBatch,
    ImportRow,
    MergeCandidate,
    OrderCredit,
    OwnerChange,
    Refund,
    Task,
    Touchpoint,
)
from customers.queries import journey, people, portrait, purchases, reachability, timeline, today
from customers.queries.person import Reader
from customers.services import feelings
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.site.demo import addresses, building, cast, story
from scrm.site.models import DemoShop
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee
from tests.site import demo_shop

pytestmark = pytest.mark.django_db


def bought(phone: str) -> tuple[int, int]:
    figures = purchases.figures(Customer.objects.get(phone=phone))
    return figures.orders, figures.net_fen


def whys(customer: Customer) -> list[str]:
    return [reason.why for reason in reachability.of_one(customer).answer(Purpose.PROMOTION, Medium.WECOM).reasons]


class TestTheShop(TestCase):
    """Built once for all that only look at it; what a test writes is rolled back."""

    built: ImportBatch

    @classmethod
    def setUpTestData(cls) -> None:
        cls.built = demo_shop.build()

    def test_what_the_sheet_brought(self) -> None:
        said = {
            key: self.built.counters[key]
            for key in (
                "rows",
                "created",
                "updated",
                "unchanged",
                "merged",
                "rejected",
                "skipped",
                "conflicts",
            )
        }
        assert said == {
            "rows": 431, "created": 400, "updated": 6, "unchanged": 3, "merged": 14, "rejected": 8, "skipped": 5,
            "conflicts": 1,
        }  # fmt: skip
        assert Customer.objects.count() == 3_000
        strangers = ImportRow.objects.filter(batch=self.built, unknown__isnull=False).values_list(
            "unknown", flat=True
        )
        assert {name for row in strangers for name in row.values()} == {"小何"}

    def test_the_cast(self) -> None:
        row = ImportRow.objects.get(batch=self.built, number=27)
        lisa = Customer.objects.get(phone="13800000021")
        assert (row.outcome, row.conflict, row.customer, lisa.name) == ("updated", True, lisa, "Lisa🌙")
        assert Customer.objects.filter(name="张敏").values("phone").distinct().count() == 3
        fish = Customer.objects.get(name="小鱼")
        assert (fish.phone, list(fish.identities.values_list("kind", "value"))) == (
            "",
            [("wechat_id", "xiaoyu_77")],
        )
        assert Customer.objects.filter(name="陈佳怡", birth_md=618).count() == 2
        assert Customer.objects.filter(birth_lunar=True).count() >= 3
        eighteen_months_ago = clock.today() - timedelta(days=cast.MONTHS_BACK_DAYS)
        old_system = Customer.objects.exclude(imported_in=self.built)
        assert old_system.filter(known_since__lt=eighteen_months_ago).count() == 0
        assert old_system.filter(known_since__lt=eighteen_months_ago + timedelta(days=60)).exists()

    def test_the_channels_are_described(self) -> None:
        told = {channel.name: (channel.domain, channel.online) for channel in Channel.objects.all()}
        assert told == {name: (domain.value, online) for name, (domain, online) in cast.CHANNELS.items()}

    def test_the_staff(self) -> None:
        assert Employee.objects.count() == len(cast.STAFF)
        assert {person.role for person in Employee.objects.filter(is_active=True)} == set(Role)
        left = Employee.objects.get(name="何莹")
        assert (left.is_active, left.left_on) == (False, clock.today() - timedelta(days=80))
        assert Customer.objects.filter(owner=left).count() == 0
        handed = OwnerChange.objects.filter(before=left, how=OwnerHow.HANDED_OVER, after__name__in=cast.HEIRS)
        assert (handed.count(), OrderCredit.objects.filter(employee=left).exists()) == (cast.HANDED_ON, True)
        assert list(Department.objects.filter(parent=None).values_list("name", flat=True)) == ["禾光皮肤管理"]

    def test_one_login_link_for_each_role_and_it_works(self) -> None:
        links = building.role_links("http://127.0.0.1:8001")
        assert [employee.role for employee, _link in links] == list(Role)
        employee, link = links[0]
        assert link.startswith("http://127.0.0.1:8001/admin/enter/")
        self.client.post(link.removeprefix("http://127.0.0.1:8001"))
        assert self.client.session["_auth_user_id"] == str(employee.pk)

    def test_what_the_people_of_the_story_did(self) -> None:
        """demo.md: the cast, each act on its day."""
        ting, wen, mrs_wu, man = (Customer.objects.get(phone=f"138000000{n}") for n in (24, 27, 28, 25))
        assert (bought(ting.phone), bought("13800000029"), bought("13800000026")) == (
            (11, 894_000),
            (37, 4_680_000),
            (9, 61_200),
        )
        assert Refund.objects.values_list("order__customer__name", "amount_fen").get() == ("冯洁", 51_200)
        day = DemoShop.objects.get().reference_date
        [complaint] = Feedback.objects.unanswered()
        assert (complaint.customer, complaint.score, complaint.words) == (ting, -2, "问了两天没人回")
        assert localtime(complaint.at).date() == day - timedelta(days=21)
        task = Task.objects.open().get(reason=TaskReason.BAD_FEELING)
        assert (task.employee.name, task.due_at) == ("周敏", complaint.at + timedelta(hours=24))
        assert today.promotion_paused([ting.pk, wen.pk]) == {ting.pk}
        states = dict(Appointment.objects.filter(customer__in=[ting, wen]).values_list("state", "starts_at"))
        assert {state: (day - localtime(at).date()).days for state, at in states.items()} == {
            "arrived": 24, "cancelled": 16, "no_show": 1,
        }  # fmt: skip
        birthday = mrs_wu.birthday
        assert birthday is not None and birthday.lunar
        assert next_on(birthday, day) == day + timedelta(days=15)
        assert man.consents.values_list("purpose", "given").get() == ("promotion", False)
        pair = MergeCandidate.objects.get()
        assert (pair.first.name, pair.second.name) == ("陈佳怡", "陈佳怡")

    def test_the_rule_helped_and_many_are_quiet(self) -> None:
        point = Touchpoint.objects.get(name="护理后回访")
        assert point.changed_on == DemoShop.objects.get().reference_date - timedelta(days=14)
        since = clock.start_of(point.changed_on)
        scores = [
            list(Feedback.objects.filter(touchpoint=point, **{how: since}).values_list("score", flat=True))
            for how in ("at__lt", "at__gte")
        ]
        assert [(len(part), sum(part)) for part in scores] == [(10, -9), (10, 6)]
        heard = journey.voices_of([point], Employee.objects.get(role=Role.OWNER))[point.pk]
        assert (str(heard.before), str(heard.after)) == ("−0.9", "+0.6")
        assert today.long_quiet(Customer.objects.all(), 90).count() == 312

    def test_who_agreed_and_who_was_sold_to(self) -> None:
        """Cause, pause, rescue: 孙婷 agreed, her complaint pauses that, its answer ends the pause."""
        yes = Consent.objects.filter(given=True, purpose="promotion")
        agreed = dict(yes.order_by("-at").values_list("customer", "at"))  # of two, the older
        assert len(agreed) == 1_799
        early = Customer.objects.filter(pk__in=agreed, consents__at__date__lt=F("known_since"))
        # What a campaign page asks for besides.
        assert (early.count(), Consent.objects.exclude(purpose="promotion").count()) == (0, 87)
        sold = FollowUp.objects.filter(contact_class="promotion").values_list("customer", "at")
        assert sold.count() > 100
        assert [pk for pk, at in sold if pk not in agreed or agreed[pk] > at] == []
        ting, man = (Customer.objects.get(phone=phone) for phone in ("13800000024", "13800000025"))
        assert whys(ting) == ["complaint"] and whys(man) == ["withdrawn"]
        feelings.answer(Feedback.objects.unanswered().get(), by=Employee.objects.get(name="周敏"), words="已致电")
        assert whys(ting) == ["agreed"]

    def test_nobody_was_spoken_to_before_she_came(self) -> None:
        before = FollowUp.objects.filter(at__date__lt=F("customer__known_since"))
        felt = Feedback.objects.filter(at__date__lt=F("customer__known_since"))
        assert (before.count(), felt.count()) == (0, 0)
        assert Customer.objects.filter(last_contact_at=None, known_since__lt=clock.today()).exclude(name="孙婷").count() == 0

    def test_the_quiet_ones_are_behind_their_figure(self) -> None:
        self.client.force_login(Employee.objects.get(name="沈禾"))
        shown = self.client.get(reverse("admin:customers_customer_changelist"), {"quiet": "90"}).context["cl"]
        assert shown.result_count == story.QUIET == 312

    def test_what_stands_on_the_list_of_a_consultant(self) -> None:
        found = today.today(Employee.objects.get(name="许静"))
        [missed] = [card for card in found.cards if card.task.reason == TaskReason.WIN_BACK]
        assert (missed.name, missed.words[:3], missed.overdue) == ("郑雯", "郑雯，", False)
        [new] = [card for card in found.cards if card.task.reason == TaskReason.ASSIGNED]
        assert (new.about, new.task.customer.owner) == ("朋友介绍来的，想先看看皮肤状态，周末有空", new.task.employee)

    @translation.override("en")
    def test_lisa_is_known_by_the_mini_program_and_found_by_the_name_in_the_sheet(self) -> None:
        lisa = Customer.objects.get(phone="13800000021")
        kinds = dict(lisa.identities.values_list("kind", "value"))
        assert kinds["wechat_openid"].startswith(f"{cast.APP_ID}:o")
        came = Customer.objects.filter(source__name="小程序", imported_in__file_name="老系统客户.csv")
        assert came.filter(identities__kind="wechat_openid").count() == came.count() > 100
        viewer = Employee.objects.get(name="沈禾")
        assert people.search(viewer, "王丽娟") == [lisa]
        reader = Reader(lisa, viewer)
        assert [other.name for other in reader.other_names()] == ["王丽娟"]
        told = {entry.text.partition("\n")[0] for entry in timeline.page(reader, group="changes")[0]}
        assert {"老系统客户.csv", "西湖店会员表2023.xlsx, row 27"} <= told

    @translation.override("en")
    def test_what_her_page_says_first(self) -> None:
        viewer = Employee.objects.get(name="沈禾")
        said = {}
        for phone in ("13800000022", "13800000028"):
            reader = Reader(Customer.objects.get(phone=phone), viewer)
            said[reader.name] = portrait.portrait(reader, [], purchases.figures(reader.customer), "").split(" · ")[1:]
        assert said == {"陈佳怡": ["female"], "吴太太": ["every 59 days", "lunar birthday in 15 days"]}

    def test_again_changes_nothing(self) -> None:
        def everything() -> tuple[int, ...]:
            tables = (
                Customer.everyone,
                Employee.objects,
                ImportBatch.objects,
                AuditEntry.objects,
                Department.objects,
            )
            return tuple(rows.count() for rows in tables)

        before = everything()
        building.check_base()
        assert building.build() == self.built
        assert everything() == before


def test_interrupted_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unplugged(Exception):
        pass

    def unplug(*args: Any, **kwargs: Any) -> None:
        raise Unplugged

    with monkeypatch.context() as patch:
        patch.setattr(building, "_let_go", unplug)
        with pytest.raises(Unplugged):
            building.build()
    assert building.standing() is None
    building.check_base()
    assert building.build().counters["created"] == 400
    assert building.standing() == DemoShop.objects.get()
    assert Customer.objects.count() == 3_000


class TestRefusals:
    def test_a_base_with_somebody_in_it(self, owner: Employee) -> None:
        with pytest.raises(Refused) as refusal:
            building.check_base()
        assert refusal.value.code == "demo.not_empty"

    @pytest.mark.parametrize(
        "url", ["https://crm.example.com", "http://8.8.8.8:8000", "http://[2001:4860:4860::8888]"]
    )
    def test_a_public_address(self, url: str) -> None:
        with override_settings(PUBLIC_URL=url), pytest.raises(Refused) as refusal:
            building.check_address()
        assert refusal.value.code == "demo.public"

    @pytest.mark.parametrize(
        "url", ["http://localhost:8000", "http://127.0.0.1", "http://192.168.1.5:8000", "http://[::1]:8000"]
    )
    def test_a_private_one_is_fine(self, url: str) -> None:
        with override_settings(PUBLIC_URL=url):
            building.check_address()

    def test_the_command_says_it_in_one_sentence(self, owner: Employee) -> None:
        with pytest.raises(CommandError) as error:
            call_command("demo", "--no-serve")
        assert str(error.value).count("\n") == 0
        assert Customer.objects.count() == 0

    def test_force_goes_on(self, owner: Employee) -> None:
        with override_settings(PUBLIC_URL="https://crm.example.com"):
            call_command("demo", "--no-serve", "--force", stdout=StringIO())
        assert Customer.objects.count() == 3_000


class TestAddress:
    @pytest.fixture(autouse=True)
    def unset(self, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
        for name in ("PUBLIC_URL", "PUBLIC_URL_FILE"):
            monkeypatch.delenv(name, raising=False)
        settings.DATA_DIR, settings.PUBLIC_URL = tmp_path, "http://127.0.0.1:8000"
        DemoShop.objects.create(seed=1, version=1, reference_date=clock.today())

    def test_links_follow_the_demo(self, owner: Employee, capsys: pytest.CaptureFixture[str]) -> None:
        addresses.remember("http://127.0.0.1:8005")
        call_command("login_link", owner.phone)
        assert capsys.readouterr().out.startswith("http://127.0.0.1:8005/admin/enter/")

    def test_never_served(self) -> None:
        assert addresses.current() == "http://127.0.0.1:8000"

    def test_a_shop_that_is_no_demo_any_more(self) -> None:
        addresses.remember("http://127.0.0.1:8005")
        DemoShop.objects.all().delete()
        assert addresses.current() == "http://127.0.0.1:8000"

    def test_an_address_that_somebody_set(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        addresses.remember("http://127.0.0.1:8005")
        settings.PUBLIC_URL = "http://192.168.1.5:8000"
        monkeypatch.setenv("PUBLIC_URL", settings.PUBLIC_URL)
        assert addresses.current() == "http://192.168.1.5:8000"


class TestLoginLink:
    def test_it_prints_one(self, owner: Employee, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("login_link", f"+86 {owner.phone[:3]}-{owner.phone[3:7]}-{owner.phone[7:]}")
        token = capsys.readouterr().out.strip().rpartition("enter/")[2].strip("/")
        assert reverse("admin:enter", args=[token]).endswith(f"/admin/enter/{token}/")

    def test_nobody_and_somebody_who_left(self, owner: Employee) -> None:
        with pytest.raises(CommandError):
            call_command("login_link", "13899999999")
        Employee.objects.update(is_active=False)
        with pytest.raises(CommandError):
            call_command("login_link", owner.phone)
