"""商品项目: what is sold. Costs and margins are shown to whoever may see costs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.masked import MaskedName
from customers.admin.small_sheets import SheetsAdmin
from customers.admin.yuan import YuanField
from customers.models import Product
from customers.resources.products import ProductResource
from customers.services import products
from scrm.kit import money
from scrm.kit.admin import HouseAdmin

COST = "customers.see_cost"


class ProductForm(forms.ModelForm):
    price_fen = YuanField(label=_("Price (yuan)"), required=False)
    cost_fen = YuanField(
        label=_("Cost (yuan)"), required=False, help_text=_("Only who may see costs and margins sees it.")
    )

    class Meta:
        model = Product
        fields = ("name", "code", "role", "is_active")


@admin.register(Product)
class ProductAdmin(SheetsAdmin, MaskedName, HouseAdmin):
    sheet = ProductResource
    form = ProductForm
    list_filter = ("role", "is_active")
    list_filter_submit = True
    search_fields = ("name", "code")
    search_help_text = _("Name or code")
    ordering = ("-is_active", "name", "id")
    empty_value_display = ""

    class Media:
        css = {"all": ["customers/people.css", "customers/orders.css"]}

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        costs = ("cost", "margin") if self._sees_costs(request) else ()
        return ("named", "code", "role", "price", *costs, "is_active")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if not self.has_change_permission(request, obj):
            return self.get_list_display(request)
        costs = ("cost_fen",) if self._sees_costs(request) else ()
        return ("name", "code", "role", "price_fen", *costs, "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request, obj) else ("price", "cost", "margin")

    def _sees_costs(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(COST))  # type: ignore[union-attr]

    @display(description=_("price"))
    def price(self, product: Any) -> str:
        return money.show(product.price_fen)

    @display(description=_("cost"))
    def cost(self, product: Any) -> str:
        return money.show(product.cost_fen)

    @display(description=_("margin"))
    def margin(self, product: Any) -> str:
        """Of the price; blank where one of the two is not known."""
        if not product.price_fen or product.cost_fen is None:
            return ""
        return f"{(product.price_fen - product.cost_fen) * 100 / product.price_fen:.1f}%"

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in products.FIELDS if name in form.cleaned_data}
        if change:
            products.change_product(Product.objects.get(pk=obj.pk), by=request.user, **values)
        else:
            obj.pk = products.create_product(by=request.user, **values).pk
