from loyalty.models.coupons import Coupon, CouponGrant

__all__ = ["Coupon", "CouponGrant"]
