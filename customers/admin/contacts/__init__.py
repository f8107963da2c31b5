"""Being in touch, in the admin: today's list, follow-ups, appointments, feelings."""

from customers.admin.contacts import appointments, feedback, follow_ups, today, touchpoints

__all__ = ["appointments", "feedback", "follow_ups", "today", "touchpoints"]
