"""What traces of campaigns are called on the timeline."""

from django.utils.translation import gettext_lazy as _

from customers.queries.timeline_words import event_words


def register() -> None:
    event_words.register("page.submitted", _("Filled in a page"))
