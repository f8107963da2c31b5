from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoShop(models.Model):
    """The one row that says: this base was built by `manage.py demo`, and how. Without it, a base with people
    in it is somebody's own and the demo refuses to touch it."""

    seed = models.IntegerField()
    version = models.PositiveSmallIntegerField()
    # T of the story: every date in it is relative to this day.
    reference_date = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    # None while it is being built, or was interrupted: the next `demo` goes on from there.
    finished_at = models.DateTimeField(null=True)
    # {"customers.customer": 4000, …}: highest ids when it was finished; anything above is the shop's own
    # work.
    marks = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("demo shop")
        verbose_name_plural = _("demo shops")

    def __str__(self) -> str:
        return f"demo {self.reference_date} v{self.version}"
