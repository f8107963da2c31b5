from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scrm.staff.models.employees import Employee


class LoginLink(models.Model):
    """A one-time way in for someone without a password. Only the hash of the token is kept."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="login_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # A newer link took its place, or the employee left.
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("login link")
        verbose_name_plural = _("login links")

    def __str__(self) -> str:
        return f"{self.employee} {self.made_at:%Y-%m-%d}"
