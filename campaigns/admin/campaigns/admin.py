"""Campaigns: the list, the page to read, the form, and the doors to what is done with one."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from campaigns.admin.campaigns import doors, form_page, no_shows_page, page, publish_page, targets_page
from campaigns.admin.campaigns.listing import (
    CampaignColumns,
    CampaignList,
    KindFilter,
    MineFilter,
    StateFilter,
    VerdictFilter,
)
from campaigns.models import Campaign
from scrm.kit.admin import PAGE, HistoryAdmin, HouseAdmin

MONEY = "campaigns.see_money"


@admin.register(Campaign)
class CampaignAdmin(CampaignColumns, HistoryAdmin, HouseAdmin):
    list_filter = (StateFilter, KindFilter, VerdictFilter, MineFilter)
    list_filter_submit = True
    search_fields = ("name",)
    search_help_text = _("Name of a campaign")
    ordering = ("-id",)
    empty_value_display = ""

    class Media:
        css = {
            "all": [
                "customers/people.css",
                "customers/orders.css",
                "customers/contacts.css",
                "customers/owners.css",
                "campaigns/campaign.css",
            ]
        }

    def get_urls(self) -> list[URLPattern]:
        return [
            self._url("add/", self.add_view, "add"),
            self._url("<path:object_id>/edit/", self.edit_view, "edit"),
            self._url("<path:object_id>/publish/", self.publish_view, "publish"),
            self._url("<path:object_id>/move/<str:state>/", self.move_view, "move"),
            self._url("<path:object_id>/targets/", self.targets_view, "targets"),
            self._url("<path:object_id>/no-shows/", self.no_shows_view, "no_shows"),
            self._url("<path:object_id>/review/", self.review_view, "review"),
            *super().get_urls(),
        ]

    def _url(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = update_wrapper(lambda *args, **kwargs: self.admin_site.admin_view(view)(*args, **kwargs), view)
        return path(route, wrapped, name=f"campaigns_campaign_{name}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(request.user)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        paid = ("shown_net", "shown_cost") if request.user.has_perm(MONEY) else ()  # type: ignore[union-attr]
        return ("named", "shown_state", "kind", "shown_days", "people", *paid, "shown_verdict")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CampaignList]:
        return CampaignList

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return form_page.add(self, request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return page.read(self, request, object_id)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return form_page.edit(self, request, object_id)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return publish_page.publish(self, request, object_id)

    def move_view(self, request: HttpRequest, object_id: str, state: str) -> HttpResponse:
        return doors.move(self, request, object_id, state)

    def targets_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return targets_page.targets(self, request, object_id)

    def no_shows_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return no_shows_page.page(self, request, object_id)

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return doors.review(self, request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Field by field, the budget too: for whoever may change it."""
        if not self.has_change_permission(request, self.object_or_404(request, object_id)):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def object_or_404(self, request: HttpRequest, object_id: Any) -> Any:
        """Who may open none at all is told so before anything is looked up."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().object_or_404(request, object_id)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404
