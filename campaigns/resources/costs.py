"""推广费用: a row is a day, channel, campaign and purpose. The same again corrects the figure, and never adds to it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.choices import CostKind
from campaigns.models import Campaign, CampaignCost
from customers.models import Channel
from customers.resources.base import HouseResource
from customers.resources.columns import Choice, Column, Named, Text, Yuan, quoted
from customers.services.importing import nobody
from customers.services.importing.cells import to_text
from customers.services.importing.dates import OUT_OF_RANGE, NotADate, parse_day
from scrm.kit import clock

NO_CHANNEL = gettext_lazy("The channel is missing.")
UNKNOWN_CHANNEL = gettext_lazy("There is no channel “%(name)s”. Write it as it is called, or add it first.")
UNKNOWN_CAMPAIGN = gettext_lazy("There is no campaign “%(name)s”. Write it as it is called, or leave it empty.")


class Day(Text):
    """A day up to today, as people write it."""

    def __init__(self) -> None:
        super().__init__(40)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            found = parse_day(value, today=clock.today())
        except NotADate as no:
            if str(no) == OUT_OF_RANGE:
                raise ValueError(_("This day has not come yet, or lies too far back.")) from None
            raise ValueError(_("“%(said)s” is no day, such as 2026-05-01.") % {"said": quoted(to_text(value))}) from None
        if found is None:
            raise ValueError(_("The day is missing."))
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class Amount(Yuan):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        fen = super().clean(value, row, **kwargs)
        if fen is None:
            raise ValueError(_("The amount is missing."))
        return fen


class Purpose(Choice):
    """Advertising where nothing is said: that is what most of it is."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return super().clean(value, row, **kwargs) or CostKind.ADS.value


class CostResource(HouseResource):
    noun, label = "costs", gettext_lazy("costs")
    found_by = ("day",)
    day = Column("day", gettext_lazy("Date"), Day(), gettext_lazy("day"))
    channel = Column(
        "channel", gettext_lazy("Channel"), Named(UNKNOWN_CHANNEL, missing=NO_CHANNEL), gettext_lazy("channel of origin")
    )
    campaign = Column("campaign", gettext_lazy("Campaign"), Named(UNKNOWN_CAMPAIGN))
    kind = Column("kind", pgettext_lazy("cost", "what for"), Purpose(CostKind))
    amount_fen = Column("amount_fen", gettext_lazy("Amount (yuan)"), Amount(), gettext_lazy("amount"))
    note = Column("note", gettext_lazy("note"), Text(200), saves_null_values=False)

    class Meta(HouseResource.Meta):
        model = CampaignCost
        fields = ("day", "channel", "campaign", "kind", "amount_fen", "note")

    def get_queryset(self) -> Any:
        return CampaignCost.objects.select_related("channel", "campaign")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Which rows there are already, of the days of the sheet."""
        channels, campaigns = self.said_by_all(dataset, "channel"), self.said_by_all(dataset, "campaign")
        self.fields["channel"].widget.known = {one.name: one for one in Channel.objects.filter(name__in=channels)}
        self.fields["campaign"].widget.known = {one.name: one for one in Campaign.objects.filter(name__in=campaigns)}
        days = {day for cell in dataset[self.fields["day"].column_name] if (day := _day(cell)) is not None}
        rows = self.get_queryset().filter(day__in=days)
        self.there = {(row.day, row.channel.name, row.campaign.name if row.campaign else "", row.kind): row for row in rows}

    def find(self, row: dict[str, Any]) -> tuple[Any, Any]:
        for name in ("channel", "amount_fen"):
            column = self.fields[name].column_name
            if column not in row:
                raise ValidationError(_("The sheet has no column “%(column)s”.") % {"column": column})
        try:
            kind = Purpose(CostKind).clean(self.said(row, "kind"))
        except ValueError:
            kind = ""
        day, channel = _day(row.get(self.fields["day"].column_name)), self.said(row, "channel")
        if day is None or not channel or not kind:
            # What cannot be read is like no other row: its own fault is to be named.
            return None, ("unread", self.at)
        key = (day, channel, self.said(row, "campaign"), kind)
        return self.there.get(key), key

    def is_left_out(self, texts: Sequence[str]) -> bool:
        """The sums that people write below: in front of a cost stands its day."""
        return nobody.is_total(texts)

    def after_init_instance(self, instance: CampaignCost, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.entered_by, instance.kind = self.viewer, CostKind.ADS


def _day(cell: Any) -> date | None:
    try:
        return parse_day(cell, today=clock.today())
    except NotADate:
        return None
