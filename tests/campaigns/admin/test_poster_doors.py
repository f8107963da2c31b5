"""Each role × each door of posters, materials and one's own page; a foreign link is a 404 like one that never was."""

import pytest
from django.urls import reverse

from campaigns.services.drawing import bundling
from scrm.kit import jobs
from scrm.staff.choices import Role
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_material, make_poster
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
OWNER, OPERATOR, MANAGER, EMPLOYEE, AGENCY = Role


@pytest.fixture
def campaign(everyone):
    """Assigned to the consultant and to the agency."""
    found = make_campaign("立冬焕肤")
    for role in (EMPLOYEE, AGENCY):
        make_assignment(found, everyone[role])
    return found


def answers(client, everyone, path, method="get", data=None):
    found = {}
    for role, person in everyone.items():
        client.force_login(person)
        found[role] = getattr(client, method)(path, data or {}).status_code
    return tuple(found[role] for role in Role)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("mine/", (200, 200, 200, 200, 200)),
        ("poster/", (200, 200, 200, 200, 200)),
        ("poster/add/", (200, 200, 403, 403, 403)),
        ("material/", (200, 200, 200, 200, 200)),
        ("material/add/", (200, 200, 403, 403, 403)),
        ("persona/", (200, 200, 200, 200, 403)),
        ("persona/add/", (200, 200, 403, 403, 403)),
    ],
)
def test_lists_and_forms(client, everyone, path, expected):
    assert answers(client, everyone, f"/admin/campaigns/{path}") == expected


def test_a_template_of_a_campaign(client, everyone, campaign):
    ours, foreign, common = make_poster(campaign=campaign), make_poster(campaign=make_campaign()), make_poster()
    for path in ("change/", "picture/"):
        found = [answers(client, everyone, f"/admin/campaigns/poster/{one.pk}/{path}") for one in (ours, foreign, common)]
        assert found == [(200,) * 5, (200, 200, 200, 200, 404), (200,) * 5]
    live = f"/admin/campaigns/poster/{ours.pk}/preview/"
    assert answers(client, everyone, live, "post") == (200, 200, 403, 403, 403)
    assert answers(client, everyone, "/admin/campaigns/poster/preview/", "post") == (200, 200, 403, 403, 403)
    assert answers(client, everyone, live) == (405,) * 5


def test_a_link_its_code_and_its_poster(client, everyone, campaign, shop):
    poster = make_poster(campaign=campaign)
    links = {
        "consultant's": (make_link(campaign, employee=everyone[EMPLOYEE]), (200, 200, 200, 200, 404)),
        "other store's": (make_link(campaign, employee=make_employee(department=shop.xihu)), (200, 200, 404, 404, 404)),
        "agency's": (make_link(campaign, employee=everyone[AGENCY]), (200, 200, 404, 404, 200)),
        "nobody's": (make_link(campaign), (200, 200, 404, 404, 404)),
        "customer's": (
            make_link(campaign, customer=make_customer("王小娟", owner=everyone[EMPLOYEE], store=shop.binjiang)),
            (200, 200, 200, 200, 404),
        ),
    }
    for link, expected in links.values():
        for path in (
            reverse("admin:campaigns_mine_link", args=[link.pk]),
            reverse("admin:campaigns_link_qr", args=[link.pk]),
            f"/files/poster/{link.pk}/?poster={poster.pk}",
        ):
            assert answers(client, everyone, path) == expected, path


@pytest.mark.parametrize("query", ["", "?poster=", "?poster=x", "?poster=999999", "?poster=" + "9" * 30, "?poster=٣"])
def test_a_poster_that_never_was(client, everyone, campaign, query):
    link = make_link(campaign, employee=everyone[EMPLOYEE])
    make_poster(campaign=campaign)
    assert answers(client, everyone, f"/files/poster/{link.pk}/{query}") == (404,) * 5


def test_a_template_of_another_campaign_is_not_drawn(client, everyone, campaign):
    link, foreign = make_link(campaign, employee=everyone[EMPLOYEE]), make_poster(campaign=make_campaign())
    assert answers(client, everyone, f"/files/poster/{link.pk}/?poster={foreign.pk}") == (404,) * 5


def test_a_material_of_a_campaign(client, everyone, campaign):
    for material, for_agency in ((make_material(campaign=campaign), 200), (make_material(campaign=make_campaign()), 404)):
        found = answers(client, everyone, f"/admin/campaigns/material/{material.pk}/change/")
        assert found == (200, 200, 200, 200, for_agency)


def test_all_posters_of_a_campaign(client, everyone, campaign, operator):
    make_link(campaign, employee=everyone[EMPLOYEE])
    poster = make_poster(campaign=campaign)
    address = reverse("admin:campaigns_posters", args=[campaign.pk])
    head_office = (200, 200, 403, 403, 403)
    assert answers(client, everyone, address) == head_office
    assert answers(client, everyone, address, "post", {"poster": poster.pk}) == head_office
    run = bundling.start(campaign, poster, by=operator)
    jobs.drain()
    assert answers(client, everyone, reverse("admin:campaigns_posters_job", args=[run.pk])) == head_office
    assert answers(client, everyone, f"/files/poster-zip/{run.pk}/") == (200, 200, 404, 404, 404)
    assert answers(client, everyone, "/admin/campaigns/posters/999999/")[:2] == (404, 404)
    assert answers(client, everyone, "/admin/campaigns/posters/jobs/999999/")[:2] == (404, 404)


def test_nobody_logged_in(client, campaign, everyone):
    link, poster = make_link(campaign, employee=everyone[EMPLOYEE]), make_poster(campaign=campaign)
    for path in (
        "/admin/campaigns/mine/", f"/admin/campaigns/mine/links/{link.pk}/", f"/admin/campaigns/links/{link.pk}/qr/",
        f"/files/poster/{link.pk}/?poster={poster.pk}", f"/admin/campaigns/posters/{campaign.pk}/",
    ):  # fmt: skip
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")
