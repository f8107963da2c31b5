"""The form of a campaign: one page, in the order in which one thinks of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from campaigns import destinations
from campaigns.admin.campaigns import days as dates
from campaigns.admin.campaigns import fields
from campaigns.choices import Basis, CampaignKind, CampaignState, Landing, Model, PrimaryMetric
from campaigns.models import Campaign, PayRule
from campaigns.queries import workers
from campaigns.services import assigning, setting_up
from customers.admin.owners.forms import TakerField
from customers.admin.person_fields import DayInput
from customers.models import Channel, Product
from scrm.staff.models import Department, Employee
from scrm.staff.queries import colleagues

RATE, FIXED, NONE = "rate", "fixed", "none"
PAYS = [(RATE, _("per cent of the order")), (FIXED, _("a sum for each order")), (NONE, _("no commission"))]
# Written as they stand, under the names of the model.
COLUMNS = (
    "name", "kind", "primary_metric", "audience", "starts_on", "ends_on", "landing", "target_url", "mini_path", "nobody_too",
    "budget_fen", "pay_basis", "pay_model", "pay_wins", "view_days", "scan_days", "referral_days", "in_charge", "note",
)  # fmt: skip
TARGETS = ("target_leads", "target_referrals", "target_orders", "target_fen")
PAY = ("pay", "rate", "fixed")
# The headings of the form, each with its fields; who works on it is drawn as a tree between them.
PARTS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("what", _("What it is"), ("name", "kind", "audience", "primary_metric")),
    ("dates", _("From when to when"), ("starts_on", "ends_on")),
    ("landing", _("Where its links lead"), ("landing", "target_url", "mini_path")),
    ("sells", _("What it sells"), ("products",)),
    ("channels", _("By which channels"), ("channels", "new_channels")),
    ("people", _("Who passes it on"), ("nobody_too",)),
    ("targets", _("What is expected of each of them"), (*TARGETS, "deadline")),
    ("money", _("Budget and commission"), ("budget_fen", *PAY, "pay_basis")),
    ("more", _("More settings"), ("pay_wins", "pay_model", "view_days", "scan_days", "referral_days", "in_charge", "note")),
)


def days() -> forms.DateField:
    said = {"invalid": _("Enter a date, for example 2024-05-01.")}
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=DayInput(), error_messages=said)


class CampaignForm(forms.Form):
    name = fields.text(80, _("Such as: autumn facial week"), label=_("name"))
    kind = fields.chips(CampaignKind.choices, label=_("kind"), initial=CampaignKind.LINK)
    audience = fields.text(200, _("Such as: regulars who have not come for 3 months"), label=_("whom it is for"), required=False)
    primary_metric = fields.chips(PrimaryMetric.choices, label=_("judged by"), initial=PrimaryMetric.REVENUE)
    starts_on, ends_on = days(), days()
    landing = fields.chips(Landing.choices, label=_("links lead to"), initial=Landing.PAGE)
    target_url = fields.text(500, "https://", label=_("address"), required=False)
    mini_path = fields.text(200, "pages/goods/detail?id=12", label=_("page of the mini-program"), required=False)
    products = forms.ModelMultipleChoiceField(
        Product.objects.none(), label=_("products"), required=False,
        help_text=_("For the margin and the number of orders that pays for it."),
    )  # fmt: skip
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label=_("channels of origin"), required=False, widget=fields.ChipsMany
    )
    new_channels = fields.text(200, _("Such as: Moments, flyers"), label=_("Others, separated by 、 or a comma"), required=False)
    nobody_too = forms.BooleanField(
        label=_("also links that are nobody's"), required=False,
        help_text=_("For the counter, leaflets, the shop's own account."),
    )  # fmt: skip
    employees = forms.ModelMultipleChoiceField(Employee.objects.none(), required=False)
    departments = forms.ModelMultipleChoiceField(Department.objects.none(), required=False)
    target_leads = fields.WholeField(label=_("leads"))
    target_referrals = fields.WholeField(label=_("brought by customers"))
    target_orders = fields.WholeField(label=_("orders"))
    target_fen = fields.MoneyField(label=_("net revenue (yuan)"), required=False)
    deadline = days()
    budget_fen = fields.MoneyField(label=_("Budget (yuan)"), required=False)
    pay = fields.chips(PAYS, label=_("What an order pays"), initial=RATE)
    rate = fields.PercentField(label=_("per cent"))
    fixed = fields.MoneyField(label=_("yuan for each order"), required=False)
    pay_basis = fields.chips(
        [(Basis.CREDIT, _("whose link it was")), (Basis.SERVED, _("who served"))], label=_("paid to"), initial=Basis.CREDIT
    )
    pay_wins = fields.chips(
        [(Basis.CREDIT, _("whose link it was")), (Basis.SERVED, _("who served"))],
        label=_("where both claim an order, it goes to"), initial=Basis.CREDIT,
    )  # fmt: skip
    pay_model = forms.ChoiceField(label=_("credit by"), choices=Model.choices, widget=UnfoldAdminSelectWidget, initial=Model.LAST)
    view_days = fields.WholeField(label=_("a view counts for (days)"))
    scan_days = fields.WholeField(label=_("a scan or new contact counts for (days)"))
    referral_days = fields.WholeField(label=_("a recommendation counts for (days)"))
    in_charge: Any = TakerField(Employee.objects.none(), label=_("in charge"), required=False)
    note = forms.CharField(
        label=_("note"), required=False, max_length=2_000, widget=UnfoldAdminTextareaWidget({"rows": 2})
    )

    def __init__(self, data: Any, *, viewer: Any, campaign: Campaign | None) -> None:
        super().__init__(data, initial=initial_of(campaign, viewer))
        self.viewer, self.campaign = viewer, campaign
        self.state = CampaignState(campaign.state) if campaign else CampaignState.DRAFT
        shown: Any = self.fields
        for name, label in (("starts_on", _("first day")), ("ends_on", _("last day")), ("deadline", _("until"))):
            shown[name].label = label
        shown["ends_on"].help_text = _("Empty: it goes on until you end it.")
        shown["deadline"].help_text = _("Empty: the last day of the campaign.")
        shown["products"].queryset = Product.objects.all()
        shown["products"].widget = fields.LookedUpMany(Campaign._meta.get_field("products"), admin.site)
        shown["products"].widget.choices = shown["products"].choices
        there = campaign.channels.all() if campaign else Channel.objects.none()
        shown["channels"].queryset = (Channel.objects.filter(is_active=True) | there).distinct().order_by("name")
        shown["departments"].queryset = colleagues.stores_choosable_by(viewer)
        now = Q(pk=campaign.in_charge_id if campaign else None)
        reach = colleagues.choosable_by(viewer).order_by().values("pk")
        shown["in_charge"].queryset = Employee.objects.filter(now | Q(pk__in=reach)).order_by("name", "id")
        for name, field in shown.items():
            field.disabled = self._is_fixed(name)
        # Who has left in the meantime stands in what is fixed, and cannot be chosen.
        fixed = shown["employees"].disabled
        shown["employees"].queryset = Employee.objects.all() if fixed else workers.assignable_by(viewer)

    def _is_fixed(self, name: str) -> bool:
        if name in PAY:
            return self.state != CampaignState.DRAFT
        return setting_up.is_fixed(self.state, name)

    def parts(self) -> list[tuple[str, Any, list[Any]]]:
        return [(key, title, [self[name] for name in names]) for key, title, names in PARTS]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = Campaign.objects.filter(name=name)
        if self.campaign is not None:
            same = same.exclude(pk=self.campaign.pk)
        if same.exists():
            raise forms.ValidationError(_("There is a campaign of this name already. Add the month, or the place."))
        return name

    def clean_target_url(self) -> str:
        url: str = self.cleaned_data["target_url"].strip()
        if url and not destinations.is_address(url):
            raise forms.ValidationError(_("Write a whole address that begins with https://."))
        if url and destinations.leads_back(url):
            raise forms.ValidationError(_("The address is one of our own links. Write where it leads instead."))
        return url

    def clean_mini_path(self) -> str:
        path: str = self.cleaned_data["mini_path"].strip()
        if path and not destinations.is_page(path):
            raise forms.ValidationError(_("Write it as the mini-program does: pages/goods/detail?id=12, without a / in front."))
        return path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, said in list(dates.wrong(cleaned, self.changed_data)):
            self.add_error(name, said)
        for pay, part in ((RATE, "rate"), (FIXED, "fixed")):
            if cleaned.get("pay") == pay and not cleaned.get(part) and part not in self.errors and not self.fields[part].disabled:
                self.add_error(part, _("Write how much, or choose “no commission”."))
        for name, usual in WINDOWS.items():
            cleaned[name] = cleaned.get(name) or usual
            if cleaned[name] > 365:
                self.add_error(name, _("A year at most: 365."))
        return cleaned

    # --- what the services are given

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COLUMNS}

    def pay_said(self) -> setting_up.Pay:
        data = self.cleaned_data
        if data["pay"] == RATE:
            return setting_up.Pay(rate_bp=data["rate"])
        return setting_up.Pay(fixed_fen=data["fixed"]) if data["pay"] == FIXED else setting_up.Pay()

    def people(self) -> setting_up.People:
        data = self.cleaned_data
        wanted = assigning.Targets(*(data[name] for name in TARGETS))
        changed = bool({*TARGETS, "deadline"} & set(self.changed_data))
        return setting_up.People(
            list(data["employees"]), list(data["departments"]), wanted, data["deadline"],
            for_all=self.campaign is None or changed,
        )  # fmt: skip

    def channel_names(self) -> list[str]:
        return [name for name in self.cleaned_data["new_channels"].replace("，", "、").replace(",", "、").split("、") if name.strip()]


WINDOWS = {"view_days": 7, "scan_days": 30, "referral_days": 90}


def initial_of(campaign: Campaign | None, viewer: Any) -> dict[str, Any]:
    if campaign is None:
        return {**WINDOWS, "in_charge": viewer.pk}
    standing = list(campaign.assignments.standing().order_by("pk"))
    rule = PayRule.objects.filter(campaign=campaign, is_active=True).first()
    pay = NONE if rule is None else (RATE if rule.rate_bp is not None else FIXED)
    first = {name: getattr(standing[0], name) for name in (*TARGETS, "deadline")} if standing else {}
    return {
        **{name: getattr(campaign, name) for name in COLUMNS if name != "in_charge"},
        "in_charge": campaign.in_charge_id,
        "products": [product.pk for product in campaign.products.all()],
        "channels": [channel.pk for channel in campaign.channels.all()],
        "employees": [one.employee_id for one in standing],
        "pay": pay, "rate": rule.rate_bp if rule else None, "fixed": rule.fixed_fen if rule else None,
        **first,
    }  # fmt: skip
