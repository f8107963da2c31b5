"""The first page, by role. Every number is counted under the viewer's row scope and leads to the list of exactly those
rows; none looks through a whole table, so that it opens at once at a million customers."""

from scrm.site.home.page import context

__all__ = ["context"]
