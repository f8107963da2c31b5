from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "scrm.staff"
    label = "staff"
    verbose_name = _("Staff and stores")

    def ready(self) -> None:
        from scrm.staff import acts, grants, roles
        from scrm.staff.services import wechat_qr

        acts.declare()
        grants.declare()
        wechat_qr.register()
        post_migrate.connect(roles.after_migrate, dispatch_uid="staff.roles")
