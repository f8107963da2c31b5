"""The form of a cost."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignCost
from campaigns.services import costing
from customers.admin.person_fields import DayInput
from customers.admin.yuan import YuanField
from scrm.kit import clock, money
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
        """A day, channel, campaign and purpose have one figure: a second bill must not take the place of the first unseen."""
        if self.errors:
            return
        data = self.cleaned_data
        place = {name: data.get(name) for name in ("campaign", "channel", "day", "kind")}
        there = CampaignCost.objects.filter(**place).exclude(pk=self.instance.pk).first()
        if there is not None:
            said = gettext("%(yuan)s are entered for this day, channel, campaign and purpose already. Add the two up there: {link}") % {
                "yuan": money.show(there.amount_fen)
            }
            url = reverse("admin:campaigns_campaigncost_change", args=[there.pk])
            link = format_html('<a class="scrm-link" href="{}">{}</a>', url, gettext("correct that figure"))
            self.add_error(None, ValidationError(format_html(said, link=link), code="there"))
