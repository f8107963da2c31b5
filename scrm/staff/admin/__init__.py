from scrm.staff.admin import departments, employees

__all__ = ["departments", "employees"]
