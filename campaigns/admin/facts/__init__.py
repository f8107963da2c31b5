"""The rows behind the figures of campaigns, to be read: leads, recommendations, orders, shares of them."""
