from axes.models import AccessAttempt
from django.db import transaction

from scrm.kit import audit
from scrm.staff.models import Employee
from scrm.staff.queries import locks


@transaction.atomic
def unlock(employees: list[Employee], *, by: Employee) -> int:
    """Forgets the failed logins of these people, at every address; one audit row for each person who had any.
    Returns how many people that were."""
    names = {locks.spelled(employee.phone): employee for employee in employees}
    found = AccessAttempt.objects.filter(username__in=names)
    freed = sorted(set(found.order_by().values_list("username", flat=True)))
    found.delete()
    for name in freed:
        audit.record("staff.unlock", by=by, on=names[name])
    return len(freed)
