from scrm.staff.models.departments import Department
from scrm.staff.models.employees import Employee
from scrm.staff.models.links import LoginLink

__all__ = ["Department", "Employee", "LoginLink"]
