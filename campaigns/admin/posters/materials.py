"""素材: texts, pictures, articles and videos to pass on, with what became of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from campaigns.admin.posters import preview, warned
from campaigns.admin.posters.form import ACCEPTED
from campaigns.choices import Voice
from campaigns.models import Material, Persona
from campaigns.queries import passed
from campaigns.services import materials
from scrm.kit import audit, files, pictures, uploads
from scrm.kit.admin import HouseList, RecordedAdmin
from scrm.kit.errors import Refused


class MaterialForm(forms.ModelForm):
    """The picture is read when the form is checked and kept when it is saved."""

    upload = forms.FileField(
        label=_("picture"), required=False, widget=UnfoldAdminFileFieldWidget({"accept": ACCEPTED}),
        help_text=_("JPG, PNG or WebP"),
    )  # fmt: skip
    without_picture = forms.BooleanField(
        label=_("take the picture away"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    request: HttpRequest

    class Meta:
        model = Material
        fields = ("title", "kind", "campaign", "persona", "body", "url", "is_active")

    def clean_upload(self) -> Any:
        uploaded = self.cleaned_data.get("upload")
        if uploads.too_large(self.request) is not None:
            raise forms.ValidationError(str(files.too_large()))
        if not uploaded:
            return None
        try:
            pictures.read(uploaded, edge=materials.EDGE)
        except Refused as no:
            raise forms.ValidationError(str(no)) from None
        uploaded.seek(0)
        return uploaded

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            materials.check_url(url)
        except Refused as no:
            raise forms.ValidationError(str(no)) from None
        return url

    def clean(self) -> dict[str, Any]:
        """A material without anything to pass on is none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kept = self.instance.picture and not data.get("without_picture")
        if "kind" not in data:
            return data
        if data["kind"] == Voice.IMAGE and "upload" not in self.errors and not (data.get("upload") or kept):
            self.add_error("upload", _("Choose the picture that is passed on."))
        if data["kind"] in (Voice.ARTICLE, Voice.VIDEO) and "url" not in self.errors and not data.get("url"):
            self.add_error("url", _("Enter the address where it is read or watched."))
        if data["kind"] == Voice.TEXT and "body" not in self.errors and not data.get("body", "").strip():
            self.add_error("body", _("Write the words to pass on."))
        return data


class PassedList(HouseList):
    """Puts beside each material what came of it: two queries a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        found = passed.totals([row.pk for row in rows], request.user)
        for row in rows:
            row.passed = found[row.pk]
        self.result_list = rows


@admin.register(Material)
class MaterialAdmin(RecordedAdmin):
    form = MaterialForm
    list_display = ("title", "kind", "for_campaign", "persona", "sent", "visits", "is_active")
    list_select_related = ("campaign", "persona")
    list_filter = ("kind", "is_active")
    search_fields = ("title", "body", "campaign__name")
    search_help_text = _("Title, words or campaign")
    list_before_template = "campaigns/posters/tabs.html"
    change_form_outer_after_template = "campaigns/posters/passed.html"
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/posters.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        return Material.objects.visible_to(request.user).order_by(*self.get_ordering(request) or ("-id",))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PassedList]:
        return PassedList

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._may_write(request, obj):
            return ("title", "kind", "campaign", "body", "url", "shown_picture", "is_active")
        picture = ("shown_picture", "upload", "without_picture") if obj is not None and obj.picture else ("upload",)
        return ("title", "kind", "campaign", "persona", "body", *picture, "url", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shown_picture",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        made.request = request
        return made

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "campaign":
            kwargs["queryset"] = preview.campaigns_for(request.user)
        if db_field.name == "persona":
            kwargs["queryset"] = Persona.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.changed_data:
            return
        data = form.cleaned_data
        with transaction.atomic():
            materials.save_material(obj, picture=data["upload"], without_picture=data.get("without_picture", False))
            fields = sorted({"picture" if name in ("upload", "without_picture") else name for name in form.changed_data})
            if change:
                audit.record("setting.changed", by=request.user, on=obj, fields=fields)
            else:
                audit.record("setting.created", by=request.user, on=obj)
        warned.of_texts(request, obj.title, obj.body, avoid=materials.words_avoided(obj))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        self.object_or_404(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        more = {"passed": passed.of_material(obj, request.user) if obj is not None else []}
        response: HttpResponse = super().render_change_form(request, context | more, *args, **kwargs)
        return response

    @display(description=_("campaign"), ordering="campaign__name")
    def for_campaign(self, row: Any) -> str:
        return str(row.campaign) if row.campaign else str(_("all campaigns"))

    @display(description=_("passed on"))
    def sent(self, row: Any) -> int:
        return int(row.passed.sent)

    @display(description=_("visits"))
    def visits(self, row: Any) -> int:
        return int(row.passed.visits)

    @display(description=_("picture"), empty_value="")
    def shown_picture(self, row: Any) -> SafeString | str:
        if not row.picture:
            return ""
        return format_html('<img class="material-picture" src="{}" alt="">', reverse("private_file", args=["material", row.pk]))
