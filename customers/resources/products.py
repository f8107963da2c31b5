"""商品项目: known by the code, or by the name where there is none. Amounts in yuan; what it costs for whoever may see
costs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import ProductRole
from customers.models import Product
from customers.resources.base import HouseResource
from customers.resources.columns import Choice, Column, Text, YesNo, Yuan

COST = "customers.see_cost"


class ProductResource(HouseResource):
    noun, label = "products", _("products")
    found_by = ("code", "name")
    code = Column("code", _("product code"), Text(60), _("code"), saves_null_values=False)
    name = Column("name", _("product name"), Text(200, missing=_("The name of the product is missing.")), _("name"), _("product"))
    role = Column("role", _("role"), Choice(ProductRole))
    price_fen = Column("price_fen", _("Price (yuan)"), Yuan(), _("price"))
    cost_fen = Column("cost_fen", _("Cost (yuan)"), Yuan(), _("cost"))
    is_active = Column("is_active", _("on sale"), YesNo(), saves_null_values=False)

    class Meta(HouseResource.Meta):
        model = Product
        fields = ("code", "name", "role", "price_fen", "cost_fen", "is_active")

    def __init__(self, *, viewer: Any) -> None:
        super().__init__(viewer=viewer)
        if not viewer.has_perm(COST):
            del self.fields["cost_fen"]

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        codes, names = self.said_by_all(dataset, "code"), self.said_by_all(dataset, "name")
        rows = list(Product.objects.filter(Q(code__in=codes) | Q(name__in=names)).order_by("pk"))
        self.by_code = {row.code: row for row in rows if row.code}
        self.without_code = {row.name: row for row in rows if not row.code}
        self.by_name: dict[str, list[Product]] = {}
        for row in rows:
            if row.code:
                self.by_name.setdefault(row.name, []).append(row)

    def find(self, row: dict[str, Any]) -> tuple[Any, Any]:
        """A code that is new goes to the product of that name that had none. A row without a code finds the only
        product of its name; a blank cell takes no code away."""
        code, name = self.said(row, "code"), self.said(row, "name")
        if code:
            found = self.by_code.get(code) or self.without_code.get(name)
            if found is None and self.fields["name"].column_name not in row:
                raise ValidationError(gettext("No product has the code “%(code)s”; a new one needs a name.") % {"code": code})
            return found, ("code", code)
        called = self.by_name.get(name, [])
        if name not in self.without_code and len(called) > 1:
            raise ValidationError(gettext("Several products are called “%(name)s”; say which by its code.") % {"name": name})
        return self.without_code.get(name) or (called[0] if called else None), ("name", name)
