"""微信好友: who has her as a contact in WeChat, under which remark name, and who lost whom. Written on her page by
whoever may change her; nobody else could say it, as long as no WeCom is connected."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from customers.admin import person_page
from customers.admin.owners.forms import Named
from customers.choices import RelationHow, Side
from customers.models import Customer, Relation
from customers.queries import owners, person
from customers.services import relations
from scrm.kit import clock
from scrm.kit.errors import Refused
from scrm.staff.models import Employee

FRIENDS = "friends"
# What is so now: who deleted or blocked whom, in the words of whoever fills it in.
STATES = (
    (FRIENDS, pgettext_lazy("WeChat", "They have each other")),
    (f"deleted:{Side.CUSTOMER}", pgettext_lazy("WeChat", "The customer deleted us")),
    (f"blocked:{Side.CUSTOMER}", pgettext_lazy("WeChat", "The customer blocked us")),
    (f"deleted:{Side.EMPLOYEE}", pgettext_lazy("WeChat", "We deleted the customer")),
    (f"blocked:{Side.EMPLOYEE}", pgettext_lazy("WeChat", "We blocked the customer")),
)
PARTS = {"relation.future": "day", "relation.before_added": "day", "relation.not_allowed": "employee"}
VERSIONS = 20


class EmployeeField(Named, forms.ModelChoiceField):
    widget = UnfoldAdminSelect2Widget


def _day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": " ".join(INPUT_CLASSES)})
    return forms.DateField(
        label=label,
        required=False,
        widget=widget,
        error_messages={"invalid": gettext_lazy("Write the day, for example 2026-05-01.")},
    )


def _remark_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("WeChat remark name"),
        required=False,
        max_length=relations.REMARK_LENGTH,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )


class AddForm(forms.Form):
    employee: Any = EmployeeField(Employee.objects.none(), label=gettext_lazy("Whose WeChat"), empty_label=None)
    remark = _remark_field()
    day = _day_field(gettext_lazy("Contacts since"))
    how = forms.ChoiceField(
        label=gettext_lazy("How they became contacts"), required=False, choices=RelationHow.choices,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    def __init__(self, data: Any, *, viewer: Any, customer: Customer) -> None:
        super().__init__(data, initial={"employee": viewer.pk, "day": clock.today()})
        taken = customer.relations.values("employee")
        rows = owners.contacts_written_by(viewer).filter(is_active=True).exclude(pk__in=taken)
        self.fields["employee"].queryset = rows.select_related("department")  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    remark = _remark_field()
    state = forms.ChoiceField(label=gettext_lazy("How it stands now"), choices=STATES, widget=UnfoldAdminSelectWidget)
    day = _day_field(gettext_lazy("Since when"))

    def __init__(self, data: Any, *, relation: Relation, hidden: bool) -> None:
        self.hidden = hidden
        remark = "" if hidden else relation.remark
        super().__init__(data, initial={"remark": remark, "state": state_of(relation), "day": clock.today()})
        self.fields["day"].help_text = _("Counts where you change how it stands.")
        if hidden:
            self.fields["remark"].help_text = _("It holds a number and is not shown here. Left empty, it stays.")


def state_of(relation: Relation) -> str:
    """Of a contact that is both the block counts: it says more."""
    if relation.blocked_by:
        return f"blocked:{relation.blocked_by}"
    return f"deleted:{relation.deleted_by}" if relation.deleted_by else FRIENDS


def add(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    customer = _customer(model_admin, request, object_id)
    viewer: Any = request.user
    if not customer.is_living:
        return _archived(request, customer)
    form = AddForm(request.POST if request.method == "POST" else None, viewer=viewer, customer=customer)
    if form.is_valid() and _added(form, customer, viewer):
        messages.success(request, _("Written down."))
        return redirect(_back(customer))
    return _page(model_admin, request, customer, form, _("Add a WeChat contact"))


def _added(form: AddForm, customer: Customer, by: Any) -> bool:
    said = form.cleaned_data
    try:
        relations.befriend(
            customer, said["employee"], remark=said["remark"], at=_moment(said["day"]), how=said["how"], by=by
        )
    except Refused as no:
        form.add_error(PARTS.get(no.code), str(no))
        return False
    return True


def change(model_admin: Any, request: HttpRequest, object_id: str, relation_id: int) -> HttpResponse:
    customer = _customer(model_admin, request, object_id)
    viewer: Any = request.user
    relation = owners.relations_of(customer).select_related("customer").filter(pk=relation_id).first()
    if relation is None:
        raise Http404
    if not owners.may_write_contact(viewer, relation.employee):
        raise PermissionDenied
    if not customer.is_living:
        return _archived(request, customer)
    reader = person.Reader(customer, viewer)
    hidden = reader.text(relation.remark) != relation.remark
    form = ChangeForm(request.POST if request.method == "POST" else None, relation=relation, hidden=hidden)
    if form.is_valid() and _changed(form, relation, viewer):
        messages.success(request, _("Written down."))
        return redirect(_back(customer))
    title = _("%(name)s's WeChat contact") % {"name": relation.employee.name}
    return _page(model_admin, request, customer, form, title, versions=_versions(reader, relation))


def _changed(form: ChangeForm, relation: Relation, by: Any) -> bool:
    """Both or nothing: a date that is refused takes the new name along."""
    said = form.cleaned_data
    try:
        with transaction.atomic():
            if said["remark"] or not form.hidden:
                relations.rename(relation, remark=said["remark"], by=by)
            if said["state"] != state_of(relation):
                _stands(relation, said["state"], _moment(said["day"]), by)
    except Refused as no:
        form.add_error(PARTS.get(no.code) if PARTS.get(no.code) in form.fields else None, str(no))
        return False
    return True


def _stands(relation: Relation, state: str, at: datetime | None, by: Any) -> None:
    if state == FRIENDS:
        relations.befriend(relation.customer, relation.employee, at=at, by=by)
        return
    what, _colon, side = state.partition(":")
    relations.lost(relation, side=side, blocked=what == "blocked", at=at, by=by)


def _moment(day: Any) -> datetime | None:
    """A day that is over begins at its midnight; of today it is now."""
    return None if day is None or day == clock.today() else clock.start_of(day)


def _versions(reader: person.Reader, relation: Relation) -> list[dict[str, Any]]:
    """What was before, the newest first."""
    rows = relation.history.select_related("history_user").order_by("-history_date", "-history_id")[1 : VERSIONS + 1]  # type: ignore[attr-defined]
    labels = dict(STATES)
    return [
        {
            "until": timezone.localtime(row.history_date),
            "by": row.history_user.name if row.history_user else "",
            "remark": reader.text(row.remark),
            "state": labels[state_of(row)],
        }
        for row in rows
    ]


def _customer(model_admin: Any, request: HttpRequest, object_id: str) -> Customer:
    customer = person_page.find(model_admin, request, object_id)
    if not request.user.has_perm(owners.CHANGE):  # type: ignore[union-attr]
        raise PermissionDenied
    return customer


def _archived(request: HttpRequest, customer: Customer) -> HttpResponse:
    messages.error(request, _("Bring her back first: archived people are not edited."))
    return redirect(person_page.PAGE, customer.pk)


def _back(customer: Customer) -> str:
    return f"{reverse(person_page.PAGE, args=[customer.pk])}#owner"


def _page(
    model_admin: Any, request: HttpRequest, customer: Customer, form: forms.Form, heading: str, versions: Any = ()
) -> HttpResponse:
    request.crumb = heading  # type: ignore[attr-defined]
    reader = person.Reader(customer, request.user)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": customer,
        "title": reader.name,
        "heading": heading,
        "reader": reader,
        "form": form,
        "versions": versions,
        "media": model_admin.media + form.media,
        "back": _back(customer),
    }
    return TemplateResponse(request, "customers/owners/wechat.html", context)
