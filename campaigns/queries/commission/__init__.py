"""What was earned: statements, one person's own page, where an amount came from, whether the books are right."""
