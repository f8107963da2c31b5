"""Addresses of an employee's own page, of posters and codes."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from campaigns.admin.mine import acts, link, page
from campaigns.admin.posters import inviting, zips


def urls(site: AdminSite) -> list[URLPattern]:
    view = site.admin_view
    return [
        path("campaigns/mine/", view(page.page), name="campaigns_mine"),
        path("campaigns/mine/tasks/<int:pk>/", view(acts.step), name="campaigns_mine_step"),
        path("campaigns/mine/materials/<int:pk>/", view(acts.pass_on), name="campaigns_mine_pass_on"),
        path("campaigns/mine/links/<int:pk>/", view(link.page), name="campaigns_mine_link"),
        path("campaigns/mine/links/<int:pk>/told/", view(acts.tell), name="campaigns_mine_tell"),
        path("campaigns/links/<int:pk>/qr/", view(link.code), name="campaigns_link_qr"),
        path("campaigns/invite/<int:pk>/", view(inviting.invite), name="campaigns_invite"),
        path("campaigns/posters/<int:pk>/", view(zips.choose), name="campaigns_posters"),
        path("campaigns/posters/jobs/<int:pk>/", view(zips.job), name="campaigns_posters_job"),
    ]
