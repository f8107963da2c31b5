"""What they hold: coupons so far; points, tiers and rewards come with a later issue."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    verbose_name = _("Loyalty")

    def ready(self) -> None:
        from loyalty import acts, grants
        from loyalty.admin import panel
        from loyalty.queries import timeline
        from loyalty.services import people

        acts.declare()
        grants.declare()
        people.register()
        timeline.register()
        panel.register()
