from typing import Any

from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.forms import AuthenticationForm
from unfold.widgets import INPUT_CLASSES


class LoginForm(AuthenticationForm):
    """By phone number, in whatever spelling: `EmployeeManager.get_by_natural_key` normalises it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.label = _("Phone number")
        # The model's 20 characters are the stored form; "+86 (138) – 0000 – 0001" is longer.
        username.max_length = 60
        username.widget.attrs |= {"maxlength": "60", "inputmode": "tel", "autocomplete": "username"}

    def get_invalid_login_error(self) -> ValidationError:
        """Says how many tries are left. The same for a wrong password and an unknown number: nobody learns
        here who works in this shop."""
        failures = getattr(self.request, "axes_failures_since_start", None) or 0
        left = max(settings.AXES_FAILURE_LIMIT - failures, 0)
        return ValidationError(
            [
                ValidationError(_("The phone number or the password is not right."), code="invalid_login"),
                ValidationError(
                    ngettext(
                        "%(left)d more try, then there is a pause of 15 minutes.",
                        "%(left)d more tries, then there is a pause of 15 minutes.",
                        left,
                    ),
                    code="tries_left",
                    params={"left": left},
                ),
                ValidationError(
                    _("No password yet, or forgotten it? Ask the owner of the shop for a login link."),
                    code="what_next",
                ),
            ]
        )


class ChoosePasswordForm(SetPasswordForm):
    """After a login link: no old password to ask for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(INPUT_CLASSES)
