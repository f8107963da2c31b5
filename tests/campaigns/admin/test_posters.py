"""Templates: made by a form without JSON, shown before they are saved, told by name what is wrong with them."""

import io
import json
import re
import zipfile
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Poster
from campaigns.services.drawing import bundling, slots
from scrm.kit import files, jobs
from scrm.kit.models import AuditEntry
from tests.campaigns.services.drawing.looking import opened, picture
from tests.factories.campaigns import make_campaign, make_link, make_poster
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/campaigns/poster/", "/admin/campaigns/poster/add/"


@pytest.fixture
def desk(english, operator):
    english.force_login(operator)
    return english


def form(**fields):
    return {
        "name": "主海报", "campaign": "", "style": "cool", "title": "", "words": "到店即享", "layout": "right",
        "shown": ["title", "words", "employee"], "is_active": "on", **fields,
    }  # fmt: skip


def own(**fields):
    places = {"qr_x": 600, "qr_y": 700, "qr_size": 300, "title_x": 50, "title_y": 50, "title_width": 900, "title_size": 80}
    return form(layout="own", shown=["title"], title_align="left", title_colour="#b91c1c", **{**places, **fields})


def upload(**how):
    return SimpleUploadedFile("海报.jpg", picture(**how))


def said(response):
    page = unescape(response.content.decode())
    parts = "no place for the QR code|outside the picture|too small to be read"
    return re.findall(rf"[^<>]*(?:{parts})[^<>]*", page)


class TestSaving:
    def test_a_plain_one(self, desk, operator):
        assert desk.post(ADD, form()).status_code == 302
        poster = Poster.objects.get()
        assert (poster.style, poster.slots) == ("cool", slots.layout("right", shown=["title", "words", "employee"]))
        entry = AuditEntry.objects.get(action="setting.created")
        assert (entry.object_id, entry.actor) == (str(poster.pk), operator)

    def test_with_a_picture_the_layout_is_for_its_shape(self, desk):
        desk.post(ADD, form(upload=upload(size=(1080, 1440))))
        poster = Poster.objects.get()
        assert poster.slots == slots.layout("right", ratio=4 / 3, shown=["title", "words", "employee"])
        assert opened(files.full_path(poster.picture).read_bytes()).size == (1080, 1440)

    def test_places_of_ones_own(self, desk):
        desk.post(ADD, own())
        assert Poster.objects.get().slots == {
            "layout": "own",
            "qr": {"x": 600, "y": 700, "size": 300},
            "title": {"x": 50, "y": 50, "width": 900, "size": 80, "align": "left", "colour": "#b91c1c"},
        }

    def test_what_was_changed_is_told_by_column(self, desk):
        poster = make_poster("主海报", style="cool", words="到店即享", slots=slots.layout("right"))
        shown = ["title", "words", "employee", "customer"]
        address = f"{LIST}{poster.pk}/change/"
        page = desk.get(address).context["adminform"].form
        kept = {name: page[name].value() for name in page.fields if name not in ("upload", "without_picture", "is_active")}
        data = {name: "" if value is None else value for name, value in kept.items()} | {"is_active": "on", "shown": shown}
        desk.post(address, data)
        assert AuditEntry.objects.filter(action="setting.changed").count() == 0
        desk.post(address, {**data, "layout": "left", "title": "周年庆"})
        assert AuditEntry.objects.get(action="setting.changed").detail == {"fields": ["slots", "title"]}

    def test_the_picture_is_taken_away(self, desk, django_capture_on_commit_callbacks):
        desk.post(ADD, form(upload=upload()))
        poster = Poster.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            desk.post(f"{LIST}{poster.pk}/change/", form(without_picture="on"))
        before, after = poster.picture, Poster.objects.get().picture
        assert (after, files.full_path(before).exists()) == ("", False)


class TestRefusing:
    @pytest.mark.parametrize(
        ("fields", "part"),
        [
            ({"qr_x": ""}, "no place for the QR code"),
            ({"qr_size": ""}, "no place for the QR code"),
            ({"qr_size": 100}, "too small to be read"),
            ({"qr_x": 800}, "outside the picture"),
            ({"title_x": 500}, "outside the picture"),
        ],
    )
    def test_places_that_are_none(self, desk, fields, part):
        answer = desk.post(ADD, own(**fields))
        assert (answer.status_code, Poster.objects.count()) == (200, 0)
        assert [part in line for line in said(answer)] == [True]

    @pytest.mark.parametrize("content", [b"<svg/>", b"", picture((1080, 200))])
    def test_pictures_that_are_none(self, desk, content):
        answer = desk.post(ADD, form(upload=SimpleUploadedFile("海报.jpg", content)))
        assert (answer.status_code, Poster.objects.count()) == (200, 0)

    def test_one_that_was_too_large_to_arrive(self, desk, settings):
        settings.UPLOAD_MAX_MB = 0
        answer = desk.post(ADD, form(upload=upload()))
        assert (answer.status_code, Poster.objects.count()) == (200, 0)
        assert "The file is larger than 0 MB." in unescape(answer.content.decode())

    def test_a_saved_one_without_a_place_says_so_on_its_page_and_in_the_list(self, desk):
        poster = make_poster(slots={})
        for address in (f"{LIST}{poster.pk}/change/", LIST):
            assert "no place for the QR code" in desk.get(address).content.decode()


class TestWarning:
    def test_words_that_advertising_must_not_use(self, desk):
        page = desk.post(ADD, form(words="全国第一的护理"), follow=True).content.decode()
        assert "“第一”" in page

    def test_signs_that_no_font_has(self, desk, monkeypatch):
        from campaigns.services.drawing import faces

        monkeypatch.setattr(faces, "_others", lambda: ())
        page = desk.post(ADD, form(title="\U0002a6d6堂"), follow=True).content.decode()
        assert "drawn as a box: \U0002a6d6." in page


class TestThePreview:
    LIVE = "/admin/campaigns/poster/preview/"

    def test_a_new_one_before_it_is_saved(self, desk):
        answer = desk.post(self.LIVE, form(name="", upload=upload(colour="#ff0000")))
        image = opened(answer.content)
        assert (answer["Content-Type"], image.size, Poster.objects.count()) == ("image/jpeg", (540, 960), 0)
        red, green, blue = image.getpixel((5, 5))
        assert red > 200 > 60 > max(green, blue)

    def test_what_is_wrong_comes_in_words(self, desk):
        answer = desk.post(self.LIVE, own(qr_x=""))
        assert answer["Content-Type"] == "application/json"
        assert "no place for the QR code" in json.loads(answer.content)["said"]

    def test_nothing_is_saved(self, desk, private_dir):
        poster = make_poster(words="以前")
        answer = desk.post(f"{LIST}{poster.pk}/preview/", form(words="以后", upload=upload()))
        poster.refresh_from_db()
        assert (answer.status_code, poster.words, list(private_dir.rglob("*.jpg"))) == (200, "以前", [])

    def test_as_it_is_saved(self, desk):
        answer = desk.get(f"{LIST}{make_poster().pk}/picture/")
        assert opened(b"".join(answer.streaming_content)).size == (160, 284)
        assert desk.get(f"{LIST}{make_poster(slots={}).pk}/picture/").status_code == 404


class TestAllOfACampaign:
    @pytest.fixture
    def campaign(self):
        campaign = make_campaign("立冬/焕肤")
        for name in ("许静", "李雷"):
            make_link(campaign, employee=make_employee(name))
        return campaign

    def test_few_come_at_once(self, desk, campaign, operator):
        poster = make_poster(campaign=campaign)
        address = reverse("admin:campaigns_posters", args=[campaign.pk])
        assert 'data-value="2"' in desk.get(address).content.decode()
        answer = desk.post(address, {"poster": poster.pk})
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as package:
            assert sorted(package.namelist()) == ["李雷.jpg", "许静.jpg"]
        assert "%E7%AB%8B%E5%86%AC%20%E7%84%95%E8%82%A4-posters.zip" in answer["Content-Disposition"]
        assert AuditEntry.objects.get(action="poster.bundled").count == 2

    def test_many_by_a_job(self, desk, campaign, monkeypatch):
        monkeypatch.setattr(bundling, "AT_ONCE", 1)
        poster = make_poster(campaign=campaign)
        answer = desk.post(reverse("admin:campaigns_posters", args=[campaign.pk]), {"poster": poster.pk})
        page = desk.get(answer["Location"]).content.decode()
        assert ('aria-valuenow="0"' in page, 'id="zip"' in page) == (True, False)
        jobs.drain()
        page = desk.get(answer["Location"]).content.decode()
        address = re.findall(r'id="zip" href="([^"]+)"', page)[0]
        with zipfile.ZipFile(io.BytesIO(b"".join(desk.get(address).streaming_content))) as package:
            assert len(package.namelist()) == 2

    def test_a_template_that_cannot_be_drawn_or_none_at_all(self, desk, campaign):
        address = reverse("admin:campaigns_posters", args=[campaign.pk])
        assert "There is no poster for this campaign yet." in desk.get(address).content.decode()
        poster = make_poster(campaign=campaign, slots={})
        page = desk.post(address, {"poster": poster.pk}, follow=True).content.decode()
        assert "no place for the QR code" in page
        assert [desk.post(address, {"poster": other}).status_code for other in ("", "x", "999999")] == [404] * 3

    def test_a_campaign_without_links(self, desk):
        campaign = make_campaign()
        poster = make_poster(campaign=campaign)
        page = desk.post(reverse("admin:campaigns_posters", args=[campaign.pk]), {"poster": poster.pk}, follow=True)
        assert "There are no links yet." in page.content.decode()


def test_the_number_of_queries_of_the_list(desk, django_assert_num_queries):
    for number in (1, 3):
        while Poster.objects.count() < number:
            make_poster(campaign=make_campaign())
        desk.get(LIST)
        with django_assert_num_queries(5):
            desk.get(LIST)
