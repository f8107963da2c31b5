"""Materials and personas: each kind has what it needs, and what its persona does not say is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.choices import PassedOn
from campaigns.models import Material, PassOn, Persona
from scrm.kit import clock
from scrm.kit.models import AuditEntry
from tests.campaigns.services.drawing.looking import picture
from tests.factories.campaigns import make_campaign, make_link, make_material
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
LIST, PERSONAS = "/admin/campaigns/material/", "/admin/campaigns/persona/"


@pytest.fixture
def desk(english, operator):
    english.force_login(operator)
    return english


def form(**fields):
    return {"title": "文案", "kind": "text", "campaign": "", "persona": "", "body": "来", "url": "", "is_active": "on", **fields}


def test_each_kind_has_what_it_needs(desk):
    png = picture((60, 60), "PNG")
    for fields, count in (
        ({"body": " "}, 0),
        ({"kind": "image"}, 0),
        ({"kind": "video"}, 0),
        ({"kind": "article", "url": "http://example.com/"}, 0),
        ({}, 1),
        ({"kind": "image", "upload": SimpleUploadedFile("图.png", png)}, 2),
        ({"kind": "article", "url": "https://example.com/a"}, 3),
    ):
        answer = desk.post(f"{LIST}add/", form(**fields))
        assert (answer.status_code, Material.objects.count()) == (200 if count == 0 else 302, count)
    assert AuditEntry.objects.filter(action="setting.created").count() == 3


def test_a_picture_stays_when_the_words_change(desk):
    desk.post(f"{LIST}add/", form(kind="image", upload=SimpleUploadedFile("图.png", picture((60, 60), "PNG"))))
    material = Material.objects.get()
    desk.post(f"{LIST}{material.pk}/change/", form(kind="image", body="新的"))
    again = Material.objects.get()
    assert (again.body, again.picture) == ("新的", material.picture)
    assert desk.post(f"{LIST}{material.pk}/change/", form(kind="image", without_picture="on")).status_code == 200
    assert Material.objects.get().picture == material.picture


def test_words_that_the_persona_does_not_use(desk):
    persona = Persona.objects.create(name="专家", avoid="亲、宝子")
    page = desk.post(f"{LIST}add/", form(persona=persona.pk, body="宝子们快来"), follow=True).content.decode()
    assert "The persona does not use these words: 宝子." in page
    page = desk.post(f"{LIST}add/", form(persona=persona.pk, body="全国第一"), follow=True).content.decode()
    assert ("does not use these words" in page, "“第一”" in page) == (False, True)


def test_who_passed_it_on(desk, operator):
    material = make_material("文案", make_campaign())
    link = make_link(material.campaign, employee=make_employee("许静"), material=material)
    PassOn.objects.create(link=link, day=clock.today(), outcome=PassedOn.SENT)
    page = desk.get(f"{LIST}{material.pk}/change/").content.decode()
    assert ("许静" in page, "sent on 1 day" in page) == (True, True)


def test_a_persona_has_speakers_who_work_here(desk, agency):
    hers, left = make_employee("许静"), make_employee("走了", is_active=False)
    page = desk.get(f"{PERSONAS}add/")
    choices = {employee.pk for employee in page.context["adminform"].form.fields["speakers"].queryset}
    assert (hers.pk in choices, left.pk in choices, agency.pk in choices) == (True, False, False)
    data = {"name": "专家", "tone": "稳重", "avoid": "", "portrait": "", "speakers": [hers.pk], "is_active": "on"}
    desk.post(f"{PERSONAS}add/", data)
    assert list(Persona.objects.get().speakers.all()) == [hers]


def test_the_number_of_queries_of_the_list(desk, django_assert_num_queries):
    for number in (1, 3):
        while Material.objects.count() < number:
            make_material(campaign=make_campaign(), persona=Persona.objects.create(name=f"人设{Material.objects.count()}"))
        desk.get(LIST)
        with django_assert_num_queries(7):
            desk.get(LIST)
