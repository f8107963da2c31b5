"""Any touches, committed in any order and read in any slices, count as the plain rules say when all of them lie on the
table; and so they do after the dates of a campaign were moved to and fro."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns import tasks
from campaigns.choices import TouchKind
from campaigns.models import Link, Touch, TouchReading, Visitor
from campaigns.services import reading
from campaigns.services.reading import again, judging, slices
from tests.factories.campaigns import make_campaign, make_link
from tests.factories.customers import make_channel

# The shop's midnight lies among the moments.
BEGIN = datetime.fromisoformat("2026-11-10T22:30:00+08:00")
HOUR = timedelta(hours=1)
AGENTS = {"": "Mozilla/5.0 (iPhone) MicroMessenger/8.0", "bot": "curl/8.1", "preview": "Twitterbot/1.0"}
MOST = 3
TOUCH = st.fixed_dictionaries(
    {
        "link": st.integers(0, 2), "visitor": st.integers(0, 2), "kind": st.sampled_from(TouchKind.values),
        "minutes": st.sampled_from([0, 1, 30, 59, 60, 61, 90, 120, 150]), "agent": st.sampled_from(["", "", "", "bot", "preview"]),
        "hint": st.sampled_from(["", "", "", "", "head", "prefetch"]), "origin": st.sampled_from(["", "", "aa", "bb"]),
    }
)  # fmt: skip
DAYS = st.sampled_from([None, date(2026, 11, 10), date(2026, 11, 11)])


class TestAnyTouches(TestCase):
    links: list[Link]

    @classmethod
    def setUpTestData(cls) -> None:
        first, second = make_campaign("甲"), make_campaign("乙")
        cls.links = [make_link(first), make_link(first, channel=make_channel()), make_link(second)]

    @settings(max_examples=20, deadline=None)
    @given(
        said=st.lists(TOUCH, max_size=14), shuffled=st.randoms(use_true_random=False), size=st.integers(1, 5),
        at_once=st.integers(1, 6), ends=DAYS, moved=st.lists(DAYS, max_size=2),
    )  # fmt: skip
    def test_as_by_hand(
        self, said: list[dict[str, Any]], shuffled: Any, size: int, at_once: int, ends: Any, moved: list[Any]
    ) -> None:
        self.ends(ends)
        touches = [self.touch(one, pk) for pk, one in enumerate(said, start=1_000)]
        shuffled.shuffle(touches)
        order: list[Touch] = []
        with patch.object(slices, "SLICE", size), patch.object(again, "SLICE", size), patch.object(judging, "MOST", MOST):
            while touches:
                visible, touches = touches[:at_once], touches[at_once:]
                for one in visible:
                    one.save(force_insert=True)
                order += sorted(visible, key=lambda one: one.pk)
                tasks.read_touches()
            self.assertEqual(self.told(), self.by_hand(order))
            for day in moved:
                self.ends(day)
                tasks.read_again(self.links[0].campaign_id)
                self.assertEqual(self.told(), self.by_hand(order))
        self.assertIsNone(reading.step())

    def ends(self, day: date | None) -> None:
        self.links[0].campaign.ends_on = self.links[1].campaign.ends_on = day
        self.links[0].campaign.save(update_fields=["ends_on"])

    def touch(self, said: dict[str, Any], pk: int) -> Touch:
        return Touch(
            pk=pk, link=self.links[said["link"]], visitor_key=UUID(int=said["visitor"]), kind=said["kind"],
            at=BEGIN + timedelta(minutes=said["minutes"]), agent=AGENTS[said["agent"]], hint=said["hint"], origin=said["origin"],
        )  # fmt: skip

    def told(self) -> dict[int, tuple[Any, ...]]:
        keys = dict(Visitor.objects.values_list("pk", "key"))
        return {
            row.touch_id: (
                keys[row.visitor_id].int, row.link_id, row.campaign_id, row.kind, row.at, row.day,
                row.not_counted, row.unique, row.first,
            )
            for row in TouchReading.objects.all()
        }  # fmt: skip

    def by_hand(self, order: list[Touch]) -> dict[int, tuple[Any, ...]]:
        reasons, seen = {}, Counter[tuple[str, datetime]]()
        for one in order:
            hour = one.at.replace(minute=0)
            seen[one.origin, hour] += 1
            crowded = bool(one.origin) and seen[one.origin, hour] > MOST
            named = next(name for name, agent in AGENTS.items() if agent == one.agent)
            campaign = one.link.campaign
            day = timezone.localdate(one.at)
            late = campaign.ends_on is not None and day > campaign.ends_on
            asked = "" if one.kind in judging.WRITTEN else one.hint or named or (crowded and "flood")
            reasons[one.pk] = asked or (late and "late") or ""
        rows: dict[int, tuple[Any, ...]] = {}
        uniques: list[Touch] = []
        seen_by: set[tuple[UUID, int]] = set()
        for one in sorted(order, key=lambda one: (one.at, one.pk)):
            counted = not reasons[one.pk]
            unique = counted and not any(same(one, other) and one.at - other.at < HOUR for other in uniques)
            first = counted and (one.visitor_key, one.link.campaign_id) not in seen_by
            uniques += [one] if unique else []
            seen_by |= {(one.visitor_key, one.link.campaign_id)} if counted else set()
            rows[one.pk] = (
                one.visitor_key.int, one.link_id, one.link.campaign_id, one.kind, one.at, timezone.localdate(one.at),
                reasons[one.pk], unique, first,
            )  # fmt: skip
        return rows


def same(one: Touch, other: Touch) -> bool:
    looks = {TouchKind.VIEW, TouchKind.SCAN}
    alike = one.kind == other.kind or {one.kind, other.kind} <= looks
    return (one.link_id, one.visitor_key) == (other.link_id, other.visitor_key) and alike
