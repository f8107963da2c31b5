"""Addresses of commission."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from campaigns.admin.commission import (
    adjusting_page,
    closing_page,
    entry_page,
    holds_page,
    performance,
    statement_sheet,
)


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("performance/", view(performance.page), name="campaigns_performance"),
        path("performance/statement/", view(statement_sheet.download), name="campaigns_statement"),
        path("performance/close/", view(closing_page.close), name="campaigns_close_month"),
        path("performance/held/", view(holds_page.page), name="campaigns_holds"),
        path("performance/held/<int:pk>/", view(holds_page.decide), name="campaigns_hold"),
        path("performance/adjust/<int:pk>/", view(adjusting_page.adjust), name="campaigns_adjust"),
        path("performance/entries/<int:pk>/", view(entry_page.page), name="campaigns_entry"),
        path("performance/entries/<int:pk>/hold/", view(entry_page.hold), name="campaigns_entry_hold"),
    ]
