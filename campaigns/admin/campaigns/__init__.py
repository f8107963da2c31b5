"""Campaigns in the admin: list, page, form, publishing, review; who works on them."""

from campaigns.admin.campaigns import admin, assignments

__all__ = ["admin", "assignments"]
