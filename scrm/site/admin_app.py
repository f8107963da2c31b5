from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """django.contrib.admin with our own site. (In apps.py it would be taken for the app of scrm.site.)"""

    default_site = "scrm.site.desk.Desk"
