from campaigns.models.campaigns import Assignment, Campaign, CampaignCost
from campaigns.models.commission import (
    BookCheck,
    ClosedMonth,
    CommissionEntry,
    CommissionHold,
    PayRule,
    Receipt,
)
from campaigns.models.credits import Conversion, Credit, OrderWork, Place
from campaigns.models.links import Link, OriginHour, Touch, TouchReading, Visitor
from campaigns.models.materials import Material, PassOn, Persona, Poster
from campaigns.models.pages import Binding, LandingPage, Participation, Referral
from campaigns.models.rollups import ArrivalWork, BoardCredit, BoardDay, BoardWork
from campaigns.models.rules import Rules

__all__ = [
    "ArrivalWork",
    "Assignment",
    "Binding",
    "BoardCredit",
    "BoardDay",
    "BoardWork",
    "BookCheck",
    "Campaign",
    "CampaignCost",
    "ClosedMonth",
    "CommissionEntry",
    "CommissionHold",
    "Conversion",
    "Credit",
    "LandingPage",
    "Link",
    "Material",
    "OrderWork",
    "OriginHour",
    "Participation",
    "PassOn",
    "PayRule",
    "Persona",
    "Place",
    "Poster",
    "Receipt",
    "Referral",
    "Rules",
    "Touch",
    "TouchReading",
    "Visitor",
]
