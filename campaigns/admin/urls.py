"""Addresses beside those of the models; the desk mounts them."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern

from campaigns.admin.board.urls import urls as board
from campaigns.admin.commission.urls import urls as commission
from campaigns.admin.mine.urls import urls as mine


def urls(site: AdminSite) -> list[URLPattern]:
    return [*board(site), *commission(site), *mine(site)]
