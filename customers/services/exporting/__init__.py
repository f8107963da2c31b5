"""Rows that leave the house as a sheet: asked for, frozen, written by a job in slices, fetched by whoever asked."""
