"""推广: the employee's own page, its acts, and the pictures of her links."""

import re
from html import unescape

import pytest
from django.urls import reverse

from campaigns.choices import AssignmentState
from campaigns.models import Link, PassOn, PayRule
from scrm.kit import files
from tests.campaigns.services.drawing.looking import opened, picture
from tests.factories.campaigns import (
    make_assignment,
    make_campaign,
    make_link,
    make_material,
    make_poster,
    make_reading,
    make_visitor,
)
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db
MINE = "/admin/campaigns/mine/"


def text(response):
    """What stands on the page, without marks and with single blanks."""
    body = response.content.decode().partition('id="content-main"')[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def campaign():
    return make_campaign("立冬焕肤")


@pytest.fixture
def hers(english, employee):
    english.force_login(employee)
    return english


class TestThePage:
    def test_her_campaign_with_target_worth_link_and_visits(self, hers, employee, campaign):
        make_assignment(campaign, employee, target_leads=10, target_fen=2_000_000)
        PayRule.objects.create(campaign=campaign, fixed_fen=1_200)
        link = make_link(campaign, employee=employee, channel=make_channel("朋友圈"))
        make_reading(link, make_visitor())
        said = text(hers.get(MINE))
        assert "My links: 1 visits today, 0 yesterday" in said
        assert "One order is worth about ¥12 to you." in said
        assert "net revenue ¥0 / ¥20,000" in said
        assert "leads 0 / 10" in said
        assert f"朋友圈 1 today, 0 yesterday {link.address} Copy the link" in said
        assert [label in said for label in ("I take it on", "I have begun", "Done")] == [True, True, False]

    def test_a_rate_where_no_price_is_known(self, hers, employee, campaign):
        make_assignment(campaign, employee)
        PayRule.objects.create(campaign=campaign, rate_bp=850)
        assert "One order is worth 8.5% of its amount to you." in text(hers.get(MINE))

    def test_nothing_to_do(self, hers):
        assert "No campaign needs you at the moment." in text(hers.get(MINE))

    def test_names_are_only_text(self, hers, employee):
        campaign = make_campaign("<b>x</b>")
        make_link(campaign, employee=employee, channel=make_channel("<i>y</i>"))
        make_material("<u>z</u>", campaign, body="<script>1</script>")
        page = hers.get(MINE).content.decode()
        assert [tag in page for tag in ("<b>x", "<i>y", "<u>z", "<script>1")] == [False] * 4

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_number_of_queries(self, hers, employee, number, django_assert_num_queries):
        for _number in range(number):
            campaign = make_campaign()
            make_assignment(campaign, employee)
            make_link(campaign, employee=employee, channel=make_channel())
            make_material(campaign=campaign)
        hers.get(MINE)
        with django_assert_num_queries(16):
            hers.get(MINE)


class TestATask:
    def act(self, client, assignment, to):
        return client.post(reverse("admin:campaigns_mine_step", args=[assignment.pk]), {"to": to})

    def test_taken_on_begun_done(self, hers, employee, campaign):
        assignment = make_assignment(campaign, employee)
        for to in (AssignmentState.ACCEPTED, AssignmentState.STARTED, AssignmentState.DONE):
            assert self.act(hers, assignment, to)["Location"] == MINE
            assignment.refresh_from_db()
            assert assignment.state == to

    @pytest.mark.parametrize("to", ["withdrawn", "", "x", "done"])
    def test_what_is_no_step_of_hers(self, hers, employee, campaign, to):
        assignment = make_assignment(campaign, employee)
        assert self.act(hers, assignment, to).status_code == 302
        assignment.refresh_from_db()
        assert assignment.state == AssignmentState.ASSIGNED

    def test_somebody_elses_is_not_there(self, hers, owner, campaign):
        assignment = make_assignment(campaign, make_employee())
        assert self.act(hers, assignment, "accepted").status_code == 404
        hers.force_login(owner)
        assert self.act(hers, assignment, "accepted").status_code == 404
        assignment.refresh_from_db()
        assert assignment.state == AssignmentState.ASSIGNED


class TestPassingOn:
    @pytest.fixture
    def material(self, employee, campaign):
        make_assignment(campaign, employee)
        return make_material("文案", campaign, body="来体验吧\n限前 100 名")

    def pass_on(self, client, material, way):
        return client.post(reverse("admin:campaigns_mine_pass_on", args=[material.pk]), {"way": way})

    def test_it_makes_her_link_and_shows_the_words_with_it(self, hers, employee, campaign, material):
        channel = make_channel("朋友圈")
        answer = self.pass_on(hers, material, f"{campaign.pk}-{channel.pk}")
        link = Link.objects.get()
        assert answer["Location"] == reverse("admin:campaigns_mine_link", args=[link.pk])
        said = text(hers.get(answer["Location"]))
        assert f"来体验吧 限前 100 名 {link.address} Copy the words" in said
        assert [label in said for label in ("Sent", "Not sent", "Does not fit")] == [True] * 3

    @pytest.mark.parametrize("way", ["", "x-1", "1", "-", "9-9-9", "٣-0", "1" * 40 + "-0"])
    def test_ways_that_are_none(self, hers, material, way):
        assert (self.pass_on(hers, material, way).status_code, Link.objects.count()) == (404, 0)

    def test_a_campaign_that_is_not_hers(self, hers, material):
        other = make_campaign()
        assert self.pass_on(hers, material, f"{other.pk}-0").status_code == 404

    def test_what_became_of_it(self, hers, employee, campaign, material):
        link = make_link(campaign, employee=employee, material=material)
        answer = hers.post(reverse("admin:campaigns_mine_tell", args=[link.pk]), {"outcome": "sent"})
        assert answer["Location"] == MINE
        assert PassOn.objects.get().outcome == "sent"
        assert "Pass it on · sent" in text(hers.get(MINE))

    def test_nobody_tells_of_anothers(self, hers, owner, campaign, material):
        link = make_link(campaign, employee=make_employee(), material=material)
        for person in (None, owner):
            if person is not None:
                hers.force_login(person)
            answer = hers.post(reverse("admin:campaigns_mine_tell", args=[link.pk]), {"outcome": "sent"})
            assert (answer.status_code, PassOn.objects.count()) == (404, 0)


class TestALink:
    def show(self, client, link, show=""):
        return client.get(reverse("admin:campaigns_mine_link", args=[link.pk]) + (f"?show={show}" if show else ""))

    def test_one_picture_a_page(self, hers, employee, campaign):
        link, poster = make_link(campaign, employee=employee), make_poster("主海报", campaign)
        for show, kind in (("", "poster"), (f"p{poster.pk}", "poster"), ("qr", "qr"), ("nonsense", "poster")):
            page = self.show(hers, link, show).content.decode()
            assert re.findall(r'<img class="mine-picture mine-(\w+)"', page) == [kind]

    def test_its_poster_is_a_picture_of_its_own_link(self, hers, employee, campaign):
        link, poster = make_link(campaign, employee=employee), make_poster(campaign=campaign)
        answer = hers.get(f"/files/poster/{link.pk}/?poster={poster.pk}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E5%B0%8F%E8%AE%B8.jpg"
        assert opened(b"".join(answer.streaming_content)).size == (1080, 1920)

    def test_its_code(self, hers, employee, campaign):
        link = make_link(campaign, employee=employee)
        address = reverse("admin:campaigns_link_qr", args=[link.pk])
        png, svg = hers.get(address), hers.get(f"{address}?as=svg")
        assert (png["Content-Type"], svg["Content-Type"]) == ("image/png", "image/svg+xml")
        name = "%E5%B0%8F%E8%AE%B8"  # 小许
        assert svg["Content-Disposition"] == f"attachment; filename*=utf-8''{name}.svg"
        assert png["Content-Disposition"] == f"inline; filename*=utf-8''{name}.png"
        assert png.content.startswith(b"\x89PNG")

    @pytest.mark.parametrize("how", [{"slots": {}}, {"picture": "poster-pictures/gone.jpg"}])
    def test_a_template_that_cannot_be_drawn_says_why(self, hers, employee, campaign, how):
        link, poster = make_link(campaign, employee=employee), make_poster(campaign=campaign, **how)
        page = self.show(hers, link).content.decode()
        assert ('id="problem"' in page, 'id="picture"' in page) == (True, False)
        assert hers.get(f"/files/poster/{link.pk}/?poster={poster.pk}").status_code == 404

    def test_the_picture_of_a_material(self, hers, employee, campaign):
        path, file = files.create("materials", ".jpg")
        with file:
            file.write(picture((60, 60)))
        material = make_material(campaign=campaign, picture=path)
        link = make_link(campaign, employee=employee, material=material)
        assert f"/files/material/{material.pk}/" in self.show(hers, link).content.decode()
        assert hers.get(f"/files/material/{material.pk}/").status_code == 200

    def test_it_does_not_ask_others_what_became_of_it(self, english, owner, employee, campaign):
        english.force_login(owner)
        link = make_link(campaign, employee=employee, material=make_material(campaign=campaign, body="来"))
        said = text(self.show(english, link))
        assert ("What became of it?" in said, "Copy the words" in said) == (False, True)


class TestSheBringsFriends:
    def test_a_poster_from_her_page(self, hers, employee, campaign):
        her = make_customer("王小娟", owner=employee)
        page = hers.get(f"/admin/customers/customer/{her.pk}/change/").content.decode()
        assert 'id="inviting"' in page
        answer = hers.post(reverse("admin:campaigns_invite", args=[her.pk]), {"campaign": campaign.pk})
        link = Link.objects.get()
        assert (link.customer, link.employee, link.channel) == (her, None, None)
        assert answer["Location"] == reverse("admin:campaigns_mine_link", args=[link.pk])
        assert "王小娟" in text(hers.get(answer["Location"]))
        page = hers.get(f"/admin/customers/customer/{her.pk}/change/").content.decode()
        assert answer["Location"] in page

    def test_a_foreign_one_is_not_there(self, hers, agency, campaign):
        her = make_customer("李小明", owner=make_employee())
        address = reverse("admin:campaigns_invite", args=[her.pk])
        assert hers.post(address, {"campaign": campaign.pk}).status_code == 404
        hers.force_login(agency)
        assert (hers.post(address, {"campaign": campaign.pk}).status_code, Link.objects.count()) == (403, 0)

    @pytest.mark.parametrize("said", ["", "x", "999999", "1" * 30])
    def test_a_campaign_that_is_none(self, hers, employee, said):
        her = make_customer("王小娟", owner=employee)
        assert hers.post(reverse("admin:campaigns_invite", args=[her.pk]), {"campaign": said}).status_code == 404

    def test_nothing_runs_and_nothing_is_shown(self, hers, employee):
        her = make_customer("王小娟", owner=employee)
        make_campaign(state="ended")
        assert 'id="inviting"' not in hers.get(f"/admin/customers/customer/{her.pk}/change/").content.decode()
