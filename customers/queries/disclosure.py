"""What one employee may read of a person: full numbers, sensitive fields, or their masks."""

from typing import Any

from customers.models import Customer
from scrm.kit import phones
from scrm.staff.choices import Role

FULL_PHONE = "customers.see_full_phone"


def sees_full_phones(employee: Any) -> bool:
    """Numbers inside names in full in lists, any number on tap, search by parts of one. Never an agency, whatever was
    granted."""
    return employee.role != Role.AGENCY and employee.has_perm(FULL_PHONE)


def may_reveal(employee: Any, customer: Customer) -> bool:
    """One number on tap: with the right, anyone's inside the scope; a consultant, her own customers'."""
    if employee.role == Role.AGENCY:
        return False
    return sees_full_phones(employee) or customer.owner_id == employee.pk


def sees_sensitive(employee: Any) -> bool:
    """Values of custom fields marked sensitive go with the full-phone right."""
    return sees_full_phones(employee)


def text_for(full: bool, text: str) -> str:
    """Free text (names, notes, addresses, columns of a sheet) with the numbers in it masked unless `full`."""
    return text if full else phones.mask_in_text(text)


def phone_for(full: bool, phone: str) -> str:
    return phone if full else phones.mask(phone)


def stranger_name(name: str) -> str:
    """王*娟, 王*; what someone outside the scope may read of a name."""
    plain = phones.mask_in_text(name.strip())
    if len(plain) <= 1:
        return "*" if plain else ""
    return f"{plain[0]}*{plain[-1]}" if len(plain) > 2 else f"{plain[0]}*"
