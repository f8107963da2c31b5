"""Campaigns on the first page: the owner sees what earned and what lost, the operator how far each running one is from
paying for itself, a manager who has not begun, a consultant what her links brought and what she may pass on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import AssignmentState, CampaignState
from campaigns.models import Assignment, Campaign
from campaigns.queries import mine, offers
from campaigns.queries.board import standings
from campaigns.queries.board.scoping import Sight
from campaigns.queries.board.standing import BAD, GOOD
from scrm.kit import clock
from scrm.site.home.figures import Figure, link_to
from scrm.staff.choices import Role

# What ended longer ago is told on the board.
LATELY = timedelta(days=90)
ICONS = {GOOD: "trending_up", BAD: "trending_down"}
MOST = 10


def standing(user: Any) -> list[tuple[Figure, bool]]:
    """Each with its sentence, to its board, and whether it loses and nobody has said yet what to do about it. For the
    owner those that ended lately too; what loses stands first."""
    sight = Sight(user)
    if user.role not in (Role.OWNER, Role.OPERATOR) or not sight.board or not sight.money:
        return []
    wanted = Q(state=CampaignState.RUNNING)
    if user.role == Role.OWNER:
        over = [CampaignState.ENDED, CampaignState.SETTLED]
        wanted |= Q(state__in=over, ends_on__gte=clock.today() - LATELY)
    campaigns = list(sight.campaigns.filter(wanted).order_by("-pk")[:MOST])
    said = standings.of(campaigns, sight)
    rows = []
    for one in campaigns:
        sentence, gained = said[one.pk]
        figure = Figure(
            f"campaign-{one.pk}", one.name, gained.net_fen if gained else 0, link_to("admin:campaigns_board_one", one.pk),
            ICONS.get(sentence.tone, "campaign"), shown=sentence.words,
        )  # fmt: skip
        rows.append((figure, sentence.tone == BAD and not one.verdict))
    return sorted(rows, key=lambda row: row[0].icon != ICONS[BAD])


def losing(rows: list[tuple[Figure, bool]]) -> list[Figure]:
    """What the owner has to look at, each named as such."""
    return [
        replace(figure, key=f"losing-{figure.key}", label=_("Losing: %(campaign)s") % {"campaign": figure.label}, todo=True)
        for figure, loses in rows
        if loses
    ]


def not_begun(user: Any) -> list[Figure]:
    """Colleagues of hers whose campaign runs and who have not sent a single link out; to the campaign's board."""
    sight = Sight(user)
    if user.role != Role.MANAGER or not sight.board:
        return []
    waiting = Assignment.objects.filter(
        sight.of(), campaign__in=Campaign.objects.filter(state=CampaignState.RUNNING),
        state__in=[AssignmentState.ASSIGNED, AssignmentState.ACCEPTED],
    )  # fmt: skip
    rows = waiting.order_by("campaign", "employee").select_related("campaign", "employee")[:MOST]
    return [
        Figure(
            f"not-begun-{row.pk}", row.employee.name, 0, link_to("admin:campaigns_board_one", row.campaign_id) + "#employees",
            "hourglass_empty", shown=row.campaign.name,
        )
        for row in rows
    ]  # fmt: skip


def promotion(user: Any) -> list[Figure]:
    """Of whoever passes links on: yesterday's visits, and how much may be posted today. Nothing while no campaign of hers
    runs."""
    page = link_to("admin:campaigns_mine")
    if user.role != Role.EMPLOYEE or not page or not user.has_perm("campaigns.view_link"):
        return []
    running, brought_in = mine.running(user)
    if not running:
        return []
    visits = brought_in.yesterday
    open_to = offers.offers(user, running)
    left = sum(not (offer.sent_today or offer.put_aside) for offer in open_to)
    brought = ngettext("%(n)s visit", "%(n)s visits", visits) % {"n": f"{visits:,}"}
    to_pass_on = ngettext("%(n)s text or picture", "%(n)s texts or pictures", left) % {"n": f"{left:,}"}
    return [
        Figure("links-yesterday", _("My links yesterday"), visits, page, "link", shown=brought),
        Figure("to-pass-on", _("To pass on today"), left, f"{page}#offers", "share", shown=to_pass_on),
    ]
