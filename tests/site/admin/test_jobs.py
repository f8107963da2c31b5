"""Background jobs: every one that is scheduled or queued has a name on screen."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import tasks
from campaigns.services.drawing import bundling
from campaigns.services.reading import again
from customers.services import fields, mass_tagging
from customers.services.importing import drafts, undoing
from customers.services.owning import handing_over, mass
from scrm.kit.models import JobRun
from scrm.site.admin.jobs import NAMES
from scrm.site.schedules import SCHEDULES
from scrm.staff.models import Employee


def test_every_job_has_a_name() -> None:
    queued = {drafts.PREVIEW, drafts.RUN, undoing.JOB, mass_tagging.JOB, fields.INDEX, mass.JOB, handing_over.JOB}
    queued |= {again.JOB, bundling.JOB, tasks.BOARD, tasks.CREDIT, tasks.READ}
    assert {schedule.name for schedule in SCHEDULES} | queued == set(NAMES)


@pytest.mark.django_db
def test_the_list_and_the_page_say_it(client: Client, owner: Employee) -> None:
    run = JobRun.objects.create(name=drafts.RUN, args=[1])
    client.cookies["django_language"] = "en"
    client.force_login(owner)
    for url in (reverse("admin:kit_jobrun_changelist"), reverse("admin:kit_jobrun_change", args=[run.pk])):
        page = client.get(url).content.decode()
        assert "Import of a sheet" in page
        assert drafts.RUN not in page
