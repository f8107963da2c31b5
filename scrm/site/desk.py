"""The admin site of the house: unfold's, with our way in and without other people's lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from unfold.sites import UnfoldAdminSite

from scrm.site import navigation, palette, status
from scrm.site.demo import page as demo
from scrm.site.entrance import views as entrance

# Their tables are shown, where they matter, on pages of our own (roles, locks, system status).
NOT_OURS = {"auth", "axes", "django_q"}


class Desk(UnfoldAdminSite):
    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Admins of third-party apps are left out: they are plain Django, in English, and open too much."""
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        ours = [model for model in models if model._meta.app_label not in NOT_OURS]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # Here and not above: its admins register themselves at this very site.
        from campaigns.admin.urls import urls as campaigns
        from customers.admin import looks_page  # registers itself with this very site
        from customers.admin.owners.urls import urls as owners
        from loyalty.admin.urls import urls as loyalty
        from scrm.staff.admin import me

        return [
            *owners(self),
            *loyalty(self),
            *campaigns(self),
            path("enter/<str:token>/", entrance.enter, name="enter"),
            path("choose-password/", entrance.choose_password, name="choose_password"),
            path("me/", self.admin_view(me.page), name="staff_me"),
            path("settings/", self.admin_view(navigation.settings_page), name="site_settings"),
            path("looks/", self.admin_view(looks_page.page), name="site_looks"),
            path("status/", self.admin_view(status.page), name="site_status"),
            path("empty-demo/", self.admin_view(demo.empty), name="site_empty_demo"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing shows it, and for every page it would ask every admin who may do what."""
        return []

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return palette.search(request)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """The sidebar is the list of what there is; a second one by Django's apps would say it in other
        words."""
        return redirect("admin:index")
