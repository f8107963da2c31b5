"""A page from a template in minutes: chosen, filled in, looked at, saved."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from campaigns.choices import CampaignState, Landing
from campaigns.models import Campaign, LandingPage
from campaigns.services import page_templates, wording
from scrm.kit import files
from scrm.staff.choices import Role
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_page
from tests.factories.loyalty import make_coupon

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/campaigns/landingpage/", "/admin/campaigns/landingpage/add/"


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def desk(client: Client, operator: Any) -> Client:
    client.force_login(operator)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "orange").save(out, kind)
    return SimpleUploadedFile("图.png", out.getvalue(), "image/png")


def as_shown(html: str) -> dict[str, Any]:
    """What a browser would send back from the form as it stands."""
    form = html[html.index('<form method="post" enctype') :]
    form = form[: form.index("</form>")]
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        ticks = told.get("type") in ("checkbox", "radio")
        if (ticks and not re.search(r"\schecked", tag)) or told.get("type") == "file" or told["name"] == "csrfmiddlewaretoken":
            continue
        data.setdefault(told["name"], []).append(told.get("value", "on" if ticks else ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        data[name] = text.strip()
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    return data


class TestChoosing:
    def test_campaigns_that_want_a_page(self, desk: Client) -> None:
        wanted = make_campaign("要页面", state=CampaignState.DRAFT)
        make_campaign("别处", landing=Landing.URL)
        make_campaign("结束了", state=CampaignState.ENDED)
        make_page(make_campaign("有了"))
        assert list(desk.get(ADD).context["campaigns"]) == [wanted]

    def test_none_waits(self, desk: Client) -> None:
        assert "No campaign waits for a page." in desk.get(ADD).content.decode()

    @pytest.mark.parametrize("said", ["x", "999999", "9" * 30, "-1"])
    def test_no_such_campaign(self, desk: Client, said: str) -> None:
        assert desk.get(ADD, {"campaign": said}).status_code == 404

    def test_one_that_has_a_page_leads_to_it(self, desk: Client) -> None:
        page = make_page()
        response = desk.get(ADD, {"campaign": page.campaign.pk, "template": "coupon"})
        assert response.headers["Location"] == f"{LIST}{page.pk}/change/"


class TestTemplates:
    @pytest.mark.parametrize("key", [*page_templates.TEMPLATES, "blank"])
    def test_saved_as_it_comes_it_is_a_whole_page(self, desk: Client, key: str) -> None:
        campaign = make_campaign()
        address = f"{ADD}?campaign={campaign.pk}&template={key}"
        response = desk.post(address, as_shown(desk.get(address).content.decode()) | {"step": "save"})
        assert response.status_code == 302, response.context["form"].errors
        page, made = LandingPage.objects.get(), page_templates.TEMPLATES.get(key)
        assert page.campaign == campaign
        assert (page.template, page.is_open, page.ask_name) == (key if made else "", True, True)
        with translation.override("en"):
            if made is None:
                return
            assert (page.title, page.ask_time, set(page.consents)) == (made.title, made.ask_time, set(made.consents))
            assert page.questions == [one.filled() for one in made.questions]
        assert page.history.get().history_user is not None

    def test_none_of_them_says_what_must_not_be_said(self) -> None:
        for language in ("zh-hans", "en"):
            with translation.override(language):
                for made in page_templates.TEMPLATES.values():
                    texts = [made.title, made.words, made.rules, made.button, made.thanks]
                    texts += [question.label for question in made.questions]
                    assert wording.check(*map(str, texts)) == [], made.key


class TestEditing:
    def edit(self, desk: Client, page: LandingPage, **more: Any) -> Any:
        address = reverse("admin:campaigns_landingpage_change", args=[page.pk])
        return desk.post(address, as_shown(desk.get(address).content.decode()) | {"step": "save"} | more)

    def test_saved_without_a_change_leaves_no_history(self, desk: Client) -> None:
        page = make_page(questions=[{"key": "skin", "label": "肤质", "choices": ["干", "油"], "required": True}], consents=["care"])
        before = LandingPage.objects.values().get()
        assert self.edit(desk, page).status_code == 302
        assert (LandingPage.objects.values().get(), page.history.count()) == (before, 1)

    def test_rows_become_questions(self, desk: Client) -> None:
        page = make_page()
        self.edit(
            desk, page, **{
                "questions-0-label": "肤质", "questions-0-choices": "干、油", "questions-0-required": "on",
                "questions-1-label": "", "price_fen": "99", "consents": ["promotion", "care"],
            },
        )  # fmt: skip
        page.refresh_from_db()
        assert page.questions == [{"key": "q1", "label": "肤质", "choices": ["干", "油"], "required": True}]
        assert (page.price_fen, page.consents) == (9_900, ["care", "promotion"])

    def test_a_fault_of_a_question_is_said_and_nothing_is_saved(self, desk: Client) -> None:
        page = make_page()
        response = self.edit(desk, page, **{"questions-0-label": "肤质", "questions-0-choices": "只有一个", "title": "新"})
        assert "One choice is none" in response.content.decode()
        page.refresh_from_db()
        assert page.title == "春季体验"

    def test_a_preview_saves_nothing(self, desk: Client) -> None:
        page = make_page()
        text = self.edit(desk, page, title="全城最好", step="preview").content.decode()
        assert "全城最好" in text and "a superlative" in text
        page.refresh_from_db()
        assert (page.title, page.history.count()) == ("春季体验", 1)

    def test_a_page_that_promises_a_coupon_it_does_not_give(self, desk: Client) -> None:
        """Told in the editor, and again before the campaign goes out."""
        campaign = make_campaign(state=CampaignState.DRAFT, landing=Landing.PAGE)
        page = make_page(campaign, thanks="领取成功，这是您的券。")
        addresses = (
            reverse("admin:campaigns_landingpage_change", args=[page.pk]),
            reverse("admin:campaigns_campaign_publish", args=[campaign.pk]),
        )
        said = "It speaks of a coupon, and none is chosen"
        assert [said in desk.get(address).content.decode() for address in addresses] == [True, True]
        page.coupon = make_coupon()
        page.save()
        assert [said in desk.get(address).content.decode() for address in addresses] == [False, False]

    def test_the_preview_sends_nothing(self, desk: Client) -> None:
        text = desk.get(reverse("admin:campaigns_landingpage_change", args=[make_page().pk])).content.decode()
        frame = text[text.index('id="preview"') :]
        assert "<fieldset" in frame and "disabled" in frame and "<form" not in frame

    def test_sensitive_questions_and_odd_prices_are_told(self, desk: Client) -> None:
        page = make_page(
            questions=[{"key": "a", "label": "有过敏史吗", "choices": [], "required": False}], price_fen=100, usual_fen=50,
            coupon=make_coupon(is_active=False),
        )  # fmt: skip
        text = desk.get(reverse("admin:campaigns_landingpage_change", args=[page.pk])).content.decode()
        for said in ("asks for something sensitive", "The usual price is not above the price.", "The coupon is switched off"):
            assert said in text


class TestNext:
    @pytest.mark.parametrize(
        ("state", "role", "leads"),
        [(CampaignState.DRAFT, Role.OPERATOR, 1), (CampaignState.DRAFT, Role.MANAGER, 0), (CampaignState.RUNNING, Role.OPERATOR, 0)],
    )
    def test_the_page_of_a_draft_leads_on_to_publishing(
        self, desk: Client, everyone: dict[Role, Any], state: str, role: Role, leads: int
    ) -> None:
        page = make_page(make_campaign(state=state))
        desk.force_login(everyone[role])
        html = desk.get(reverse("admin:campaigns_landingpage_change", args=[page.pk])).content.decode()
        found = re.findall(r'id="publish-next" href="([^"]+)"', html)
        assert found == [reverse("admin:campaigns_campaign_publish", args=[page.campaign.pk])] * leads


class TestPicture:
    def address(self, page: LandingPage) -> str:
        return reverse("admin:campaigns_landingpage_change", args=[page.pk])

    def send(self, desk: Client, page: LandingPage, **more: Any) -> Any:
        address = self.address(page)
        return desk.post(address, as_shown(desk.get(address).content.decode()) | {"step": "save"} | more)

    def test_drawn_anew_shown_and_taken_away(self, desk: Client, django_capture_on_commit_callbacks: Any) -> None:
        page = make_page()
        link = make_link(page.campaign)
        self.send(desk, page, picture=picture())
        page.refresh_from_db()
        with Image.open(files.full_path(page.picture)) as kept:
            assert kept.format == "JPEG"
        public = Client().get(f"/p/{link.code}/picture/")
        assert (public.status_code, public.headers["Content-Type"], public.headers["Cache-Control"]) == (
            200, "image/jpeg", "public, max-age=300",
        )  # fmt: skip
        html = Client().get(f"/p/{link.code}/").content.decode()
        assert f'src="/p/{link.code}/picture/?v=' in html and page.picture not in html
        first = files.full_path(page.picture)
        with django_capture_on_commit_callbacks(execute=True):
            self.send(desk, page, picture=picture("JPEG"))
        page.refresh_from_db()
        assert not first.exists() and files.full_path(page.picture).exists()
        self.send(desk, page, without_picture="on")
        page.refresh_from_db()
        assert (page.picture, Client().get(f"/p/{link.code}/picture/").status_code) == ("", 404)

    def test_not_of_a_page_that_is_not_open(self, desk: Client) -> None:
        page = make_page()
        link = make_link(page.campaign)
        self.send(desk, page, picture=picture())
        Campaign.objects.update(state=CampaignState.DRAFT)
        assert Client().get(f"/p/{link.code}/picture/").status_code == 404

    def test_what_is_no_picture(self, desk: Client) -> None:
        page = make_page()
        response = self.send(desk, page, picture=SimpleUploadedFile("x.png", b"no picture"), title="新标题")
        assert "This is no picture that can be opened." in response.content.decode()
        page.refresh_from_db()
        assert (page.picture, page.title) == ("", "春季体验")


def test_doors(client: Client, everyone: dict[Role, Any]) -> None:
    campaign = make_campaign()
    page = make_page(campaign)
    free = make_campaign("空")
    make_assignment(campaign, everyone[Role.AGENCY])
    doors = [
        LIST, ADD, f"{ADD}?campaign={free.pk}&template=coupon", f"{LIST}{page.pk}/change/", f"{LIST}{page.pk}/history/",
        f"{LIST}999/change/",
    ]  # fmt: skip
    said = {}
    for role, person in everyone.items():
        client.force_login(person)
        said[role] = [client.get(address).status_code for address in doors]
        said[role].append(client.post(f"{LIST}{page.pk}/change/", {"title": "改"}).status_code)
    head, shop = [200, 200, 200, 200, 200, 404, 200], [200, 403, 403, 200, 200, 404, 403]
    assert said == {
        Role.OWNER: head, Role.OPERATOR: head, Role.MANAGER: shop, Role.EMPLOYEE: shop, Role.AGENCY: [403, 403, 403, 403, 403, 404, 403],
    }  # fmt: skip
    page.refresh_from_db()
    assert page.title == "春季体验"


def test_the_picture_inside_is_for_whoever_sees_the_page(client: Client, everyone: dict[Role, Any]) -> None:
    path, file = files.create("landing", ".jpg")
    with file:
        file.write(b"picture")
    page = make_page(picture=path)
    said = {}
    for role, person in everyone.items():
        client.force_login(person)
        said[role] = client.get(reverse("private_file", args=["landing-picture", page.pk])).status_code
    assert said == {Role.OWNER: 200, Role.OPERATOR: 200, Role.MANAGER: 200, Role.EMPLOYEE: 200, Role.AGENCY: 404}
