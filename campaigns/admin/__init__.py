"""Campaigns in the admin. Importing this package registers them."""

from campaigns.admin import campaigns, commission, costs, links, pages, pay_rules, posters, rules, touches
from campaigns.admin.board import orders
from campaigns.admin.facts import leads, sales

__all__ = [
    "campaigns", "commission", "costs", "leads", "links", "orders", "pages", "pay_rules", "posters", "rules", "sales",
    "touches",
]  # fmt: skip
