"""Orders: from sheets, and by hand."""
