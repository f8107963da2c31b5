"""Coupons: what there is to be given out, in the words of the counter."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from customers.admin.yuan import YuanField
from loyalty.choices import CouponKind, GrantState
from loyalty.models import Coupon
from loyalty.queries import coupons, words
from scrm.kit.admin import HistoryAdmin, HouseAdmin, HouseList


class CouponForm(forms.ModelForm):
    value_fen = YuanField(label=_("Money off (yuan)"), required=False)
    min_spend_fen = YuanField(
        label=_("From a purchase of (yuan)"), required=False, help_text=_("Empty: whatever she buys.")
    )

    class Meta:
        model = Coupon
        fields = (
            "name", "kind", "value_fen", "percent_off", "min_spend_fen", "product", "words", "stock", "per_person",
            "valid_days", "ends_on", "is_active",
        )  # fmt: skip
        labels = {"percent_off": _("Per cent less")}
        help_texts = {
            "name": _("Customers read it, such as: new customers' coupon."),
            "percent_off": _("20 means that she pays 80 of 100."),
            "product": _("Empty: for everything. For a gift: what she gets."),
            "words": _("Such as: not together with other offers."),
            "stock": _("Empty: as many as are asked for."),
            "valid_days": _("Counted from the day on which she gets it; empty: no limit."),
            "ends_on": _("Nobody can use it after this day; empty: no limit."),
            "is_active": _("Off: no new ones are given out. Those given out stay valid."),
        }

    def clean(self) -> dict[str, Any]:
        """What belongs to another kind goes: a gift has no amount."""
        data = super().clean() or {}
        if data.get("kind") != CouponKind.AMOUNT:
            data["value_fen"] = None
        elif "value_fen" not in self.errors and not data.get("value_fen"):
            self.add_error("value_fen", _("Write how much she pays less."))
        if data.get("kind") != CouponKind.PERCENT:
            data["percent_off"] = None
        elif "percent_off" not in self.errors and not data.get("percent_off"):
            self.add_error("percent_off", _("Write how many per cent she pays less."))
        if not data.get("min_spend_fen"):
            data["min_spend_fen"] = None
        self._stays_above(data.get("stock"))
        return data

    def _stays_above(self, stock: int | None) -> None:
        """Asked of the locked row: the admin saves in the same transaction."""
        if stock is None or self.instance.pk is None:
            return
        row = Coupon.objects.select_for_update(of=("self",), no_key=True).get(pk=self.instance.pk)
        if stock < row.granted:
            self.add_error("stock", _("More than that have been given out already."))


class CountedCoupons(HouseList):
    """Given out and used, of the people whom the viewer sees: one query a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = coupons.counts([row.pk for row in self.result_list], request.user)
        for row in self.result_list:
            row.counted = counts.get(row.pk, (0, 0))


@admin.register(Coupon)
class CouponAdmin(HistoryAdmin, HouseAdmin):
    form = CouponForm
    list_display = ("name", "told", "given", "used", "left", "is_active")
    list_filter = ("is_active", "kind")
    list_filter_submit = True
    search_fields = ("name",)
    ordering = ("-is_active", "-id")
    autocomplete_fields = ("product",)
    fieldsets = (
        (None, {"fields": ("name", "kind", ("value_fen", "percent_off"), "min_spend_fen", "product", "words")}),
        (_("How many and how long"), {"fields": ("stock", "per_person", "valid_days", "ends_on", "is_active")}),
    )

    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css", "customers/contacts.css", "loyalty/counter.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coupon]:
        return super().get_queryset(request).select_related("product")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedCoupons]:
        return CountedCoupons

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever only reads sees what it is worth, not the parts of a sum."""
        if self.has_change_permission(request, obj):
            return self.fieldsets
        return ((None, {"fields": ("name", "told", "words", "left", "is_active")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request, obj) else ("told", "left")

    def save_model(self, request: HttpRequest, obj: Coupon, form: Any, change: bool) -> None:
        """Never the column that counts what was given out meanwhile."""
        if change:
            obj._history_user = request.user  # type: ignore[attr-defined]
            obj.save(update_fields=list(form.cleaned_data))
        else:
            super().save_model(request, obj, form, change)

    @display(description=_("worth"))
    def told(self, coupon: Coupon) -> str:
        return words.told(coupon)

    @display(description=pgettext_lazy("coupons", "left"))
    def left(self, coupon: Coupon) -> str:
        return "" if coupon.stock is None else f"{coupon.stock - coupon.granted:,}"

    @display(description=_("given out"))
    def given(self, coupon: Any) -> SafeString:
        return _counted(coupon, coupon.counted[0])

    @display(description=_("used"))
    def used(self, coupon: Any) -> SafeString:
        return _counted(coupon, coupon.counted[1], state__exact=GrantState.USED.value)


def _counted(coupon: Coupon, count: int, **more: str) -> SafeString:
    """A number that leads to its rows."""
    address = reverse("admin:loyalty_coupongrant_changelist", query={"coupon__id__exact": coupon.pk, **more})
    return format_html('<a class="scrm-link" href="{}">{}</a>', address, f"{count:,}")
