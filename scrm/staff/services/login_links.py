"""One-time login links: how someone without a password gets in. Only a hash is stored; the link is shown
once."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from scrm.kit import audit, clock
from scrm.kit.errors import Refused
from scrm.staff.models import Employee, LoginLink

LIFETIME = timedelta(days=7)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(employee: Employee, *, by: Employee | None) -> str:
    """Makes a link and returns its whole address, which cannot be had a second time. Open links of the same
    person become void. Raises Refused("login_link.inactive") for someone who left."""
    # Two at once: the second must see, and void, the first.
    current = Employee.objects.select_for_update().get(pk=employee.pk)
    if not current.is_active:
        raise Refused(
            "login_link.inactive", _("This person no longer works here. Reactivate the account first.")
        )
    now = clock.now()
    revoke(current)
    token = secrets.token_urlsafe(32)
    LoginLink.objects.create(employee=current, token_hash=_hash(token), made_by=by, expires_at=now + LIFETIME)
    audit.record("login_link.issue", by=by, on=current)
    return settings.PUBLIC_URL + reverse("admin:enter", args=[token])


def revoke(employee: Employee) -> int:
    """Voids the open links of one person; returns how many."""
    return LoginLink.objects.filter(employee=employee, used_at=None, revoked_at=None).update(
        revoked_at=clock.now()
    )


def look_up(token: str) -> LoginLink:
    """The open link, untouched: a preview robot that opens it must not use it up. Raises Refused with code
    login_link.unknown, .used, .revoked, .expired or .inactive and a sentence that says what to do."""
    link = LoginLink.objects.select_related("employee").filter(token_hash=_hash(token)).first()
    if link is None:
        raise Refused("login_link.unknown", _("This login link is not complete or was never issued."))
    if link.used_at is not None:
        raise Refused("login_link.used", _("This login link has been used; each one works once."))
    if link.revoked_at is not None:
        raise Refused("login_link.revoked", _("This login link is void: a newer one was issued."))
    if link.expires_at <= clock.now():
        raise Refused("login_link.expired", _("This login link has expired; it was valid for 7 days."))
    if not link.employee.is_active:
        raise Refused("login_link.inactive", _("This account has been deactivated."))
    return link


@transaction.atomic
def redeem(token: str) -> Employee:
    """Uses the link up and returns whose it is. Of two at once, one is Refused("login_link.used")."""
    link = look_up(token)
    if not LoginLink.objects.filter(pk=link.pk, used_at=None, revoked_at=None).update(used_at=clock.now()):
        raise Refused("login_link.used", _("This login link has been used; each one works once."))
    audit.record("login_link.redeem", by=link.employee, on=link.employee)
    return link.employee
