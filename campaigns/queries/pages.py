"""The shop's own page of a link: whether it stands open, and to whom it belongs."""

from enum import StrEnum

from campaigns.choices import CampaignState, Landing
from campaigns.models import LandingPage, Link
from campaigns.models.links import CODE_LENGTH
from scrm.kit import clock, codes
from scrm.staff.choices import Role
from scrm.staff.models import Employee


class Standing(StrEnum):
    OPEN = "open"
    SOON = "soon"  # agreed to begin, on a day that has not come
    OVER = "over"
    CLOSED = "closed"  # nobody may fill it in for now
    NONE = "none"  # nothing anybody outside should hear of


def link_of(code: str) -> Link | None:
    """With everything its page shows, in one query; None for a code that is none."""
    if not codes.is_code(code, CODE_LENGTH):
        return None
    rows = Link.objects.select_related("campaign__page__coupon__product", "employee__department", "customer", "channel")
    return rows.filter(code=code).first()


def page_of(link: Link) -> LandingPage | None:
    return getattr(link.campaign, "page", None)


def standing(link: Link) -> Standing:
    campaign, page, today = link.campaign, page_of(link), clock.today()
    if page is None or campaign.landing != Landing.PAGE or campaign.state == CampaignState.DRAFT:
        return Standing.NONE
    if campaign.state in (CampaignState.ENDED, CampaignState.SETTLED) or (campaign.ends_on and campaign.ends_on < today):
        return Standing.OVER
    if campaign.state == CampaignState.SCHEDULED or (campaign.starts_on and campaign.starts_on > today):
        return Standing.SOON
    return Standing.OPEN if page.is_open else Standing.CLOSED


def host_of(link: Link) -> Employee | None:
    """Whose page it is for those who come by it: nobody's once she has left; an agency is no face of the shop."""
    employee = link.employee
    if employee is None or not employee.is_active or employee.role == Role.AGENCY:
        return None
    return employee
