"""Addresses of the boards; the desk mounts them."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from campaigns.admin.board import all_page, page, picture, sheet


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("campaigns/board/", view(all_page.all_campaigns), name="campaigns_board"),
        path("campaigns/board/<int:pk>/", view(page.page), name="campaigns_board_one"),
        path("campaigns/board/<int:pk>/picture/", view(picture.show), name="campaigns_board_picture"),
        path("campaigns/board/<int:pk>/picture.png", view(picture.png), name="campaigns_board_png"),
        path("campaigns/board/<int:pk>/board.xlsx", view(sheet.xlsx), name="campaigns_board_xlsx"),
    ]
