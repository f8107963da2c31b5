"""What each role may do with accounts, stores and the log. Declared from `StaffConfig.ready()`."""

from scrm.staff.choices import Role
from scrm.staff.roles import grant


def declare() -> None:
    # Accounts are the owner's alone: whoever may issue a login link may become anyone.
    grant(
        Role.OWNER,
        "staff.view_employee",
        "staff.add_employee",
        "staff.change_employee",
        "staff.view_department",
        "staff.add_department",
        "staff.change_department",
    )
    # Without the looks at phone numbers, which the log keeps for the owner (`AuditEntryAdmin`).
    grant([Role.OWNER, Role.OPERATOR], "kit.view_auditentry", "kit.view_jobrun")
    # Names in a drop-down, without opening the accounts.
    grant([Role.OWNER, Role.OPERATOR, Role.MANAGER], "staff.choose_colleague")
