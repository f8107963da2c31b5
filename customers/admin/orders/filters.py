"""Filters of the list of orders. None joins the customer for those who see every row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin import ListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.filters import Chosen, Plain
from customers.admin.filters import StoreFilter as CustomerStoreFilter
from customers.admin.person_fields import DayInput
from customers.choices import ImportKind, OrderState, source_label
from customers.models import Channel, Customer, ImportBatch, Order, OrderCredit, OrderLine, Product
from customers.queries import colleagues, disclosure, orders
from scrm.kit.registry import Registry
from scrm.staff.choices import Scope
from scrm.staff.models import Department, Employee

FROM, TO = "from", "to"
# Filters of the apps above, after our own.
more_filters: Registry[type[ListFilter]] = Registry("filter of the list of orders")


class DaysForm(forms.Form):
    """`names` are those of the two in the address."""

    def __init__(self, data: Any, names: tuple[str, str] = (FROM, TO)) -> None:
        super().__init__(data)
        self.names = names
        said = {"invalid": _("Enter a date, for example 2024-05-01.")}
        for name in names:
            self.fields[name] = forms.DateField(
                required=False, input_formats=["%Y-%m-%d"], widget=DayInput(), error_messages=said
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = (cleaned.get(name) for name in self.names)
        if first and last and first > last:
            self.add_error(self.names[1], forms.ValidationError(_("The last day lies before the first.")))
        return cleaned

    def inputs(self) -> list[Any]:
        return [self[name] for name in self.names]

    def inclusive(self) -> tuple[Any, Any]:
        """An end that is not said is open."""
        first, last = (self.cleaned_data[name] for name in self.names)
        return first or date(1970, 1, 1), last or date(9998, 12, 31)


class DaysFilter(ListFilter):
    """Ordered from … to …, days of the shop, both included."""

    title = _("ordered at")
    parameter_name = "days"
    names = (FROM, TO)
    template = "customers/orders/days.html"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = DaysForm(self.used_parameters, self.names)
        self.active = any(self.used_parameters.values())

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    @property
    def mistakes(self) -> list[str]:
        return [str(said) for errors in self.form.errors.values() for said in errors] if self.active else []

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"form": self.form, "active": self.active}

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        """What is no day is said, and nothing is shown: not everything."""
        if not self.active:
            return queryset
        if not self.form.is_valid():
            return queryset.none()
        return self.within(queryset, *self.form.inclusive())

    def within(self, queryset: Any, first: date, last: date) -> QuerySet[Any]:
        rows: QuerySet[Any] = queryset.ordered_within(first, last)
        return rows


class SourceFilter(Plain):
    title, parameter_name = _("where from"), "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """A number that somebody wrote into a source is masked in the value of its option too."""
        full = disclosure.sees_full_phones(request.user)
        self.known: dict[str, list[str]] = {}
        for source in orders.sources():
            self.known.setdefault(disclosure.text_for(full, source), []).append(source)
        return [(shown, disclosure.text_for(full, source_label(shown))) for shown in self.known]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(source__in=self.known.get(value, [])) if value else queryset


class StateFilter(Plain):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in OrderState]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if not self.value():
            return queryset
        if self.value() not in OrderState.values:
            raise IncorrectLookupParameters(self.parameter_name)
        rows: QuerySet[Any] = orders.in_state(queryset, self.value() or "")
        return rows


class WaitingFilter(Plain):
    """What "orders to approve" on the home page leads to."""

    title, parameter_name = _("approval"), "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Only waiting for approval"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = orders.waiting(queryset) if self.value() == "1" else queryset
        return rows


class ChannelFilter(Chosen):
    title, parameter_name, lookup = _("channel of origin"), "channel", "channel"
    related, grows = (Order, "channel"), True

    def options(self, request: HttpRequest) -> QuerySet[Channel]:
        return Channel.objects.order_by("-is_active", "name")


class ServedFilter(Chosen):
    title, parameter_name = _("who served"), "served"
    related = (OrderCredit, "employee")

    def options(self, request: HttpRequest) -> QuerySet[Employee]:
        if request.user.row_scope == Scope.SELF:  # type: ignore[union-attr]
            return Employee.objects.none()
        return colleagues.owners_of(request.user)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return orders.served_by(queryset, self.number()) if self.value() else queryset


class ProductFilter(Chosen):
    title, parameter_name = _("product"), "product"
    related, grows = (OrderLine, "product"), True

    def options(self, request: HttpRequest) -> QuerySet[Product]:
        return Product.objects.order_by("-is_active", "name", "id")

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return orders.with_product(queryset, self.number()) if self.value() else queryset


class StoreFilter(CustomerStoreFilter):
    """The store that looks after who bought, as the row scope reads it."""

    title, lookup = _("store of the customer"), "customer__store"

    def options(self, request: HttpRequest) -> QuerySet[Department]:
        if request.user.row_scope == Scope.SELF:  # type: ignore[union-attr]
            return Department.objects.none()
        return colleagues.stores_of(request.user)


class BatchFilter(Chosen):
    title, parameter_name, lookup = _("came in with import"), "batch", "batch"
    related, grows = (Order, "batch"), True

    def options(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        if request.user.row_scope != Scope.ALL:  # type: ignore[union-attr]
            return ImportBatch.objects.none()
        return ImportBatch.objects.filter(kind=ImportKind.ORDERS).exclude(started_at=None).order_by("-id")


class CustomerFilter(Chosen):
    """Where a customer's page leads to; offered once somebody is chosen."""

    title, parameter_name, lookup = _("customer"), "customer", "customer"
    related = (Order, "customer")

    def options(self, request: HttpRequest) -> QuerySet[Customer]:
        value = self.value() or ""
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            return Customer.objects.none()
        return Customer.objects.visible_to(request.user).filter(pk=int(value))

    def label_of(self, row: Model) -> str:
        return str(row)
