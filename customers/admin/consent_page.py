"""能发什么、为什么不能: the grid on a customer's page, the red bars above it, and the page where her word is written down."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import CHECKBOX_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from customers.admin import person_page
from customers.admin.panels import Bar, Panel, bars, panels
from customers.choices import Medium, Purpose
from customers.models import Consent
from customers.queries.person import Reader
from customers.queries.reachability import MEDIA, Reach
from customers.services import consenting
from scrm.kit.errors import Refused

SEE = "customers.view_consent"
PAGE = "admin:customers_customer_consent"
SHOWN = 50


class WordForm(forms.Form):
    """Boxes are empty until somebody ticks them, one for each purpose."""

    purposes = forms.MultipleChoiceField(
        choices=Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": " ".join(CHECKBOX_CLASSES)}),
    )
    medium = forms.ChoiceField(label=gettext_lazy("By"), choices=Medium.choices, widget=UnfoldAdminSelectWidget)
    ground = forms.CharField(max_length=consenting.GROUND_LIMIT, required=False, widget=UnfoldAdminTextInputWidget)


def page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """What she agreed to so far, and two forms of the same size: she agrees, she takes it back."""
    customer = person_page.find(model_admin, request, object_id)
    viewer: Any = request.user
    if not viewer.has_perm(consenting.RECORD):
        raise PermissionDenied
    chosen = {"give": True, "withdraw": False}.get(request.POST.get("act", ""))
    given, withdrawn = _form(request, "give"), _form(request, "withdraw")
    if request.method == "POST" and chosen is not None:
        form = given if chosen else withdrawn
        if form.is_valid() and _record(request, form, customer.pk, chosen):
            return redirect(f"{reverse(person_page.PAGE, args=[customer.pk])}#contact")
    reader = Reader(customer, viewer)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": _("What %(name)s agrees to") % {"name": reader.name},
        "customer": customer,
        "forms": [
            ("give", given, _("She agrees"), _("Where and how she agreed"), _("signed in the shop"), _("Record that she agrees")),
            ("withdraw", withdrawn, _("She takes it back"), _("What she said (not needed)"), "", _("Record that she takes it back")),
        ],
        "rows": rows(reader, reader.reach),
        "words": words(reader),
        "media_names": [medium.label for medium in MEDIA],
        "back": reverse(person_page.PAGE, args=[customer.pk]),
        "media": model_admin.media + given.media,
    }  # fmt: skip
    return TemplateResponse(request, "customers/people/consent.html", context)


def _form(request: HttpRequest, act: str) -> WordForm:
    mine = request.method == "POST" and request.POST.get("act") == act
    return WordForm(request.POST if mine else None, auto_id=f"{act}_%s")


def _record(request: HttpRequest, form: WordForm, customer: int, given: bool) -> bool:
    said = form.cleaned_data
    try:
        count = consenting.record(
            customers=[customer], purposes=said["purposes"], medium=said["medium"], ground=said["ground"],
            given=given, by=request.user,
        )  # fmt: skip
    except Refused as no:
        form.add_error("ground" if no.code in ("consent.no_ground", "consent.too_long") else None, str(no))
        return False
    if not count:
        messages.info(request, _("That was recorded before; nothing new."))
    elif given:
        messages.success(request, _("Recorded: she agrees."))
    else:
        messages.success(request, _("Recorded: she takes it back."))
    return True


def rows(reader: Reader, reach: Reach) -> list[dict[str, Any]]:
    """The grid: a line for each purpose, a cell for each medium, each in plain words."""
    return [
        {
            "purpose": purpose.label,
            "key": purpose.value,
            "cells": [_cell(reader, reach, purpose, medium) for medium in MEDIA],
        }
        for purpose in Purpose
    ]


def _cell(reader: Reader, reach: Reach, purpose: Purpose, medium: Medium) -> dict[str, Any]:
    answer = reach.answer(purpose, medium)
    ground = reader.text(answer.ground) if answer.ground else ""
    return {"medium": medium.label, "key": medium.value, "may": answer.may, "why": answer.sentence, "ground": ground}


def words(reader: Reader) -> list[dict[str, Any]]:
    """Her own words as they were recorded, the newest first."""
    found = Consent.objects.filter(customer=reader.customer.pk).select_related("recorded_by", "batch")
    return [
        {
            "row": row,
            "ground": reader.text(row.ground),
            "by": row.recorded_by.name if row.recorded_by else "",
            "batch": reader.text(row.batch) if row.batch else "",
        }
        for row in found.order_by("-at", "-pk")[:SHOWN]
    ]


def panel(request: HttpRequest, reader: Reader) -> dict[str, Any] | None:
    viewer: Any = request.user
    if not viewer.has_perm(SEE):
        return None
    return {
        "rows": rows(reader, reader.reach),
        "media_names": [medium.label for medium in MEDIA],
        "sensitive": _in_confidence(reader),
        "link": reverse(PAGE, args=[reader.customer.pk])
        if reader.customer.is_living and viewer.has_perm(consenting.RECORD)
        else "",
    }


def alarms(request: HttpRequest, reader: Reader) -> list[Bar]:
    """Whoever opens the page knows before anything else: somebody is unhappy, no marketing, what is told in confidence."""
    if not request.user.has_perm(SEE):  # type: ignore[union-attr]
        return []
    reach, found = reader.reach, []
    if reach.unhappy_since is not None:
        day = date_format(timezone.localtime(reach.unhappy_since))
        text = _("Unhappy since %(day)s and not answered yet: no marketing until somebody has settled it.")
        found.append(Bar("complaint", text % {"day": day}))
    refused = reach.refused_media()
    if len(refused) == len(MEDIA):
        found.append(Bar("no_marketing", _("She wants no marketing.")))
    elif refused:
        text = _("She wants no marketing by: %(media)s.")
        found.append(Bar("no_marketing", text % {"media": "、".join(str(medium.label) for medium in refused)}))
    if told := _in_confidence(reader):
        text = _("Sensitive: %(fields)s. For service only, and not to be passed on.")
        found.append(Bar("sensitive", text % {"fields": "、".join(told)}))
    return found


def _in_confidence(reader: Reader) -> list[str]:
    kept = vars(reader)
    if "in_confidence" not in kept:
        kept["in_confidence"] = reader.told_in_confidence()
    found: list[str] = kept["in_confidence"]
    return found


def register() -> None:
    panels.register("consent", Panel("contact", "customers/people/contact.html", panel))
    bars.register("consent", alarms)
