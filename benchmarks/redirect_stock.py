"""What redirect.py compares with: Django without any middleware, a redirect and one plain ORM insert. Settings, addresses
and application in one, for granian to load from this folder."""

import os
import sys
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "redirect_stock"

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from scrm.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "redirect_stock"
TARGET = "https://shop.example.com/item"


def bare(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponseRedirect(TARGET)


def insert(request: HttpRequest, code: str) -> HttpResponse:
    from campaigns.models import Touch

    agent = request.META.get("HTTP_USER_AGENT", "")[:300]
    Touch.objects.create(link_id=1, visitor_key=uuid4(), agent=agent)
    return HttpResponseRedirect(TARGET)


urlpatterns = [path("bare/<str:code>", bare), path("insert/<str:code>", insert)]
application = get_wsgi_application()
