"""The shop's own pages: made from a template, changed beside a picture of a phone."""

from campaigns.admin.pages import admin

__all__ = ["admin"]
