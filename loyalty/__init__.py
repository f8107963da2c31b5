"""What they hold: points, tiers, benefits, coupons. Built by a later issue."""
