"""The customers app in the admin: a file per noun; workflow views live outside the ModelAdmin."""

from customers.admin import channels, fields, imports, people, tags

__all__ = ["channels", "fields", "imports", "people", "tags"]
