"""The demo shop, built by the services, once; and how it refuses to mix with real people."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from customers.models import Channel, Customer, ImportBatch, ImportRow
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.site.demo import addresses, building, cast
from scrm.site.models import DemoShop
from scrm.staff.choices import Role
from scrm.staff.models import Department, Employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> ImportBatch:
    return building.build()


def test_what_the_sheet_brought(built: ImportBatch) -> None:
    said = {
        key: built.counters[key]
        for key in ("rows", "created", "updated", "unchanged", "merged", "rejected", "skipped", "conflicts")
    }
    assert said == {
        "rows": 431, "created": 400, "updated": 6, "unchanged": 3, "merged": 14, "rejected": 8, "skipped": 5,
        "conflicts": 1,
    }  # fmt: skip
    assert Customer.objects.count() == 3_000
    strangers = ImportRow.objects.filter(batch=built, unknown__isnull=False).values_list("unknown", flat=True)
    assert {name for row in strangers for name in row.values()} == {"小何"}


def test_the_cast(built: ImportBatch) -> None:
    row = ImportRow.objects.get(batch=built, number=27)
    lisa = Customer.objects.get(phone="13800000021")
    assert (row.outcome, row.conflict, row.customer, lisa.name) == ("updated", True, lisa, "Lisa🌙")
    assert Customer.objects.filter(name="张敏").values("phone").distinct().count() == 3
    fish = Customer.objects.get(name="小鱼")
    assert (fish.phone, list(fish.identities.values_list("kind", "value"))) == ("", [("wechat_id", "xiaoyu_77")])
    assert Customer.objects.filter(name="陈佳怡", birth_md=618).count() == 2
    assert Customer.objects.filter(birth_lunar=True).count() >= 3
    eighteen_months_ago = clock.today() - timedelta(days=cast.MONTHS_BACK_DAYS)
    old_system = Customer.objects.exclude(imported_in=built)
    assert old_system.filter(known_since__lt=eighteen_months_ago).count() == 0
    assert old_system.filter(known_since__lt=eighteen_months_ago + timedelta(days=60)).exists()


def test_the_channels_are_described(built: ImportBatch) -> None:
    told = {channel.name: (channel.domain, channel.online) for channel in Channel.objects.all()}
    assert told == {name: (domain.value, online) for name, (domain, online) in cast.CHANNELS.items()}


def test_the_staff(built: ImportBatch) -> None:
    assert Employee.objects.count() == len(cast.STAFF)
    assert {person.role for person in Employee.objects.filter(is_active=True)} == set(Role)
    left = Employee.objects.get(name="何莹")
    assert (left.is_active, left.left_on) == (False, clock.today() - timedelta(days=80))
    assert Customer.objects.filter(owner=left).count() == 0
    assert Customer.history.filter(history_type="~", owner__name__in=cast.HEIRS).count() >= cast.HANDED_ON
    assert list(Department.objects.filter(parent=None).values_list("name", flat=True)) == ["禾光皮肤管理"]


def test_one_login_link_for_each_role_and_it_works(built: ImportBatch, client: Client) -> None:
    links = building.role_links("http://127.0.0.1:8001")
    assert [employee.role for employee, _link in links] == list(Role)
    employee, link = links[0]
    assert link.startswith("http://127.0.0.1:8001/admin/enter/")
    client.post(link.removeprefix("http://127.0.0.1:8001"))
    assert client.session["_auth_user_id"] == str(employee.pk)


def test_again_changes_nothing(built: ImportBatch) -> None:
    def everything() -> tuple[int, ...]:
        tables = (Customer.everyone, Employee.objects, ImportBatch.objects, AuditEntry.objects, Department.objects)
        return tuple(rows.count() for rows in tables)

    before = everything()
    building.check_base()
    assert building.build() == built
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
