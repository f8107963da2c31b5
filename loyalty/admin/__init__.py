from loyalty.admin import coupons, grants

__all__ = ["coupons", "grants"]
