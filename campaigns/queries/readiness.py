"""What a campaign still lacks before it can go out, in plain words."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns import destinations
from campaigns.choices import Landing
from campaigns.models import Assignment, Campaign, LandingPage, Link, PayRule
from scrm.kit import clock


@dataclass(frozen=True)
class Missing:
    """`part` is the part of the form where it is put right; "page" is the landing page, "no_pay" a question."""

    code: str
    part: str
    words: str


def missing(campaign: Campaign) -> list[Missing]:
    found = [_dates(campaign), _landing(campaign), _metric(campaign), _people(campaign), _pay(campaign)]
    return [one for one in found if one is not None]


def _dates(campaign: Campaign) -> Missing | None:
    if campaign.starts_on is None:
        return Missing("dates.first", "dates", _("Say on which day it begins."))
    if campaign.ends_on is not None and campaign.ends_on < clock.today():
        return Missing("dates.past", "dates", _("Its last day is over. Choose a later one."))
    return None


def _landing(campaign: Campaign) -> Missing | None:
    if campaign.landing == Landing.URL:
        if not destinations.is_address(campaign.target_url):
            return Missing("landing.url", "landing", _("Write the address that its links lead to; it begins with https://."))
        if destinations.leads_back(campaign.target_url):
            return Missing("landing.loop", "landing", _("The address is one of our own links. Write where it leads instead."))
    elif campaign.landing == Landing.MINI_PROGRAM:
        if not destinations.is_page(campaign.mini_path):
            words = _("Write the page of the mini-program that its links lead to, such as pages/goods/detail?id=12.")
            return Missing("landing.path", "landing", words)
    elif not LandingPage.objects.filter(campaign=campaign).exists():
        return Missing("landing.page", "page", _("Make the page that its links lead to."))
    return None


def _metric(campaign: Campaign) -> Missing | None:
    if campaign.primary_metric:
        return None
    return Missing("metric", "what", _("Say by what it will be judged."))


def _people(campaign: Campaign) -> Missing | None:
    """Links that were made already are as good as employees: a leaflet needs nobody."""
    if campaign.nobody_too or Assignment.objects.standing().filter(campaign=campaign).exists():
        return None
    if Link.objects.filter(campaign=campaign).exists():
        return None
    words = _("Choose the employees who pass it on, or tick “also links that are nobody's”.")
    return Missing("people", "people", words)


def _pay(campaign: Campaign) -> Missing | None:
    if campaign.no_pay or has_pay(campaign):
        return None
    return Missing("pay", "no_pay", _("No commission is set. Is it meant that nobody is paid for this campaign?"))


def has_pay(campaign: Campaign) -> bool:
    """A rule of its own, one of a product that it sells, or, where who served is paid, the one for any order."""
    of_it = Q(campaign=campaign) | Q(product__in=campaign.products.order_by().values("pk"))
    of_it |= Q(campaign=None, product=None, basis=campaign.pay_basis)
    return PayRule.objects.filter(of_it, is_active=True).exists()
