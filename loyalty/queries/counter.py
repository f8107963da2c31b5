"""What else concerns whoever stands at the counter with a coupon."""

from typing import Any

from django.db.models import Q

from customers.choices import AppointmentState
from customers.models import Appointment, Customer
from scrm.kit import clock


def visits_today(customer: Customer, employee: Any) -> list[Appointment]:
    """Her appointments of today that wait: in the employee's own store, and what she sees anyway."""
    rows = Appointment.objects.filter(customer=customer, state=AppointmentState.BOOKED).on(clock.today())
    seen = Q(pk__in=Appointment.objects.visible_to(employee).filter(customer=customer).order_by().values("pk"))
    if employee.department_id is not None:
        seen |= Q(store=employee.department_id)
    return list(rows.filter(seen).select_related("service").order_by("starts_at", "pk"))
