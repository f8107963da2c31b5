"""The rows of the pool: what one viewer may read of each."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Customer
from customers.queries import colleagues, disclosure, looks, owners
from scrm.kit.admin import HouseList
from scrm.staff.choices import Scope


class PoolList(HouseList):
    empty_template = "customers/owners/pool_empty.html"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        viewer: Any = request.user
        full = disclosure.sees_full_phones(viewer)
        self.may_hand_over = colleagues.may_assign(viewer)
        self.may_see_looks = looks.may_see(viewer)
        seen = self._visible(viewer)
        for customer in self.result_list:
            customer.pool_name = owners.pool_name(customer, viewer)
            customer.shown_source = disclosure.text_for(full, customer.source.name) if customer.source else ""
            batch = customer.imported_in
            customer.shown_batch = disclosure.text_for(full, str(batch)) if batch else ""
            customer.page = reverse("admin:customers_customer_change", args=[customer.pk]) if customer.pk in seen else ""

    def _visible(self, viewer: Any) -> set[int]:
        """Whose page opens: a manager does not see people without a store until they are somebody's."""
        pks = [customer.pk for customer in self.result_list]
        if viewer.row_scope == Scope.ALL:
            return set(pks)
        return set(Customer.objects.visible_to(viewer).filter(pk__in=pks).values_list("pk", flat=True))


class PoolColumns:
    """Mixin of the admin: the columns, each from what PoolList put on the row."""

    @display(description=pgettext_lazy("person", "name"))
    def shown_name(self, customer: Any) -> SafeString | str:
        name = customer.pool_name or gettext("(no name)")
        return format_html('<a class="scrm-link" href="{}">{}</a>', customer.page, name) if customer.page else name

    @display(description=_("phone"))
    def shown_phone(self, customer: Any) -> str:
        return str(customer.masked_phone)

    @display(description=_("store"))
    def shown_store(self, customer: Any) -> str:
        return customer.store.name if customer.store else ""

    @display(description=_("channel of origin"))
    def shown_source(self, customer: Any) -> str:
        return str(customer.shown_source)

    @display(description=_("import"))
    def shown_batch(self, customer: Any) -> str:
        return str(customer.shown_batch)

    @display(description=_("member since"))
    def since(self, customer: Any) -> str:
        return date_format(customer.known_since) if customer.known_since else ""
