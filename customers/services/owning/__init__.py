"""Who looks after whom: given, taken from the pool, shared out, given back; for one person or thousands.

Each act locks its people, asks its condition again, writes an `OwnerChange` for each and one line in the audit log.
More than IN_REQUEST go through `mass`; an employee's customers and open work together through `handing_over`.
"""

from customers.services.owning.acts import IN_REQUEST, Claimed, assign, claim, release, share_out

__all__ = ["IN_REQUEST", "Claimed", "assign", "claim", "release", "share_out"]
