"""A person's data emptied for good: plan, confirm, do. What it must find is declared by erasers."""
