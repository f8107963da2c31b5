"""Orders in the admin: the list, the page to read, giving money back, entering and approving by hand."""

from customers.admin.orders import admin

__all__ = ["admin"]
