"""The form of a template."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from campaigns.admin.posters import places
from campaigns.choices import PosterLayout, PosterSlot
from campaigns.models import Poster
from campaigns.services.drawing import keeping, slots
from scrm.kit import files, uploads
from scrm.kit.errors import Refused

ACCEPTED = "image/jpeg,image/png,image/webp"
# Beside the model's own: which column they end up in.
COLUMNS = {"upload": "picture", "without_picture": "picture"}


class PosterForm(forms.ModelForm, places.PlaceFields):  # type: ignore[misc]
    upload = forms.FileField(
        label=_("picture"), required=False, widget=UnfoldAdminFileFieldWidget({"accept": ACCEPTED}),
        help_text=_("JPG, PNG or WebP, about 1080 × 1920. Without one, the background below."),
    )  # fmt: skip
    without_picture = forms.BooleanField(
        label=_("take the picture away"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    layout = forms.ChoiceField(
        label=_("where the QR code stands"), choices=PosterLayout.choices, widget=UnfoldAdminRadioSelectWidget()
    )
    shown = forms.MultipleChoiceField(
        label=_("written on it"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        choices=[choice for choice in PosterSlot.choices if choice[0] != PosterSlot.QR],
    )  # fmt: skip

    class Meta:
        model = Poster
        fields = ("name", "campaign", "style", "title", "words", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        poster = kwargs.get("instance")
        kwargs["initial"] = places.initial_of(poster.slots if poster is not None else {}) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_upload(self) -> Any:
        """The picture itself, in memory; nothing is kept before the form is saved."""
        uploaded = self.cleaned_data.get("upload")
        if not uploaded:
            return None
        try:
            return keeping.read_picture(uploaded)
        except Refused as no:
            raise forms.ValidationError(str(no)) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            ratio = keeping.ratio_for(
                self.instance, picture=data.get("upload"), without_picture=data.get("without_picture", False)
            )
            self.instance.slots = places.read(data, ratio=ratio, before=self.instance.slots)
            slots.check(self.instance.slots, ratio=ratio)
        except Refused as no:
            self.add_error(None, str(no))
        return data

    def refuse_too_large(self, request: Any) -> None:
        """What was too large never arrived, so the form cannot know of it."""
        if uploads.too_large(request) is not None:
            self.add_error("upload", str(files.too_large()))

    @property
    def changed_columns(self) -> list[str]:
        names = {field.name for field in Poster._meta.fields}
        return sorted({COLUMNS.get(name, name if name in names else "slots") for name in self.changed_data})
