from tests.campaigns.services.paying.conftest import buy, buyer, campaign, link, sell, sold

__all__ = ["buy", "buyer", "campaign", "link", "sell", "sold"]
