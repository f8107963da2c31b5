"""What each role may do with what customers hold (docs/roles.md)."""

from scrm.staff.choices import Role
from scrm.staff.roles import grant

HEAD_OFFICE = [Role.OWNER, Role.OPERATOR]
SHOP = [*HEAD_OFFICE, Role.MANAGER, Role.EMPLOYEE]


def declare() -> None:
    grant(SHOP, "loyalty.view_coupon", "loyalty.view_coupongrant", "loyalty.use_coupongrant")
    grant(HEAD_OFFICE, "loyalty.add_coupon", "loyalty.change_coupon", "loyalty.add_coupongrant", "loyalty.change_coupongrant")
