"""The way in: login by phone, one-time links, the lock after five failures, choosing a password."""

# In the session from the moment a link is redeemed until a password is chosen.
MUST_CHOOSE = "choose_password"
