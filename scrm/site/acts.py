from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


def declare() -> None:
    acts.register(demo__emptied=_("demo data emptied"), figures__verified=_("figures worked out anew"))
