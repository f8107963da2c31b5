"""Addresses beside those of the models; the desk mounts them."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from customers.admin.owners import handing_over, pool


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("customers/pool/", view(pool.pool), name="customers_pool"),
        path("customers/handover/", view(handing_over.choose), name="customers_handover"),
        path("customers/handover/<int:pk>/", view(handing_over.plan), name="customers_handover_plan"),
        path("customers/handover/jobs/<int:pk>/", view(handing_over.job), name="customers_handover_job"),
        path("customers/handover/done/<int:pk>/", view(handing_over.done), name="customers_handover_done"),
    ]
