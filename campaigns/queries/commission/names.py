"""What somebody who is paid is called on screen; a customer with her number's tail, masked."""

from collections.abc import Iterable

from campaigns.paying_keys import Person
from customers.models import Customer
from scrm.staff.models import Employee


def names_of(people: Iterable[Person]) -> dict[Person, str]:
    """Two queries."""
    asked = set(people)
    employees = Employee.objects.in_bulk({who.employee for who in asked if who.employee is not None})
    customers = Customer.everyone.in_bulk({who.promoter for who in asked if who.promoter is not None})
    return {
        who: str(employees[who.employee]) if who.employee is not None else customers[who.promoter].name_and_tail
        for who in asked
        if who.employee in employees or who.promoter in customers
    }
