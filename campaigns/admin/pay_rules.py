"""提成规则: versions, never edited; a new one takes the place of the old."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import display as plain
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from campaigns.admin.campaigns import words
from campaigns.admin.facts.filters import CampaignFilter
from campaigns.admin.pay_rule_form import TIERS, PayRuleForm
from campaigns.choices import Basis
from campaigns.models import PayRule
from campaigns.services.paying import rules
from customers.admin.filters import Plain
from scrm.kit import money
from scrm.kit.admin import PAGE, HouseAdmin
from scrm.kit.errors import Refused

LIST = "admin:campaigns_payrule_changelist"


class InForceFilter(Plain):
    title, parameter_name = _("in force"), "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Only in force"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(is_active=True) if self.value() == "1" else queryset


class OfCampaign(CampaignFilter):
    related = (PayRule, "campaign")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(campaign=self.number() or None) if self.value() else queryset


@admin.register(PayRule)
class PayRuleAdmin(HouseAdmin):
    form = PayRuleForm
    list_display = ("what", "much", "basis", "shown_tiers", "version", "since", "is_active", "ends")
    list_display_links = ("what",)
    list_filter = (InForceFilter, OfCampaign)
    list_filter_submit = True
    list_select_related = ("campaign", "product")
    autocomplete_fields = ("campaign", "product")
    ordering = ("-is_active", "-id")
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "campaigns/campaign.css"]}

    def get_urls(self) -> list[URLPattern]:
        ends = self.admin_site.admin_view(self.end_view)
        return [path("<path:object_id>/end/", ends, name="campaigns_payrule_end"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayRule]:
        return super().get_queryset(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        tiers = [(f"from_{number}", f"rate_{number}") for number in TIERS]
        return [
            (None, {"fields": [("campaign", "product"), "basis", ("rate", "fixed_sum")]}),
            (_("More when a target is reached"), {"fields": tiers, "classes": ["collapse"]}),
            (_("For customers who recommend"), {"fields": ["second"], "classes": ["collapse"]}),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The fields that the form makes itself are none of the model's."""
        return super().get_form(request, obj, change, **{**kwargs, "fields": ["campaign", "product", "basis"]})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule is never edited: what was earned under it points at it."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """A rule is read in the list; whoever taps on one makes its next version."""
        rule = self.object_or_404(request, object_id)
        if not self.has_add_permission(request):
            return redirect(LIST)
        query = {"basis": rule.basis, "from": rule.pk}
        for name in ("campaign", "product"):
            if getattr(rule, f"{name}_id"):
                query[name] = getattr(rule, f"{name}_id")
        return redirect(reverse("admin:campaigns_payrule_add", query=query))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = {
            name: request.GET[name] for name in ("campaign", "product") if request.GET.get(name, "").isdecimal()
        }
        if request.GET.get("basis") in Basis.values:
            initial["basis"] = request.GET["basis"]
        before = request.GET.get("from", "")
        rule = PayRule.objects.filter(pk=int(before)).first() if before.isdecimal() and len(before) < 19 else None
        if rule is not None:
            initial |= {"rate": rule.rate_bp, "fixed_sum": rule.fixed_fen, "second": rule.second_bp}
            for number, step in zip(TIERS, rule.tiers, strict=False):
                initial |= {f"from_{number}": step["from_bp"] // 100, f"rate_{number}": step["rate_bp"]}
        return initial

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """There is nothing to go on with: a rule is never edited."""
        only = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context | only, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: PayRule, form: Any, change: bool) -> None:
        rule = rules.set_rule(by=request.user, **form.wanted())
        obj.pk, obj.version = rule.pk, rule.version

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, gettext("The rule is in force from now on. What was earned before stays as it was."))
        return redirect(LIST)

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """The audit log tells it."""

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A GET asks, a POST ends it: nothing is paid by it from now on."""
        rule = self.object_or_404(request, object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not rule.is_active:
            raise Http404
        if request.method == "POST":
            try:
                rules.drop_rule(campaign=rule.campaign, product=rule.product, basis=rule.basis, by=request.user)
            except Refused as no:
                messages.error(request, str(no))
            else:
                messages.success(request, gettext("Nothing is paid by this rule from now on."))
            return redirect(LIST)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": rule,
            "title": self.what(rule),
            "lines": [gettext("Nothing is paid by it from now on. What was earned stays as it is.")],
            "button": gettext("End this rule"),
            "danger": True,
            "back": reverse(LIST),
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {shown.parameter_name for shown in self.list_filter} | {PAGE}

    @display(description=_("applies to"))
    def what(self, rule: Any) -> str:
        return str(rule.campaign or rule.product or gettext("any order"))

    @plain(description=_("pays"))
    def much(self, rule: PayRule) -> str:
        if rule.fixed_fen is not None:
            return gettext("%(yuan)s an order") % {"yuan": money.show(rule.fixed_fen)}
        return words.percent(rule.rate_bp or 0)

    @plain(description=_("more when a target is reached"))
    def shown_tiers(self, rule: PayRule) -> str:
        return "、".join(f"{words.percent(step['from_bp'])} → {words.percent(step['rate_bp'])}" for step in rule.tiers)

    @plain(description="")
    def ends(self, rule: PayRule) -> SafeString | str:
        """What a campaign pays ends with it."""
        if not rule.is_active or rule.campaign_id is not None:
            return ""
        url = reverse("admin:campaigns_payrule_end", args=[rule.pk])
        return format_html('<a class="scrm-link" href="{}">{}</a>', url, gettext("End this rule"))

    @plain(description=_("valid from"))
    def since(self, rule: PayRule) -> str:
        return date_format(localtime(rule.valid_from), "Y-m-d H:i")
