"""The form of a rule of commission: of a product, of who served any order, or of a campaign that is a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.admin.campaigns.fields import MoneyField, PercentField, WholeField
from campaigns.choices import Basis, CampaignState
from campaigns.models import Campaign, PayRule
from campaigns.services.paying import rules
from scrm.kit.errors import Refused

TIERS = (1, 2, 3)
# To which field a refusal belongs.
BESIDE = {"pay.rate": "rate", "pay.fixed": "fixed_sum", "pay.one": "rate", "pay.frozen": "campaign", "pay.both": "product"}


class PayRuleForm(forms.ModelForm):
    rate = PercentField(label=_("per cent of the order"))
    fixed_sum = MoneyField(label=_("or yuan for each order"), required=False)
    second = PercentField(
        label=_("per cent for the next above"),
        help_text=_("Of a customer who recommends: paid to who brought her, one level at most. Empty: nothing."),
    )

    class Meta:
        model = PayRule
        fields = ("campaign", "product", "basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown: Any = self.fields
        if "campaign" in shown:
            shown["campaign"].queryset = Campaign.objects.filter(state=CampaignState.DRAFT)
            shown["campaign"].help_text = _("Drafts only: what a campaign pays is fixed when it is published.")
            shown["product"].help_text = _("Neither of the two: who served any order.")
        for number in TIERS:
            shown[f"from_{number}"] = WholeField(label=_("from an attainment of (%%) – %(n)d") % {"n": number})
            shown[f"rate_{number}"] = PercentField(label=_("per cent of the order – %(n)d") % {"n": number})

    def tiers(self) -> list[dict[str, int]]:
        data, found = self.cleaned_data, []
        for number in TIERS:
            start, rate = data.get(f"from_{number}"), data.get(f"rate_{number}")
            if start or rate:
                found.append({"from_bp": (start or 0) * 100, "rate_bp": rate or 0})
        return found

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "campaign": data.get("campaign"), "product": data.get("product"), "basis": data.get("basis") or Basis.CREDIT,
            "rate_bp": data.get("rate"), "fixed_fen": data.get("fixed_sum"), "tiers": self.tiers(), "second_bp": data.get("second"),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                rules.check_rule(**self.wanted())
            except Refused as no:
                self.add_error(BESIDE.get(no.code), str(no))
        return data

    def validate_constraints(self) -> None:
        """The service makes a version of it and switches the old one off."""

    def validate_unique(self) -> None:
        return None
