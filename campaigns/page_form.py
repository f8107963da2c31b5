"""The form block of the shop's own page, made from what the page asks for, and all that a page shows. Beside the layers:
the page itself needs it, and its preview."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import LandingPage, Link
from campaigns.queries import pages
from campaigns.services.joining import NAME_LENGTH
from customers.choices import Purpose
from loyalty.queries import words
from scrm.kit import clock, phones

ANSWER_LENGTH = 300
DAYS = 14
QUESTION, CONSENT = "q-", "yes-"
# What people agree to, in whole sentences: one box a purpose, none of them ticked.
CONSENTS: dict[str, Any] = {
    Purpose.SERVICE: gettext_lazy("The shop may contact me about my appointments and purchases."),
    Purpose.CARE: gettext_lazy("The shop may send me greetings and advice."),
    Purpose.PROMOTION: gettext_lazy("The shop may send me offers and news."),
}
TIMES: dict[str, Any] = {
    "am": gettext_lazy("in the morning"),
    "pm": gettext_lazy("in the afternoon"),
    "eve": gettext_lazy("in the evening"),
}
EMPTY = gettext_lazy("Please fill this in.")


class JoinForm(forms.Form):
    # Nobody sees it; whoever fills it in is no person.
    website = forms.CharField(
        required=False, label=gettext_lazy("Leave this empty"),
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, page: LandingPage) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.page = page
        if page.ask_name:
            self.fields["name"] = forms.CharField(
                label=_("Your name"), max_length=NAME_LENGTH, error_messages={"required": EMPTY},
                widget=forms.TextInput({"autocomplete": "name"}),
            )  # fmt: skip
        self.fields["phone"] = forms.CharField(
            label=_("Mobile number"), max_length=40, error_messages={"required": EMPTY},
            widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        )  # fmt: skip
        if page.ask_time:
            self.fields["day"] = forms.ChoiceField(label=_("When would you like to come?"), required=False, choices=_days())
            self.fields["time"] = forms.ChoiceField(
                label=_("Time of day"), required=False, choices=[("", _("any time")), *TIMES.items()]
            )
        for question in page.questions:
            self.fields[QUESTION + question["key"]] = _field(question)
        for purpose in page.consents:
            if purpose in CONSENTS:
                self.fields[CONSENT + purpose] = forms.BooleanField(label=CONSENTS[purpose], required=False)

    def clean_phone(self) -> str:
        number = phones.normalise(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(_("This is no mobile number: 11 digits, beginning with 13 to 19."))
        return number

    @property
    def is_from_a_machine(self) -> bool:
        return bool(self.data.get("website"))

    @property
    def asked(self) -> Iterator[forms.BoundField]:
        """What is typed or chosen; the two parts of a wished time stand together."""
        return (self[name] for name in self.fields if name not in ("website", "time") and not name.startswith(CONSENT))

    @property
    def agreed(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(CONSENT)]

    def told(self) -> dict[str, Any]:
        """What `joining.join` takes."""
        data = self.cleaned_data
        answers = {
            name.removeprefix(QUESTION): value for name, value in data.items() if name.startswith(QUESTION) and value
        }
        consents = [name.removeprefix(CONSENT) for name, ticked in data.items() if name.startswith(CONSENT) and ticked]
        wished = " ".join(filter(None, (data.get("day", ""), str(TIMES.get(data.get("time", ""), "")))))
        return {
            "name": data.get("name", ""), "phone": data["phone"], "wished": wished, "answers": answers, "consents": consents,
        }  # fmt: skip


def context(page: LandingPage, form: JoinForm, link: Link | None = None) -> dict[str, Any]:
    """What the template of the page shows; a preview has no link."""
    return {
        "link": link,
        "page": page,
        "form": form,
        "campaign": page.campaign,
        "price": words.yuan(page.price_fen),
        "usual": words.yuan(page.usual_fen),
        "worth": words.told_beside_name(page.coupon) if page.coupon else "",
        "host": pages.host_of(link) if link else None,
        "picture_url": _picture(page, link),
    }


def _picture(page: LandingPage, link: Link | None) -> str:
    """For everybody by the link; in a preview for who may see the page."""
    if not page.picture:
        return ""
    if link is None:
        return reverse("private_file", args=["landing-picture", page.pk])
    # Another picture has another address, since phones keep the old one for a while.
    return f"{reverse('landing_picture', args=[link.code])}?v={sha256(page.picture.encode()).hexdigest()[:8]}"


def _days() -> list[tuple[str, Any]]:
    first = clock.today()
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [("", _("not sure yet")), *((day.isoformat(), date_format(day, "m-d D")) for day in days)]


def _field(question: dict[str, Any]) -> forms.Field:
    required, label = bool(question.get("required")), question["label"]
    if choices := question.get("choices"):
        return forms.ChoiceField(
            label=label, required=required, choices=[(choice, choice) for choice in choices], widget=forms.RadioSelect,
            error_messages={"required": _("Please choose one.")},
        )  # fmt: skip
    return forms.CharField(label=label, required=required, max_length=ANSWER_LENGTH, error_messages={"required": EMPTY})
