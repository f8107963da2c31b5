"""A template is saved whole or not at all; the picture it had goes when another comes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Poster
from campaigns.services.drawing import keeping, slots
from scrm.kit import files
from scrm.kit.errors import Refused
from tests.campaigns.services.drawing.looking import opened, picture

pytestmark = pytest.mark.django_db


def uploaded(content, name="海报.jpg"):
    return SimpleUploadedFile(name, content)


def test_a_picture_is_drawn_anew_and_as_wide_as_posters_are():
    image = keeping.read_picture(uploaded(picture((2160, 3840), "PNG")))
    poster = keeping.save_poster(Poster(name="一", slots=slots.layout()), picture=image)
    assert opened(files.full_path(poster.picture).read_bytes()).size == (1080, 1920)


def test_a_new_one_takes_the_place_of_the_old(django_capture_on_commit_callbacks):
    poster = keeping.save_poster(
        Poster(name="一", slots=slots.layout()), picture=keeping.read_picture(uploaded(picture()))
    )
    before, stamp = poster.picture, poster.updated_at
    with django_capture_on_commit_callbacks(execute=True):
        keeping.save_poster(poster, picture=keeping.read_picture(uploaded(picture(colour="#ff0000"))))
    assert (files.full_path(before).exists(), files.full_path(poster.picture).exists()) == (False, True)
    assert poster.updated_at > stamp
    with django_capture_on_commit_callbacks(execute=True):
        keeping.save_poster(poster, without_picture=True)
    assert (poster.picture, list(files.full_path("poster-pictures").rglob("*.jpg"))) == ("", [])


def test_saved_again_without_a_new_one_it_keeps_its_own():
    poster = keeping.save_poster(Poster(name="一", slots=slots.layout()), picture=keeping.read_picture(uploaded(picture())))
    keeping.save_poster(poster)
    assert files.full_path(Poster.objects.get().picture).exists()


def test_without_a_place_for_the_code_nothing_is_kept(private_dir):
    with pytest.raises(Refused) as no:
        keeping.save_poster(Poster(name="一", slots={}), picture=keeping.read_picture(uploaded(picture())))
    assert (no.value.code, Poster.objects.count(), list(private_dir.rglob("*.jpg"))) == ("poster.no_qr", 0, [])


@pytest.mark.parametrize("size", [(1080, 300), (300, 1080)])
def test_a_picture_that_is_no_poster(size):
    with pytest.raises(Refused) as no:
        keeping.read_picture(uploaded(picture(size)))
    assert no.value.code == "picture.shape"


def test_what_is_no_picture():
    with pytest.raises(Refused) as no:
        keeping.read_picture(uploaded(b"<svg onload=alert(1)>"))
    assert no.value.code == "picture.no_picture"
