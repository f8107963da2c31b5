"""Whatever happened: the boards say what the rows say, day by day, whoever looks."""

from dataclasses import asdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns.choices import Model
from campaigns.models import BoardCredit, BoardDay
from campaigns.queries import verifying
from campaigns.queries.board import figures, rows
from campaigns.queries.board.figures import Sums
from campaigns.queries.board.rows import Cut
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.spans import Days
from campaigns.services import arriving, boarding
from customers.models import Customer
from scrm.staff.choices import Role
from tests.campaigns.queries.board import world as worlds
from tests.factories.boards import count_all

SEEDS = st.integers(0, 2**32)


def stored() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for model in (BoardDay, BoardCredit):
        columns = [column.attname for column in model._meta.concrete_fields if column.name != "id"]
        found[model.__name__] = sorted(model.objects.values_list(*columns), key=repr)
    return found


def counted(cut: Cut, model: str) -> dict[str, int]:
    """As the lists behind the figures count."""
    return {
        "raw": rows.touches(cut, count="raw").count(),
        "views": rows.touches(cut).count(),
        "uniques": rows.touches(cut, count="unique").count(),
        "visitors": rows.touches(cut, count="visitors").count(),
        "leads": rows.leads(cut).count(),
        "newcomers": rows.leads(cut, new=True).count(),
        "arrivals": rows.arrivals(cut).count(),
        "orders": rows.orders(cut, model=model).count(),
        "buyers": rows.orders(cut, model=model, number=1).count(),
        "repeats": rows.orders(cut, model=model, number=2).count(),
        "net_fen": sum(rows.credits(cut, model=model).values_list("share_fen", flat=True)),
    }


class TestAnyBoard(TestCase):
    @given(SEEDS)
    @settings(max_examples=12, deadline=None)
    def test_it_says_what_the_rows_say(self, seed: int) -> None:
        worlds.happen(worlds.build(seed), 20)
        self._settle()
        count_all()
        checked = list(verifying.boards())
        assert [str(one) for one in checked if not one.is_right] == []
        assert len(checked) > 0

    @given(SEEDS)
    @settings(max_examples=8, deadline=None)
    def test_counted_as_it_comes_it_is_as_counted_at_once(self, seed: int) -> None:
        world = worlds.build(seed)
        for _part in range(3):
            boarding.changed(worlds.happen(world, 8))
            self._settle()
            boarding.refresh()
        bit_by_bit = stored()
        BoardDay.objects.all().delete()
        BoardCredit.objects.all().delete()
        count_all()
        assert stored() == bit_by_bit

    @given(SEEDS)
    @settings(max_examples=8, deadline=None)
    def test_days_add_up(self, seed: int) -> None:
        world = worlds.build(seed)
        worlds.happen(world, 20)
        self._settle()
        count_all()
        cut = Cut(Sight(None), world.campaigns[0].pk)
        middle = world.random.choice(world.days())
        for model in Model.values:
            whole = figures.whole(cut, model=model)
            until = figures.whole(cut.of(days=Days(None, middle)), model=model)
            since = figures.whole(cut.of(days=Days(middle, None)), model=model)
            on_it = figures.by_day(cut.of(days=Days(middle, middle)), model=model).get(middle, Sums())
            assert until + since == whole + on_it
            shares = figures.by_link(cut, model=model)
            assert sum((one.net_fen for one in shares.channels.values()), 0) == whole.net_fen

    @given(SEEDS)
    @settings(max_examples=5, deadline=None)
    def test_the_list_behind_a_figure_counts_the_same_for_everybody(self, seed: int) -> None:
        world = worlds.build(seed)
        worlds.happen(world, 20)
        self._settle()
        count_all()
        model = world.random.choice(Model.values)
        for role in Role:
            sight = Sight(world.staff[role])
            for campaign in sight.campaigns:
                cut = Cut(sight, campaign.pk, Days(world.days()[-2], world.days()[1]))
                parts = figures.by_link(cut, model=model)
                assert asdict(figures.whole(cut, model=model)) == counted(cut, model), role
                for key, sums in parts.employees.items():
                    assert asdict(sums) == counted(cut.of(employee=key or rows.NOBODY), model), (role, key)
                for key, sums in parts.channels.items():
                    assert asdict(sums) == counted(cut.of(channel=key or rows.NOBODY), model), (role, key)
                for day, sums in figures.by_day(cut, model=model).items():
                    assert asdict(sums) == counted(cut.of(days=Days(day, day)), model), (role, day)

    def _settle(self) -> None:
        """Visits were made by the factory, which tells nobody."""
        arriving.look_again(Customer.everyone.values_list("pk", flat=True))
        arriving.settle()
