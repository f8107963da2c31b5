from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KitConfig(AppConfig):
    name = "scrm.kit"
    label = "kit"
    verbose_name = pgettext_lazy("app", "System")

    def ready(self) -> None:
        from scrm.kit import acts, appendonly
        from scrm.kit.jobs import beginning

        acts.register(setting__created=_("setting added"), setting__changed=_("setting changed"))
        beginning.listen()
        post_migrate.connect(appendonly.install_all, dispatch_uid="kit.appendonly")
