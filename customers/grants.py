"""What each role may do with customers. Whose rows it may do it to is the row scope's affair, not a
permission's."""

from scrm.staff.choices import Role
from scrm.staff.roles import grant

HEAD_OFFICE = [Role.OWNER, Role.OPERATOR]
SHOP = [*HEAD_OFFICE, Role.MANAGER, Role.EMPLOYEE]
SETTINGS = ["tag", "taggroup", "channel", "customfield", "touchpoint"]


def declare() -> None:
    """An agency is granted nothing here: its people come with its campaigns."""
    grant(
        SHOP,
        "customers.view_customer",
        "customers.add_customer",
        "customers.change_customer",
        "customers.tag_customer",
        "customers.view_identity",
        "customers.view_consent",
        "customers.add_consent",
        "customers.view_opening",
        "customers.view_customertag",
        "customers.claim_customer",
        "customers.view_order",
        "customers.add_order",
        "customers.view_product",
        "customers.view_followup",
        "customers.record_followup",
        "customers.view_appointment",
        "customers.book_appointment",
        "customers.view_task",
        "customers.view_feedback",
        "customers.view_relation",
        *(f"customers.view_{noun}" for noun in SETTINGS),
    )
    grant(
        [*HEAD_OFFICE, Role.MANAGER],
        "customers.see_full_phone",
        "customers.assign_customer",
        "customers.change_order",
        "customers.add_refund",
        "customers.export_rows",
        "customers.view_export",
    )
    grant(
        HEAD_OFFICE,
        "customers.archive_customer",
        "customers.run_import",
        "customers.undo_import",
        "customers.view_importbatch",
        "customers.add_importbatch",
        "customers.change_importbatch",
        "customers.view_importrow",
        "customers.view_importmapping",
        "customers.change_importmapping",
        "customers.view_mergecandidate",
        "customers.change_mergecandidate",
        "customers.merge_customer",
        "customers.view_merge",
        "customers.add_product",
        "customers.change_product",
        "customers.see_cost",
        *(f"customers.add_{noun}" for noun in SETTINGS),
        *(f"customers.change_{noun}" for noun in SETTINGS),
    )
    # To erase somebody is to add her identities to the erased ones. There is no undo, so it is the owner's alone.
    grant(Role.OWNER, "customers.erase_customer")
