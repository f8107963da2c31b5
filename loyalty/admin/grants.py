"""Coupons of customers: who got which, and what became of it. Read here, used at the counter."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display

from loyalty.choices import GrantState
from loyalty.models import CouponGrant
from loyalty.queries import coupons as found
from loyalty.queries import words
from loyalty.services import coupons
from scrm.kit.admin import PAGE, BigTableAdmin, ReadOnlyAdmin
from scrm.kit.errors import Refused

LIST = "admin:loyalty_coupongrant_changelist"
KINDS = {"used": "info", "granted": "success", "lapsed": "default", "void": "danger"}


def standing(grant: CouponGrant) -> tuple[str, str]:
    """One that nobody used in time is lapsed, whatever its row says."""
    if grant.state == GrantState.GRANTED and grant.is_lapsed:
        return "lapsed", gettext("lapsed")
    return grant.state, str(grant.get_state_display())


@admin.register(CouponGrant)
class GrantAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = ("holder", "coupon", "shown_code", "shown_state", "given", "until", "used", "store")
    list_display_links = ("shown_code",)
    list_select_related = ("coupon", "customer", "used_by", "store", "order")
    list_filter = (("coupon", RelatedDropdownFilter), "state")
    list_filter_submit = True
    search_fields = ("short_code",)
    search_help_text = _("Code, or the last four digits of the phone")
    ordering = ("-id",)
    empty_value_display = ""
    fields = ("holder", "coupon", "worth", "shown_code", "code", "state_words", "given", "until", "used", "store", "bought")
    actions_detail = ("withdraw",)

    class Media:
        css = {"all": ["customers/people.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[CouponGrant]:
        return CouponGrant.objects.visible_to(request.user)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[CouponGrant], bool]:
        return found.matching(queryset, search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Nothing but the filters: ?customer__phone__startswith=1380 would spell masked numbers out."""
        return lookup in {"coupon__id__exact", "state__exact", PAGE}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404

    # --- columns

    @display(description=_("customer"))
    def holder(self, grant: CouponGrant) -> SafeString | str:
        her = grant.customer
        if not her.is_living:
            return str(her)
        address = reverse("admin:customers_customer_change", args=[her.pk])
        return format_html('<a class="scrm-link" href="{}">{}</a> {}', address, her, her.masked_phone if her.name else "")

    @display(description=_("short code"))
    def shown_code(self, grant: CouponGrant) -> str:
        return f"{grant.short_code[:4]} {grant.short_code[4:]}"

    @display(description=_("state"), label=KINDS)
    def shown_state(self, grant: CouponGrant) -> tuple[str, str]:
        return standing(grant)

    @display(description=_("state"))
    def state_words(self, grant: CouponGrant) -> str:
        return standing(grant)[1]

    @display(description=_("worth"))
    def worth(self, grant: CouponGrant) -> str:
        return words.worth(grant.coupon)

    @display(description=_("given on"), ordering="granted_at")
    def given(self, grant: CouponGrant) -> str:
        return localtime(grant.granted_at).strftime("%Y-%m-%d %H:%M")

    @display(description=_("valid until"), ordering="expires_at")
    def until(self, grant: CouponGrant) -> str:
        return words.last_day(grant.expires_at)

    @display(description=_("used"), ordering="used_at")
    def used(self, grant: CouponGrant) -> str:
        if grant.used_at is None:
            return ""
        return f"{localtime(grant.used_at):%Y-%m-%d %H:%M} {grant.used_by.name if grant.used_by else ''}"

    @display(description=_("order"))
    def bought(self, grant: CouponGrant) -> SafeString | str:
        if grant.order is None:
            return ""
        address = reverse("admin:customers_order_change", args=[grant.order_id])
        return format_html('<a class="scrm-link" href="{}">{}</a>', address, grant.order)

    # --- the one door

    @action(description=_("Withdraw"), url_path="withdraw", icon="block", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A GET asks, a POST does."""
        grant = self.object_or_404(request, object_id)
        back = reverse("admin:loyalty_coupongrant_change", args=[grant.pk])
        if request.method == "POST":
            try:
                coupons.void(grant=grant, by=request.user)
            except Refused as no:
                messages.error(request, str(no))
            else:
                messages.success(request, gettext("The coupon is withdrawn."))
            return redirect(back)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": grant,
            "back": back,
            "title": gettext("Withdraw this coupon?"),
            "lines": [
                gettext("She can no longer use it, and the counter says so. Another one may be given out in its place.")
            ],
            "button": gettext("Withdraw"),
            "danger": True,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(coupons.WITHDRAW):  # type: ignore[union-attr]
            return False
        grant = self.get_object(request, str(object_id)) if object_id else None
        return grant is not None and grant.state == GrantState.GRANTED
