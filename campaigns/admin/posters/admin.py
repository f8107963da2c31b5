"""Templates of posters: made by head office, seen by whoever passes them on."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display

from campaigns.admin.posters import preview, warned
from campaigns.admin.posters.form import PosterForm
from campaigns.admin.posters.places import ROWS
from campaigns.models import Poster
from campaigns.services.drawing import keeping, posters
from scrm.kit import audit
from scrm.kit.admin import RecordedAdmin

UNIT = _("In thousandths: of the picture's width, and from the top of its height.")
READ = ("name", "campaign", "title", "words", "is_active")


@admin.register(Poster)
class PosterAdmin(RecordedAdmin):
    form = PosterForm
    list_display = ("name", "picture_of", "for_campaign", "standing", "is_active")
    list_display_links = ("name", "picture_of")
    list_select_related = ("campaign",)
    list_filter = ("is_active", "style")
    search_fields = ("name", "title", "campaign__name")
    search_help_text = _("Name, title or campaign")
    list_before_template = "campaigns/posters/tabs.html"
    change_form_outer_before_template = "campaigns/posters/preview.html"
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/posters.css"]}
        js = ["campaigns/posters.js"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return Poster.objects.visible_to(request.user).order_by(*self.get_ordering(request) or ("-id",))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._may_write(request, obj):
            return ((None, {"fields": READ}),)
        picture = ("upload", "without_picture") if obj is not None and obj.picture else ("upload",)
        return (
            (None, {"fields": ("name", "campaign", *picture, "style")}),
            (_("What stands on it"), {"fields": ("title", "words", "shown", "layout")}),
            *(
                (label, {"fields": (names,), "classes": ("poster-place",), "description": "" if number else UNIT})
                for number, (label, names) in enumerate(ROWS)
            ),
            (None, {"fields": ("is_active",)}),
        )

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "campaign":
            kwargs["queryset"] = preview.campaigns_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(require_POST(partial(preview.live, self))), name="campaigns_poster_live"),
            path("<int:pk>/preview/", view(require_POST(partial(preview.live, self))), name="campaigns_poster_live_of"),
            path("<int:pk>/picture/", view(require_safe(partial(preview.picture, self))), name="campaigns_poster_picture"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.changed_data:
            return
        data = form.cleaned_data
        with transaction.atomic():
            keeping.save_poster(obj, picture=data.get("upload"), without_picture=data.get("without_picture", False))
            if change:
                audit.record("setting.changed", by=request.user, on=obj, fields=form.changed_columns)
            else:
                audit.record("setting.created", by=request.user, on=obj)
        warned.of_texts(request, obj.title, obj.words, drawn=True)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A picture above the limit of uploads is told at its field."""
        made = super().get_form(request, obj, change, **kwargs)
        if not self._may_write(request, obj) or not issubclass(made, PosterForm):
            return made

        class Limited(made):  # type: ignore[misc, valid-type]
            def full_clean(self) -> None:
                super().full_clean()
                if self.is_bound:
                    self.refuse_too_large(request)

        return Limited

    @display(description=_("poster"))
    def picture_of(self, poster: Any) -> SafeString:
        url = reverse("admin:campaigns_poster_picture", args=[poster.pk]) + f"?at={poster.updated_at.timestamp():.0f}"
        return format_html('<img class="poster-small" loading="lazy" src="{}" alt="">', url)

    @display(description=_("campaign"), ordering="campaign__name")
    def for_campaign(self, poster: Any) -> str:
        return str(poster.campaign) if poster.campaign else str(_("all campaigns"))

    @display(description=_("can be drawn"))
    def standing(self, poster: Any) -> str:
        return posters.problem(poster) or str(_("yes"))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        problem = posters.problem(self.object_or_404(request, object_id)) if request.method == "GET" else ""
        if problem:
            messages.error(request, problem)
        return super().change_view(request, object_id, form_url, extra_context)
