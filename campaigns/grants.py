"""What each role may do with campaigns (docs/roles.md). Whose rows it sees is the row scope's affair."""

from scrm.staff.choices import Role
from scrm.staff.roles import grant

HEAD_OFFICE = [Role.OWNER, Role.OPERATOR]
SHOP = [*HEAD_OFFICE, Role.MANAGER, Role.EMPLOYEE]
MADE = ["campaign", "assignment", "link", "landingpage", "material", "persona", "poster", "payrule"]


def declare() -> None:
    grant(
        [*SHOP, Role.AGENCY],
        "campaigns.view_campaign",
        "campaigns.view_link",
        "campaigns.view_touch",
        "campaigns.view_material",
        "campaigns.view_poster",
        # The rows behind the figures, each under its row scope.
        "campaigns.view_participation",
        "campaigns.view_referral",
        "campaigns.view_conversion",
        "campaigns.view_credit",
    )
    grant(
        SHOP,
        "campaigns.view_assignment",
        "campaigns.view_landingpage",
        "campaigns.view_persona",
    )
    grant([*HEAD_OFFICE, Role.MANAGER, Role.AGENCY], "campaigns.see_board")
    grant(
        HEAD_OFFICE,
        *(f"campaigns.{act}_{noun}" for act in ("view", "add", "change") for noun in MADE),
        *(f"campaigns.{act}_campaigncost" for act in ("view", "add", "change")),
        "campaigns.see_money",
        "campaigns.view_rules",
        "campaigns.change_rules",
    )
    # Money of people: the operator sees none of it.
    grant([Role.OWNER, Role.MANAGER, Role.EMPLOYEE], "campaigns.view_commissionentry")
    grant(
        Role.OWNER,
        "campaigns.add_commissionentry",
        "campaigns.view_commissionhold",
        "campaigns.change_commissionhold",
        "campaigns.view_closedmonth",
        "campaigns.add_closedmonth",
    )
