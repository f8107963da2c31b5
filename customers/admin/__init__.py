"""The customers app in the admin: a file per noun; workflow views live outside the ModelAdmin."""

from customers.admin import people

__all__ = ["people"]
