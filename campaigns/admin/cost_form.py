"""The form of a cost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignCost
from campaigns.services import costing
from customers.admin.person_fields import DayInput
from customers.admin.yuan import YuanField
from scrm.kit import clock
from scrm.kit.errors import Refused


class CostForm(forms.ModelForm):
    day = forms.DateField(
        label=_("Date"), input_formats=["%Y-%m-%d"], widget=DayInput(), initial=clock.today,
        error_messages={"invalid": _("Enter a date, for example 2024-05-01.")},
    )  # fmt: skip
    amount_fen = YuanField(label=_("Amount (yuan)"))

    class Meta:
        model = CampaignCost
        fields = ("day", "channel", "campaign", "kind", "amount_fen", "note")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, amount = data.get("day"), data.get("amount_fen")
        try:
            costing.check(day or clock.today(), amount or 0)
        except Refused as no:
            self.add_error("amount_fen" if no.code in ("cost.negative", "cost.amount") else "day", str(no))
        return data

    def validate_constraints(self) -> None:
        """Of a new one none: entered again a figure is corrected. What a changed one runs into is said in plain words."""
        if self.instance._state.adding or self.errors:
            return
        data = self.cleaned_data
        place = {name: data.get(name) for name in ("campaign", "channel", "day", "kind")}
        if CampaignCost.objects.filter(**place).exclude(pk=self.instance.pk).exists():
            self.add_error(None, _("There is a figure for this day, channel, campaign and purpose already. Correct that one."))
