"""What was drawn is drawn once, until anything it says is another."""

import os
from datetime import timedelta

import pytest

from campaigns import tasks
from campaigns.services.drawing import kept, posters
from customers.services.erasing import erasing
from scrm.kit import clock, files
from tests.factories.campaigns import make_campaign, make_link, make_poster
from tests.factories.customers import make_customer
from tests.factories.staff import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return make_link(make_campaign("立冬焕肤"), employee=make_employee("许静"))


def test_asked_twice_it_is_drawn_once(link):
    poster = make_poster()
    path = kept.path_of(poster, link)
    before = files.full_path(path).stat()
    assert kept.path_of(poster, link) == path
    assert files.full_path(path).stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_mode & 0o777 == 0o600


def test_whatever_changes_is_another_picture(link):
    poster = make_poster()
    paths = [kept.path_of(poster, link)]
    link.campaign.name = "立冬焕肤第二季"
    paths.append(kept.path_of(poster, link))
    link.employee.name = "许静静"
    paths.append(kept.path_of(poster, link))
    poster.updated_at += timedelta(seconds=1)
    paths.append(kept.path_of(poster, link))
    paths.append(kept.path_of(make_poster(), link))
    assert len(set(paths)) == 5


def test_an_example_is_small():
    path = kept.example_of(make_poster(), posters.example(title="活动", words="", name="许静"), width=160)
    assert path.startswith("posters/example-")


def test_after_a_while_they_go(link):
    old, new = kept.path_of(make_poster(), link), kept.path_of(make_poster(), link)
    long_ago = (clock.now() - timedelta(days=40)).timestamp()
    os.utime(files.full_path(old), (long_ago, long_ago))
    tasks.forget_posters()
    assert (files.full_path(old).exists(), files.full_path(new).exists()) == (False, True)


def test_a_customers_go_with_her(owner, link, django_capture_on_commit_callbacks):
    her = make_customer("王小娟")
    hers, poster = make_link(customer=her), make_poster()
    path, others = kept.path_of(poster, hers), kept.path_of(poster, link)
    plan = erasing.plan(her, by=owner)
    assert plan.counts["posters"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        erasing.carry_out(plan, by=owner)
    assert (files.full_path(path).exists(), files.full_path(others).exists()) == (False, True)
