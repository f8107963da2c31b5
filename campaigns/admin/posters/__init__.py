"""海报素材: templates of posters, what is passed on, and the personas it is written for."""

from campaigns.admin.posters import admin, materials, personas

__all__ = ["admin", "materials", "personas"]
