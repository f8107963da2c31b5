from django.urls import URLPattern, path

from campaigns.public import links, pages, pictures, thanks

urlpatterns: list[URLPattern] = [
    # Whatever stands behind it: a stranger who mistyped is answered by our own page.
    path("l/<path:code>", links.open_link, name="link"),
    path("p/<str:code>/", pages.landing, name="landing_page"),
    path("p/<str:code>/thanks/", thanks.page, name="landing_thanks"),
    path("p/<str:code>/picture/", pictures.picture, name="landing_picture"),
    path("p/<str:code>/wechat/", pictures.wechat, name="landing_wechat"),
]
