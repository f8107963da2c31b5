"""The form of a page: its texts, what it asks, what it gives. Nobody writes JSON."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns.models import LandingPage
from campaigns.services import page_questions
from customers.admin.yuan import YuanField
from customers.choices import Purpose
from loyalty.models import Coupon

SPARE_ROWS = 2
CONSENTS = [
    (Purpose.SERVICE.value, _("service: appointments, purchases")),
    (Purpose.CARE.value, _("care: greetings, advice")),
    (Purpose.PROMOTION.value, _("marketing: offers, news")),
]


class PageForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("picture"), required=False, widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPG, PNG or WebP up to 10 MB; wider than high looks best."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=_("without the picture"), required=False)
    price_fen = YuanField(label=_("Price (yuan)"), required=False)
    usual_fen = YuanField(label=_("Usual price (yuan)"), required=False, help_text=_("Shown struck through."))
    consents = forms.MultipleChoiceField(
        label=_("What people are asked to agree to"), required=False, choices=CONSENTS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each becomes a box of its own on the page, and none of them is ticked."),
    )  # fmt: skip

    class Meta:
        model = LandingPage
        fields = ("title", "words", "rules", "ask_name", "ask_time", "button", "coupon", "thanks", "is_open")
        widgets = {
            "title": UnfoldAdminTextInputWidget,
            "words": UnfoldAdminTextareaWidget({"rows": 4}),
            "rules": UnfoldAdminTextareaWidget({"rows": 4}),
            "button": UnfoldAdminTextInputWidget,
            "thanks": UnfoldAdminTextInputWidget,
            "coupon": UnfoldAdminSelectWidget,
        }
        help_texts = {
            "ask_time": _("Whoever looks after her gets a task for today to call her."),
            "coupon": _("Given at once, when the form was sent. Taken at the counter."),
            "is_open": _("Off: the page says that nobody can sign up at the moment."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        self.initial.update(price_fen=page.price_fen, usual_fen=page.usual_fen, consents=page.consents)
        coupon: Any = self.fields["coupon"]
        coupon.queryset = Coupon.objects.filter(Q(is_active=True) | Q(pk=page.coupon_id)).order_by("name")
        coupon.empty_label = _("no coupon")
        if not page.picture:
            del self.fields["without_picture"]

    def values(self) -> dict[str, Any]:
        """What the service takes, without the questions."""
        beside = ("picture", "without_picture")
        return {name: value for name, value in self.cleaned_data.items() if name not in beside}


class QuestionForm(forms.Form):
    key = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    label = forms.CharField(
        label=_("question"), required=False, max_length=page_questions.LABEL, widget=UnfoldAdminTextInputWidget
    )
    choices = forms.CharField(
        label=_("choices, with commas between them"), required=False, max_length=600, widget=UnfoldAdminTextInputWidget,
    )  # fmt: skip
    required = forms.BooleanField(label=_("must be answered"), required=False)

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        return data | {"choices": page_questions.choices_of(data.get("choices", ""))}


QuestionSet: Any = forms.formset_factory(
    QuestionForm, extra=SPARE_ROWS, max_num=page_questions.MOST, absolute_max=page_questions.MOST + 5, validate_max=True
)


def rows_of(page: LandingPage) -> list[dict[str, Any]]:
    """Questions as the formset begins with them."""
    return [question | {"choices": "、".join(question.get("choices") or [])} for question in page.questions]
