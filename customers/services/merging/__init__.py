"""Two records that are one person: plan, confirm, do, undo."""
