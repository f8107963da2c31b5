from django.urls import URLPattern, path

from scrm.site import health, language

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("language/", language.choose, name="site_language"),
]
