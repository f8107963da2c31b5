"""Pages about the system itself, for the owner."""

from scrm.site.admin import audit, jobs

__all__ = ["audit", "jobs"]
