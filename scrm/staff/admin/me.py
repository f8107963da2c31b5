"""我的: what an employee sets for herself."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scrm.kit import uploads
from scrm.kit.errors import Refused
from scrm.staff.services import wechat_qr

PAGE = "admin:staff_me"


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("My WeChat QR code"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": gettext_lazy("Choose a picture."),
            "empty": gettext_lazy("This is no picture that can be opened. Choose a JPG, PNG or WebP."),
        },
    )


def page(request: HttpRequest) -> HttpResponse:
    me: Any = request.user
    sent = request.method == "POST"
    if sent and "remove" in request.POST:
        wechat_qr.take_away(me)
        messages.success(request, _("Your QR code is taken away."))
        return redirect(PAGE)
    form = PictureForm(request.POST, request.FILES) if sent else PictureForm()
    if sent and uploads.too_large(request):
        form.add_error("picture", _("The picture is larger than %(limit)d MB.") % {"limit": 10})
    elif sent and form.is_valid():
        try:
            wechat_qr.put(me, form.cleaned_data["picture"])
        except Refused as no:
            form.add_error("picture", str(no))
        else:
            messages.success(request, _("Your QR code is saved. Customers who come by your links see it."))
            return redirect(PAGE)
    context = admin.site.each_context(request) | {"title": _("About me"), "me": me, "form": form}
    return TemplateResponse(request, "admin/staff/me.html", context)
