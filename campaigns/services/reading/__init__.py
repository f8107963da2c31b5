"""Touches are only stored when they happen; what each counts as is read from them here, a slice at a time."""

from campaigns.services.reading.again import dates_changed
from campaigns.services.reading.again import step as step_again
from campaigns.services.reading.slices import step, waits

__all__ = ["dates_changed", "step", "step_again", "waits"]
