"""How a task of a campaign goes on, by whom, and what the job notices by itself."""

from datetime import timedelta

import pytest

from campaigns.choices import AssignmentState, CampaignState, NotCounted
from campaigns.services import working
from campaigns.services.assigning import Targets
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from tests.factories.campaigns import make_assignment, make_campaign, make_link, make_reading, make_visitor

pytestmark = pytest.mark.django_db
ASSIGNED, ACCEPTED, STARTED, DONE, WITHDRAWN = AssignmentState


def test_the_table_and_nothing_else(owner, employee):
    moved = set()
    for start in AssignmentState:
        for to in (ACCEPTED, STARTED, DONE, WITHDRAWN):
            row = make_assignment(make_campaign(), employee, state=start)
            try:
                working.move(row, to=to, by=owner)
            except Refused as no:
                assert no.code == "assignment.state"
            else:
                moved.add((start, to))
    assert moved == {(start, to) for start, after in working.NEXT.items() for to in after}


def test_each_step_keeps_its_time(employee):
    row = make_assignment(make_campaign(), employee)
    working.accept(row, by=employee)
    accepted = row.accepted_at
    assert (row.state, accepted is not None, row.started_at, row.done_at) == (ACCEPTED, True, None, None)
    working.start(row, by=employee)
    started = row.started_at
    working.finish(row, by=employee)
    assert (row.state, row.accepted_at, row.started_at, row.done_at is not None) == (DONE, accepted, started, True)
    working.start(row, by=employee)
    assert (row.state, row.started_at, row.done_at) == (STARTED, started, None)
    acts = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert acts == ["assignment.accepted", "assignment.started", "assignment.done", "assignment.started"]


def test_whose_it_is(owner, operator, manager, employee, agency):
    row = make_assignment(make_campaign(), employee)
    may = {
        who.role: [to for to in (ACCEPTED, WITHDRAWN) if working.may_move(row, to, who)]
        for who in (owner, operator, manager, employee, agency)
    }
    assert may == {
        "owner": [ACCEPTED, WITHDRAWN], "operator": [ACCEPTED, WITHDRAWN], "manager": [], "employee": [ACCEPTED], "agency": [],
    }  # fmt: skip
    with pytest.raises(Refused) as no:
        working.accept(row, by=manager)
    assert no.value.code == "assignment.not_yours"


def test_nothing_is_accepted_of_a_draft(employee):
    row = make_assignment(make_campaign(state=CampaignState.DRAFT), employee)
    with pytest.raises(Refused) as no:
        working.accept(row, by=employee)
    assert (no.value.code, working.doors(row, employee)) == ("assignment.not_out", [])


def test_the_first_counted_touch_is_the_beginning(owner, employee, manager):
    campaign = make_campaign()
    hers, his, waits = (make_assignment(campaign, who) for who in (employee, manager, owner))
    link, other = make_link(campaign, employee=employee), make_link(campaign, employee=manager)
    first = clock.now() - timedelta(hours=5)
    make_reading(link, make_visitor(), at=first)
    make_reading(link, make_visitor(), at=first + timedelta(hours=1))
    make_reading(other, make_visitor(), not_counted=NotCounted.BOT, unique=False)
    make_reading(make_link(employee=owner), make_visitor())
    assert working.notice_starts() == 1
    for row in (hers, his, waits):
        row.refresh_from_db()
    assert (hers.state, hers.started_at, hers.accepted_at) == (STARTED, first, first)
    assert (his.state, waits.state) == (ASSIGNED, ASSIGNED)
    assert working.notice_starts() == 0


def test_what_was_accepted_stays_so_and_what_is_done_stays_done(employee, manager):
    campaign = make_campaign()
    accepted = clock.now() - timedelta(days=2)
    one = make_assignment(campaign, employee, state=ACCEPTED, accepted_at=accepted)
    done = make_assignment(campaign, manager, state=DONE)
    for who in (employee, manager):
        make_reading(make_link(campaign, employee=who), make_visitor())
    working.notice_starts()
    one.refresh_from_db()
    done.refresh_from_db()
    assert (one.state, one.accepted_at, done.state, done.started_at) == (STARTED, accepted, DONE, None)


def test_targets_that_differ(owner, employee, manager):
    campaign = make_campaign()
    one, other = make_assignment(campaign, employee, target_leads=5), make_assignment(campaign, manager, target_leads=5)
    assert working.change_targets({one.pk: Targets(leads=9, fen=100), other.pk: Targets(leads=5)}, by=owner) == 1
    one.refresh_from_db()
    assert (one.target_leads, one.target_fen, one.history.count(), other.history.count()) == (9, 100, 2, 1)
    with pytest.raises(Refused):
        working.change_targets({one.pk: Targets()}, by=manager)


def test_what_is_over_can_only_be_done(employee):
    over, settled = make_campaign(state=CampaignState.ENDED), make_campaign(state=CampaignState.SETTLED)
    rows = [make_assignment(over, employee, state=STARTED), make_assignment(make_campaign(state="ended"), employee)]
    assert [working.doors(row, employee) for row in rows] == [[DONE], []]
    assert working.doors(make_assignment(settled, employee, state=STARTED), employee) == []
