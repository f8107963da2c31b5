from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.pages import editor
from campaigns.models import Campaign, LandingPage
from campaigns.services import page_templates
from scrm.kit.admin import HistoryAdmin, HouseAdmin


@admin.register(LandingPage)
class LandingPageAdmin(HistoryAdmin, HouseAdmin):
    list_display = ("title", "campaign", "campaign_state", "made_from", "coupon", "is_open")
    list_select_related = ("campaign", "coupon")
    list_filter = ("is_open", "campaign__state")
    list_filter_submit = True
    search_fields = ("title", "campaign__name")
    ordering = ("-id",)
    empty_value_display = ""

    class Media:
        css = {
            "all": ["customers/people.css", "customers/orders.css", "campaigns/landing.css", "campaigns/pages.css"],
        }
        js = ["scrm/chosen.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LandingPage]:
        seen = Campaign.objects.visible_to(request.user)
        return super().get_queryset(request).filter(campaign__in=seen.order_by().values("pk"))

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return editor.new(self, request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return editor.change(self, request, object_id)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404

    @display(description=_("state"))
    def campaign_state(self, page: LandingPage) -> str:
        return str(page.campaign.get_state_display())

    @display(description=_("made from"))
    def made_from(self, page: LandingPage) -> str:
        return page_templates.name_of(page)
