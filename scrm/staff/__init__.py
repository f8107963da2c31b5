"""Who works here: employees, departments and stores, roles, and whose rows each may see."""
