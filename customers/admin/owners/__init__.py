"""Who looks after whom, in the admin: the pool, assigning, one person's owner, the hand-over."""
