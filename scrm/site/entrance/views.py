"""Login links and the password that follows one. Nothing here is cached, and no GET changes anything."""

from django.contrib import admin, messages
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from scrm.kit import audit, phones
from scrm.kit.errors import Refused
from scrm.site.entrance import MUST_CHOOSE
from scrm.site.entrance.forms import ChoosePasswordForm
from scrm.site.models import DemoShop
from scrm.staff.choices import Role
from scrm.staff.services import login_links


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and leaves the link unused: WeChat opens every link it is sent. POST uses it."""
    try:
        if request.method != "POST":
            link = login_links.look_up(token)
            return _page(request, "admin/enter.html", {"title": _("Log in"), "employee": link.employee})
        employee = login_links.redeem(token)
    except Refused as refusal:
        context = {"title": _("This login link does not work"), "refusal": refusal}
        return _page(request, "admin/enter_refused.html", context, status=410)
    login(request, employee, backend="scrm.staff.backends.RoleBackend")
    if DemoShop.objects.exists():
        # Whoever looks at the demo wants to see it, not to think of a password.
        messages.info(
            request, _("This is the demo shop. Set a password under your name to come back without a link.")
        )
        return redirect("admin:index")
    request.session[MUST_CHOOSE] = True
    return redirect("admin:choose_password")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest) -> HttpResponse:
    """For whoever came by a link, or has no password yet; anyone else is asked for the old one."""
    if not request.user.is_authenticated:
        return redirect("admin:index")
    if not request.session.get(MUST_CHOOSE) and request.user.has_usable_password():
        return redirect("admin:password_change")
    form = ChoosePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        request.session.pop(MUST_CHOOSE, None)
        audit.record("staff.password", by=request.user, on=request.user)
        messages.success(request, _("Saved. From now on, log in with your phone number and this password."))
        return redirect("admin:index")
    # No answer to an agency account holds a whole number, not even its own.
    masked = phones.mask(request.user.phone) if request.user.role == Role.AGENCY else ""
    context = {"title": _("Choose a password"), "form": form, "shown_phone": masked}
    return _page(request, "admin/choose_password.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    shell = admin.site.each_context(request) | {"has_permission": False} | context
    response = TemplateResponse(request, template, shell, status=status)
    # The address holds the token; Referrer-Policy stays "same-origin", since with "no-referrer" a browser
    # posts the form with "Origin: null" and CSRF protection refuses it.
    response["X-Robots-Tag"] = "noindex"
    return response
