from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


def declare() -> None:
    acts.register(
        staff__add=_("employee added"),
        staff__role=_("role changed"),
        staff__deactivate=_("account deactivated"),
        staff__reactivate=_("account reactivated"),
        staff__unlock=_("login unlocked"),
        staff__password=_("password chosen after a login link"),
        login_link__issue=_("login link made"),
        login_link__redeem=_("logged in by login link"),
    )
