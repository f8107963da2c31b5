"""A link for nobody or for a customer who recommends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.choices import CampaignState
from campaigns.models import Campaign, Link
from campaigns.services import linking
from customers.models import Channel
from scrm.kit.errors import Refused


def twin(link: Link) -> Link | None:
    """The one that is there already in this place."""
    same = {"campaign": link.campaign_id, "channel": link.channel_id, "customer": link.customer_id}
    return Link.objects.filter(**same, employee=None, material=None).first()


class LinkForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Link
        fields = ("campaign", "channel", "customer")
        help_texts = {
            "channel": _("Where it will be put up or passed on. Without one it counts for no channel."),
            "customer": _("Who recommends us by it. Left empty it is nobody's: for a shop window or an advertisement."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "campaign" in self.fields:  # a page that is only read has no fields
            campaign: Any = self.fields["campaign"]
            campaign.queryset = Campaign.objects.exclude(state=CampaignState.SETTLED)
            channel: Any = self.fields["channel"]
            channel.queryset = Channel.objects.filter(is_active=True)

    def validate_constraints(self) -> None:
        """One that is there already is no mistake: whoever asks for it gets it."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        try:
            linking.check(customers=[said["customer"]] if said.get("customer") else ())
        except Refused as no:
            self.add_error("customer", str(no))
        return said
