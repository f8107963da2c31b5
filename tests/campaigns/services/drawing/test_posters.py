"""A poster carries a code that can be read, whose it is, and all of its words, on every background."""

from pathlib import Path

import pytest
from django.utils import translation
from PIL import ImageChops

from campaigns.choices import PosterLayout, PosterStyle
from campaigns.services.drawing import grounds, plates, posters, qr, slots
from scrm.kit import files
from scrm.kit.errors import Refused
from tests.campaigns.services.drawing.looking import modules, opened, picture
from tests.factories.campaigns import make_campaign, make_link, make_poster
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
BASE = posters.Content("https://crm.example.com/l/aB3xY9z?s", "立冬焕肤体验日", "到店即享 99 元", "许静 邀请您")


def read(image, poster, content=BASE):
    """The modules as they stand on the poster."""
    matrix = qr.matrix(content.address)
    left, top, scale = plates.place_of(image, content.address, poster.slots["qr"])
    return modules(image, left, top, scale, len(matrix))


@pytest.mark.parametrize("style", PosterStyle.values)
@pytest.mark.parametrize("which", [PosterLayout.CENTRE, PosterLayout.RIGHT, PosterLayout.LEFT])
def test_the_code_on_it_is_the_links(style, which):
    poster = make_poster(style=style, slots=slots.layout(which))
    image = opened(posters.jpeg(posters.drawn(poster, BASE)))
    assert image.size == (1080, 1920)
    assert read(image, poster) == qr.matrix(BASE.address)


def test_from_a_link_to_a_file(settings):
    settings.PUBLIC_URL = "https://crm.example.com"
    link = make_link(make_campaign("立冬焕肤"), employee=make_employee("许静"), code="aB3xY9z")
    poster = make_poster()
    image = opened(posters.draw(poster, link))
    assert read(image, poster) == qr.matrix("https://crm.example.com/l/aB3xY9z?s")


@pytest.mark.parametrize("part", ["title", "words", "employee"])
def test_each_text_stands_in_its_place_and_nowhere_else(part):
    poster = make_poster()
    place = poster.slots[part]
    with_it, without = posters.drawn(poster, BASE), posters.drawn(poster, BASE._replace(**{part: ""}))
    left, top, right, bottom = ImageChops.difference(with_it, without).getbbox()
    assert place["x"] * 1.08 <= left < right <= (place["x"] + place["width"]) * 1.08 + 1
    assert place["y"] * 1.92 <= top + 1 < bottom <= place["y"] * 1.92 + place["size"] * 1.08 * 1.32 * 3 + 1


class TestWhatIsWritten:
    def test_the_campaigns_name_unless_the_poster_has_a_title(self):
        link = make_link(make_campaign("立冬焕肤"))
        assert posters.content_of(make_poster(), link).title == "立冬焕肤"
        assert posters.content_of(make_poster(title="周年庆"), link).title == "周年庆"

    def test_whose_it_is_in_the_shops_language_whoever_looks(self, settings):
        settings.LANGUAGE_CODE = "en"
        campaign = make_campaign()
        hers = make_link(campaign, employee=make_employee("许静"))
        recommends = make_link(campaign, customer=make_customer("王小娟"))
        nobodys = make_link(campaign)
        with translation.override("zh-hans"):
            found = [posters.content_of(make_poster(), link)[3:] for link in (hers, recommends, nobodys)]
        assert found == [("许静 invites you", ""), ("", "王小娟 recommends this to you"), ("", "")]

    def test_a_number_in_a_name_is_masked(self, settings):
        settings.LANGUAGE_CODE = "en"
        link = make_link(customer=make_customer("王姐13800000021"))
        assert posters.content_of(make_poster(), link).customer == "王姐138****0021 recommends this to you"

    @pytest.mark.parametrize("name", ["阿" * 60, "Wolfeschlegelsteinhausenbergerdorff " * 2, "小许🌸", "🌸", "\U0002a6d6"])
    def test_any_name(self, name):
        link = make_link(employee=make_employee(name[:60]))
        poster = make_poster()
        image = opened(posters.draw(poster, link))
        assert read(image, poster, posters.content_of(poster, link)) == qr.matrix(link.scan_address)

    def test_too_much_for_its_place_is_refused_and_not_cut(self):
        poster = make_poster(slots=slots.layout() | {"title": {"x": 0, "y": 0, "width": 20, "size": 15}})
        with pytest.raises(Refused) as no:
            posters.drawn(poster, BASE._replace(title="长" * 40))
        assert no.value.code == "poster.too_long"


class TestAPictureOfOnesOwn:
    def test_the_code_is_readable_on_anything(self):
        for colour in ("#000000", "#ffffff", "#8a2be2"):
            poster = make_poster(picture=kept(picture(colour=colour)))
            assert read(opened(posters.jpeg(posters.drawn(poster, BASE))), poster) == qr.matrix(BASE.address)

    def test_it_keeps_its_shape_and_is_1080_wide(self):
        ratio = 4 / 3
        poster = make_poster(picture=kept(picture((600, 800))), slots=slots.layout(ratio=ratio))
        assert posters.drawn(poster, BASE).size == (1080, 1440)

    def test_letters_are_light_on_dark_and_dark_on_light(self):
        for colour, light in (("#101010", True), ("#f4f4f4", False)):
            poster = make_poster(picture=kept(picture(colour=colour)), slots=slots.layout())
            image = posters.drawn(poster, BASE._replace(title="一", words="", employee=""))
            place = poster.slots["title"]
            box = [round(place["x"] * 1.08), round(place["y"] * 1.92), round((place["x"] + place["width"]) * 1.08), 520]
            darkest, brightest = image.crop(box).convert("L").getextrema()
            assert (brightest >= 250) if light else (darkest <= 40)

    @pytest.mark.parametrize("path", ["poster-pictures/2026-11/gone.jpg", "../../etc/passwd"])
    def test_a_picture_that_is_gone_is_told(self, path):
        poster = make_poster(picture=path)
        with pytest.raises(Refused) as no:
            posters.drawn(poster, BASE)
        assert (no.value.code, posters.problem(poster)) == ("poster.picture_missing", str(no.value))

    def test_a_torn_one(self):
        poster = make_poster(picture=kept(picture()[:400]))
        assert refused(poster) == "poster.picture_missing"


def test_without_a_place_for_the_code():
    poster = make_poster(slots={})
    assert refused(poster) == "poster.no_qr"
    assert posters.problem(poster) != ""
    assert posters.problem(make_poster()) == ""


def test_a_code_too_small_for_a_long_address():
    poster = make_poster(slots={"qr": {"x": 10, "y": 10, "size": slots.LEAST_QR}})
    assert refused(poster, BASE._replace(address="https://crm.example.com/" + "a" * 200)) == "poster.qr_small"


def test_a_background_is_not_painted_over_for_the_next():
    first = grounds.draw("warm")
    first.paste((0, 0, 0), (0, 0, 1080, 1920))
    assert grounds.draw("warm").getpixel((10, 10)) != (0, 0, 0)
    assert ImageChops.difference(grounds.draw("unheard of"), grounds.draw("warm")).getbbox() is None


def kept(content: bytes) -> str:
    path, file = files.create("poster-pictures", ".jpg")
    with file:
        file.write(content)
    assert Path(files.full_path(path)).exists()
    return path


def refused(poster, content=BASE):
    with pytest.raises(Refused) as no:
        posters.drawn(poster, content)
    return no.value.code
