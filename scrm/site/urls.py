from django.urls import URLPattern, path

from scrm.site import language

urlpatterns: list[URLPattern] = [
    path("language/", language.choose, name="site_language"),
]
