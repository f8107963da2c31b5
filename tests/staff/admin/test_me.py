"""我的: one's own page, and the QR code that customers see."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from campaigns.choices import CampaignState
from campaigns.models import Campaign
from scrm.kit import files
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.factories.campaigns import make_link, make_page

pytestmark = pytest.mark.django_db
ME = "/admin/me/"


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def desk(client: Client, employee: Employee) -> Client:
    client.force_login(employee)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (60, 60), "green").save(out, "PNG")
    return SimpleUploadedFile("码.png", out.getvalue(), "image/png")


def test_everyone_has_one(client: Client, everyone: dict[Role, Employee]) -> None:
    for person in everyone.values():
        client.force_login(person)
        text = client.get(ME).content.decode()
        assert person.name in text and person.phone in text
    client.logout()
    assert client.get(ME).headers["Location"].startswith("/admin/login/")


def test_put_replaced_and_taken_away(desk: Client, employee: Employee, django_capture_on_commit_callbacks: Any) -> None:
    before = employee.history.count()
    assert desk.post(ME, {"picture": picture()}).status_code == 302
    employee.refresh_from_db()
    first = files.full_path(employee.wechat_qr)
    with Image.open(first) as kept:
        assert kept.format == "JPEG"
    assert desk.get(reverse("private_file", args=["wechat-qr", employee.pk])).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(ME, {"picture": picture()})
    employee.refresh_from_db()
    assert not first.exists() and files.full_path(employee.wechat_qr).exists()
    desk.post(ME, {"remove": "1"})
    employee.refresh_from_db()
    assert (employee.wechat_qr, employee.history.count()) == ("", before)


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture(desk: Client, employee: Employee, content: bytes) -> None:
    response = desk.post(ME, {"picture": SimpleUploadedFile("x.png", content)})
    assert "This is no picture that can be opened." in response.content.decode()
    assert "Choose a picture." in desk.post(ME).content.decode()
    employee.refresh_from_db()
    assert employee.wechat_qr == ""


def test_inside_it_is_hers_and_the_owners(desk: Client, client: Client, everyone: dict[Role, Employee]) -> None:
    desk.post(ME, {"picture": picture()})
    said = {}
    for role, person in everyone.items():
        client.force_login(person)
        said[role] = client.get(reverse("private_file", args=["wechat-qr", everyone[Role.EMPLOYEE].pk])).status_code
    assert said == {Role.OWNER: 200, Role.OPERATOR: 404, Role.MANAGER: 404, Role.EMPLOYEE: 200, Role.AGENCY: 404}


def test_outside_only_by_a_link_of_hers(desk: Client, employee: Employee, manager: Employee) -> None:
    desk.post(ME, {"picture": picture()})
    page = make_page()
    hers, others, nobodys = (make_link(page.campaign, employee=who) for who in (employee, manager, None))
    stranger = Client()
    assert [stranger.get(f"/p/{link.code}/wechat/").status_code for link in (hers, others, nobodys)] == [200, 404, 404]
    Campaign.objects.update(state=CampaignState.ENDED)
    assert stranger.get(f"/p/{hers.code}/wechat/").status_code == 404
    Campaign.objects.update(state=CampaignState.RUNNING)
    Employee.objects.filter(pk=employee.pk).update(is_active=False)
    assert stranger.get(f"/p/{hers.code}/wechat/").status_code == 404
