"""Addresses beside those of the models; the desk mounts them."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from loyalty.admin import counter


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("counter/", view(counter.page), name="loyalty_counter"),
        path("counter/<str:code>/", view(counter.one), name="loyalty_counter_one"),
        path("counter/<str:code>/use/", view(require_POST(counter.use)), name="loyalty_counter_use"),
        path("counter/<str:code>/order/", view(require_POST(counter.tie)), name="loyalty_counter_tie"),
    ]
