"""Head office's page of vital signs."""

import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from scrm.kit import clock
from scrm.kit.models import Beat, JobRun
from scrm.site import status
from scrm.staff.choices import Role
from scrm.staff.models import Employee


def lines() -> dict[str, tuple[bool, str]]:
    return {line.name: (line.ok, line.detail) for line in status.lines_now()}


def test_what_stands_there(client: Client, owner: Employee) -> None:
    JobRun.objects.create(name="x", state=JobRun.State.QUEUED)
    JobRun.objects.create(name="y", state=JobRun.State.FAILED)
    client.force_login(owner)
    response = client.get(reverse("admin:site_status"))
    shown = {line.name: line for line in response.context["lines"]}
    assert list(shown) == ["database", "queue", "worker", "waiting", "failed", "disk", "version"]
    assert (shown["waiting"].detail, shown["failed"].detail) == ("1", "1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", shown["version"].detail)
    for name in ("waiting", "failed"):
        assert client.get(shown[name].link).context["cl"].result_count == 1
    assert response.context["all_well"] is True


def test_a_silent_worker_is_not_well(client: Client, owner: Employee) -> None:
    Beat.objects.create(name="scheduler", at=clock.now() - timedelta(hours=1))
    client.force_login(owner)
    response = client.get(reverse("admin:site_status"))
    assert response.context["all_well"] is False
    assert lines()["worker"][0] is False
    assert 'data-line="worker" data-ok="no"' in response.content.decode()


def test_only_head_office(client: Client, everyone: dict[Role, Employee]) -> None:
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = client.get(reverse("admin:site_status")).status_code
    assert answers == {**dict.fromkeys(Role, 403), Role.OWNER: 200, Role.OPERATOR: 200}


def test_its_links_open_for_the_operator(client: Client, operator: Employee) -> None:
    run = JobRun.objects.create(name="x", state=JobRun.State.FAILED)
    client.force_login(operator)
    links = [line.link for line in status.lines_now() if line.link]
    shown = [client.get(link).context["cl"].result_count for link in links]
    assert shown == [0, 1]
    assert client.get(reverse("admin:kit_jobrun_change", args=[run.pk])).context["original"] == run


def test_nobody_without_a_login(client: Client, db: None) -> None:
    assert client.get(reverse("admin:site_status")).status_code == 302
