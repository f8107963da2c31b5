from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "scrm.site"
    label = "site"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from scrm.site import acts, schedules

        acts.declare()
        post_migrate.connect(schedules.synchronise, sender=self, dispatch_uid="site.schedules")
