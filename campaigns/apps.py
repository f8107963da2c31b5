"""What we do with them and what it brought."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from campaigns import acts, files, grants
        from campaigns.admin import customer_panel, leaving
        from campaigns.admin.posters import inviting
        from campaigns.queries import agency, timeline, traces
        from campaigns.services import arriving, erasing, handing_on, moving
        from campaigns.services.crediting import work
        from campaigns.services.crediting.listeners import credited_listeners
        from campaigns.services.drawing import bundling
        from campaigns.services.paying import orders, settling
        from customers.services.visit_listeners import visit_listeners
        from loyalty.services.listeners import use_listeners

        acts.declare()
        grants.declare()
        files.register()
        bundling.register()
        moving.register()
        erasing.register()
        handing_on.register()
        agency.register()
        work.register()
        orders.register()
        credited_listeners.register("commission", settling.settle)
        visit_listeners.register("campaigns", arriving.look_again)
        use_listeners.register("campaigns", arriving.look_again)
        timeline.register()
        traces.register()
        customer_panel.register()
        inviting.register()
        leaving.register()
