"""A campaign's posters as one zip: each its own name, few at once, many by a job that may be killed."""

import io
import zipfile

import pytest

from campaigns.models import Link
from campaigns.services.drawing import bundling, kept, naming, slots
from scrm.kit import files, jobs
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry, JobRun
from tests.factories.campaigns import make_campaign, make_link, make_material, make_poster
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign("立冬焕肤")


def packed(poster, campaign):
    file = io.BytesIO()
    bundling.pack(poster, bundling.links_of(campaign), file)
    with zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


class TestNames:
    def test_of_an_employee_and_a_channel(self, campaign, settings):
        settings.LANGUAGE_CODE = "en"
        moments = make_channel("朋友圈")
        links = [make_link(campaign, employee=make_employee("许静"), channel=moments), make_link(campaign)]
        assert list(naming.of(links).values()) == ["许静-朋友圈.jpg", "shop.jpg"]

    def test_of_a_customer_who_recommends(self, campaign):
        assert list(naming.of([make_link(campaign, customer=make_customer("王姐13800000021"))]).values()) == ["王姐138 0021.jpg"]

    def test_two_people_with_one_name(self, campaign):
        first, second = make_employee("许静", phone="13800000011"), make_employee("许静", phone="13800000012")
        links = [make_link(campaign, employee=person) for person in (first, second)]
        assert list(naming.of(links).values()) == ["许静0011.jpg", "许静0012.jpg"]

    def test_two_channels_that_look_alike(self, campaign):
        person = make_employee("许静")
        links = [make_link(campaign, employee=person, channel=make_channel(name)) for name in ("微信/群", "微信:群")]
        assert list(naming.of(links).values()) == ["许静-微信 群.jpg", "许静-微信 群-2.jpg"]

    @pytest.mark.parametrize(
        ("name", "part"),
        [("../../etc", "etc"), ("许\u202e静", "许 静"), ("CON", "_CON"), ("a<b>|c?*", "a b c"), ("...", ""), ("长" * 60, "长" * 40)],
    )
    def test_possible_on_every_system(self, name, part):
        assert naming.safe(name) == part


class TestPacking:
    def test_each_has_its_own_code(self, campaign):
        people = [make_employee(name) for name in ("许静", "李雷")]
        for person in people:
            make_link(campaign, employee=person)
        found = packed(make_poster(campaign=campaign), campaign)
        assert sorted(found) == ["李雷.jpg", "许静.jpg"]
        assert len(set(found.values())) == 2

    def test_whose_are_in_it(self, campaign):
        left = make_employee("走了", is_active=False)
        here = make_link(campaign, employee=make_employee("许静"))
        make_link(campaign, employee=left)
        make_link(campaign, customer=make_customer("王小娟"))
        make_link(campaign, employee=here.employee, material=make_material())
        make_link(employee=here.employee)
        assert list(bundling.links_of(campaign)) == [here]

    def test_what_does_not_fit_is_told_beside_the_others(self, campaign, settings):
        settings.LANGUAGE_CODE = "en"
        make_link(campaign, employee=make_employee("许静"))
        make_link(campaign, employee=make_employee("Ｗ" * 60))
        place = {"x": 0, "y": 0, "width": 140, "size": 15}
        found = packed(make_poster(slots=slots.layout() | {"employee": place, "title": None}), campaign)
        assert list(found) == ["许静.jpg", "not drawn.txt"]
        assert "Ｗ" * 40 in found["not drawn.txt"].decode("utf-8-sig")


class TestMany:
    def test_a_job_draws_and_packs(self, campaign, operator):
        for number in range(3):
            make_link(campaign, employee=make_employee(f"员工{number}号"))
        run = bundling.start(campaign, make_poster(campaign=campaign), by=operator)
        assert jobs.drain() == 1
        run.refresh_from_db()
        assert (run.state, run.args[0]["done"]) == (JobRun.State.DONE, 3)
        with zipfile.ZipFile(files.full_path(run.args[0]["path"])) as package:
            assert len(package.namelist()) == 3
        entry = AuditEntry.objects.get(action="poster.bundled")
        assert (entry.count, entry.actor, entry.object_id) == (3, operator, str(campaign.pk))

    def test_it_goes_on_where_it_was(self, campaign, operator, monkeypatch):
        monkeypatch.setattr(bundling, "SECONDS", -1)
        links = [make_link(campaign, employee=make_employee()) for _number in range(2)]
        poster = make_poster(campaign=campaign)
        run = bundling.start(campaign, poster, by=operator)
        what = run.args[0]
        assert bundling.step(what) == what
        monkeypatch.setattr(bundling, "SECONDS", 20)
        assert bundling.step({**what, "after": links[0].pk, "done": 1}) is None
        assert len(kept.of_links([link.pk for link in links])) == 2

    def test_asked_twice_it_is_made_once(self, campaign, operator):
        poster = make_poster(campaign=campaign)
        assert bundling.start(campaign, poster, by=operator) == bundling.start(campaign, poster, by=operator)

    def test_a_template_without_a_place_for_the_code(self, campaign, operator):
        with pytest.raises(Refused) as no:
            bundling.start(campaign, make_poster(slots={}), by=operator)
        assert (no.value.code, JobRun.objects.count()) == ("poster.undrawable", 0)


def test_codes_are_never_mixed_up(campaign):
    links = [make_link(campaign, employee=make_employee()) for _number in range(5)]
    assert len({link.scan_address for link in Link.objects.all()}) == len(links)
