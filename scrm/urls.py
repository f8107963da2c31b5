from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from scrm.kit import files

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index", permanent=False)),
    path("", include("scrm.site.urls")),
    path("", include("campaigns.public.urls")),
    path("files/<slug:kind>/<int:pk>/", files.download, name="private_file"),
    path("admin/", admin.site.urls),
]
