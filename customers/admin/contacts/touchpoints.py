"""Touchpoints: where in the journey a feeling belongs. Set once, like channels; beside each how it feels, before and
after what was changed there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Touchpoint
from customers.queries import journey
from scrm.kit.admin import HouseList, RecordedAdmin

FEEDBACK = "admin:customers_feedback_changelist"


class HeardList(HouseList):
    """Puts the voices of each touchpoint beside it: one query a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        heard = journey.voices_of(rows, request.user)
        for row in rows:
            row.heard = heard[row.pk]
        self.result_list = rows


@admin.register(Touchpoint)
class TouchpointAdmin(RecordedAdmin):
    list_display = ("name", "stage", "voices", "compared", "changed_on", "change", "is_active")
    list_filter = ("stage", "is_active")
    list_filter_submit = True
    search_fields = ("name",)
    readonly_fields = ("voices", "compared")
    fieldsets = (
        (None, {"fields": ("name", "stage", "position", "is_active")}),
        (
            _("What was improved"),
            {
                "fields": ("changed_on", "change"),
                "description": _("The feelings before and after this day are compared, so that you see whether it helped."),
            },
        ),
    )

    class Media:
        css = {"all": ["customers/people.css", "customers/contacts.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HeardList]:
        return HeardList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one has no voices yet, and one without a change nothing to compare."""
        shown = super().get_fieldsets(request, obj)
        if obj is None:
            return shown
        figures = ("voices", "compared") if obj.changed_on else ("voices",)
        return [*shown, (_("What customers say"), {"fields": figures})]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None:
            found.heard = journey.voices_of([found], request.user)[found.pk]
        return found

    @display(description=_("voices"), empty_value="")
    def voices(self, row: Any) -> SafeString:
        """How many, and their mean."""
        heard: journey.Voices = row.heard
        if not heard.all.voices:
            return format_html("{}", gettext("none yet"))
        return format_html(gettext("{voices}, {mean} in the mean"), voices=_counted(heard.all, touchpoint=row.pk), mean=heard.all)

    @display(description=_("did it help?"), empty_value="")
    def compared(self, row: Any) -> SafeString | str:
        """"−0.9 → +0.6 (before 12, after 9)", each figure opening its voices; blank where nothing was changed."""
        heard: journey.Voices = row.heard
        if heard.before is None or heard.after is None or heard.last_before is None:
            return ""
        return format_html(
            gettext("{means} ({before} before, {after} after)"),
            means=format_html('<b class="heard-means">{} → {}</b>', heard.before, heard.after),
            before=_counted(heard.before, touchpoint=row.pk, to=heard.last_before),
            after=_counted(heard.after, touchpoint=row.pk, **{"from": row.changed_on}),
        )


def _counted(mean: journey.Mean, **query: Any) -> SafeString:
    """"12 voices", a link to them."""
    words = ngettext("%(count)s voice", "%(count)s voices", mean.voices) % {"count": f"{mean.voices:,}"}
    return format_html('<a class="scrm-link" href="{}">{}</a>', reverse(FEEDBACK, query=query), words)
