"""Traces of behaviour: whose they become, what is refused, how many statements they cost."""

from datetime import timedelta

import pytest

from customers.models import Event
from customers.services import tracing
from customers.services.tracing import Trace
from scrm.kit import clock
from scrm.kit.errors import Refused
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def juan(db):
    return make_customer("王小娟")


def rows():
    return list(Event.objects.order_by("pk").values_list("customer", "visitor", "kind", "object", "properties"))


def test_what_was_said_is_kept(juan):
    hour_ago = clock.now() - timedelta(hours=1)
    written = tracing.record(
        events=[
            Trace("page.viewed", customer=juan.pk, object="product:12", at=hour_ago, properties={"seconds": 40}),
            Trace("link.opened", visitor="v-1"),
        ]
    )
    assert [row.pk for row in written] == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert rows() == [
        (juan.pk, "", "page.viewed", "product:12", {"seconds": 40}),
        (None, "v-1", "link.opened", "", {}),
    ]
    first, second = written
    assert (first.at, clock.now() - second.at < timedelta(minutes=1)) == (hour_ago, True)


def test_the_same_twice_is_two_rows(juan):
    trace = Trace("page.viewed", customer=juan.pk)
    tracing.record(events=[trace, trace])
    tracing.record(events=[trace])
    assert len(rows()) == 3


def test_nothing_is_nothing(db, django_assert_num_queries):
    assert (tracing.record(events=[]), rows()) == ([], [])


def test_a_merged_records_traces_are_the_winners(juan):
    """Also where the winner was merged in turn."""
    middle = make_customer("娟娟", merged_into=juan)
    folded = make_customer("小娟", merged_into=middle)
    tracing.record(events=[Trace("page.viewed", customer=pk) for pk in (folded.pk, middle.pk, juan.pk)])
    assert [row[0] for row in rows()] == [juan.pk] * 3


def test_somebody_erased_leaves_none(juan):
    gone = make_customer(erased_at=clock.now())
    once = make_customer(merged_into=gone)
    written = tracing.record(
        events=[Trace("page.viewed", customer=pk, properties={"ip": "1.2.3.4"}) for pk in (gone.pk, juan.pk, once.pk)]
    )
    assert ([row.customer_id for row in written], [row[0] for row in rows()]) == ([juan.pk], [juan.pk])


def test_an_archived_ones_are_kept(db):
    old = make_customer("旧", archived_at=clock.now())
    tracing.record(events=[Trace("page.viewed", customer=old.pk)])
    assert [row[0] for row in rows()] == [old.pk]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "viewed"}, "event.kind"),
        ({"kind": "Page.Viewed"}, "event.kind"),
        ({"kind": "page.viewed\n"}, "event.kind"),
        ({"customer": None}, "event.nobody"),
        ({"at": timedelta(minutes=2)}, "event.future"),
        ({"object": "x" * 81}, "event.too_long"),
        ({"visitor": "x" * 41}, "event.too_long"),
        ({"kind": f"page.{'x' * 40}"}, "event.too_long"),
        ({"properties": {"text": "x" * 4_000}}, "event.too_long"),
        ({"properties": {"at": object()}}, "event.properties"),
        ({"properties": {"share": float("nan")}}, "event.properties"),
        ({"customer": 10**9}, "event.unknown_customer"),
    ],
)
def test_one_bad_one_refuses_all_and_writes_nothing(juan, said, code):
    if "at" in said:
        said = {**said, "at": clock.now() + said["at"]}
    with pytest.raises(Refused) as no:
        tracing.record(
            events=[Trace("page.viewed", customer=juan.pk), Trace(**{"kind": "page.viewed", "customer": juan.pk, **said})]
        )
    assert (no.value.code, rows()) == (code, [])


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same(django_assert_num_queries, count):
    """A savepoint and its end, whose they are, the rows."""
    people = [make_customer() for _nth in range(count)]
    with django_assert_num_queries(4):
        tracing.record(events=[Trace("page.viewed", customer=person.pk) for person in people])
