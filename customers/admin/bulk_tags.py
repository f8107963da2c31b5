"""Add or remove tags for the ticked rows, or for everyone the current filter finds: asked first, then done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from customers.models import Customer, Tag
from customers.queries import tags
from customers.services import mass_tagging, tagging
from scrm.kit.errors import Refused
from scrm.kit.paginator import CappedPaginator


class TagsForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label=_("Tags"), widget=UnfoldAdminSelect2MultipleWidget
    )

    def __init__(self, data: Any, *, choice: QuerySet[Tag]) -> None:
        super().__init__(data)
        field: Any = self.fields["tags"]
        field.queryset = choice
        field.choices = tags.grouped(choice)


def add(model_admin: Any, request: HttpRequest, rows: QuerySet[Customer]) -> HttpResponse | None:
    return _ask_then_do(
        model_admin, request, rows, _("Add tags"), tags.to_choose(), _add, mass_tagging.ADD
    )


def remove(model_admin: Any, request: HttpRequest, rows: QuerySet[Customer]) -> HttpResponse | None:
    """Tags no longer in use can be taken away too."""
    every = Tag.objects.select_related("group").order_by("group__position", "group_id", "name")
    return _ask_then_do(
        model_admin, request, rows, _("Remove tags"), every, _remove, mass_tagging.REMOVE
    )


def _ask_then_do(
    model_admin: Any,
    request: HttpRequest,
    rows: QuerySet[Customer],
    title: Any,
    choice: QuerySet[Tag],
    act: Callable[[QuerySet[Customer], list[Tag], Any], str],
    order: str,
) -> HttpResponse | None:
    form = TagsForm(request.POST if "confirmed" in request.POST else None, choice=choice)
    if form.is_valid():
        chosen = list(form.cleaned_data["tags"])
        try:
            if mass_tagging.too_many(rows):
                messages.info(request, _queue(rows, chosen, request.user, order))
            else:
                messages.success(request, act(rows, chosen, request.user))
        except Refused as no:
            messages.error(request, str(no))
        return None
    counted = CappedPaginator(rows, 1)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "form": form,
        "count": counted.count,
        "capped": counted.capped,
        "queued": counted.count > mass_tagging.IN_REQUEST,
        "none_yet": not choice.exists(),
        "removing": order == mass_tagging.REMOVE,
        # Nobody takes away a tag that she would have to make first.
        "tags_link": reverse("admin:customers_tag_add")
        if order == mass_tagging.ADD and request.user.has_perm("customers.add_tag")
        else "",
        "action": request.POST["action"],
        "across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "media": model_admin.media + form.media,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "customers/people/bulk_tags.html", context)


def _queue(rows: QuerySet[Customer], chosen: list[Tag], by: Any, order: str) -> str:
    _job, people = mass_tagging.order(rows, chosen, act=order, by=by)
    said = gettext(
        "Under way in the background for %(people)s people; you can go on working. The page “Tags” shows how many have "
        "a tag by now, and the audit log has a line once all are done."
    )
    return said % {"people": f"{people:,}"}


def _add(rows: QuerySet[Customer], chosen: list[Tag], by: Any) -> str:
    count = tagging.put(rows, chosen, by=by)
    if not count:
        return gettext("Everyone had these tags already.")
    return ngettext("%(count)d tag was added.", "%(count)d tags were added.", count) % {"count": count}


def _remove(rows: QuerySet[Customer], chosen: list[Tag], by: Any) -> str:
    count = tagging.take(rows, chosen, by=by)
    if not count:
        return gettext("Nobody had these tags.")
    return ngettext("%(count)d tag was removed.", "%(count)d tags were removed.", count) % {"count": count}
