"""A material keeps its picture drawn anew, and leads to https alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Material, Persona
from campaigns.services import materials
from scrm.kit import files
from scrm.kit.errors import Refused
from tests.campaigns.services.drawing.looking import opened, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_dir(tmp_path, settings):
    settings.PRIVATE_DIR = tmp_path / "private"
    return settings.PRIVATE_DIR


def uploaded(**how):
    return SimpleUploadedFile("图.png", picture(kind="PNG", **how))


def test_its_picture_comes_and_goes(private_dir, django_capture_on_commit_callbacks):
    material = materials.save_material(Material(title="图"), picture=uploaded(size=(4000, 2000)))
    first = material.picture
    assert opened(files.full_path(first).read_bytes()).size == (2000, 1000)
    with django_capture_on_commit_callbacks(execute=True):
        materials.save_material(material, picture=uploaded(size=(60, 60)))
    assert (files.full_path(first).exists(), files.full_path(material.picture).exists()) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        materials.save_material(material, without_picture=True)
    assert (material.picture, list(private_dir.rglob("*.jpg"))) == ("", [])


@pytest.mark.parametrize("url", ["http://example.com/", "javascript:alert(1)", "//example.com", "https://", "file:///etc/passwd"])
def test_where_a_link_may_not_lead(url, private_dir):
    with pytest.raises(Refused) as no:
        materials.save_material(Material(title="文", url=url), picture=uploaded())
    assert (no.value.code, Material.objects.count(), list(private_dir.rglob("*.jpg"))) == ("material.url", 0, [])


@pytest.mark.parametrize(
    ("said", "words"), [("", []), ("亲、 宝子，家人们", ["亲", "宝子", "家人们"]), ("便宜;最低\n、", ["便宜", "最低"])]
)
def test_words_that_its_persona_does_not_say(said, words):
    material = Material(title="文", persona=Persona(name="专家", avoid=said))
    assert materials.words_avoided(material) == words
    assert materials.words_avoided(Material(title="文")) == []
