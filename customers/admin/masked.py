"""Names that came in with sheets, of tags, channels and products: a phone number in one is masked wherever it is only
read. Who may change the name sees it in the form."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display


class MaskedName:
    """Mixin of a ModelAdmin, first in the bases: `named` stands for the column and the field "name"."""

    @display(description=_("name"), ordering="name")
    def named(self, row: Any) -> str:
        return str(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)  # type: ignore[misc]
        if obj is None or self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return fields
        return ["named" if name == "name" else name for name in fields]
