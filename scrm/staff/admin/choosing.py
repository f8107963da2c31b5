"""Drop-downs of colleagues and stores, for people who may not open the accounts themselves."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest


class ChoosableMixin:
    """First in the bases. Lets `staff.choose_colleague` search in drop-downs; lists and pages stay closed."""

    def choosable(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows a drop-down may offer."""
        raise NotImplementedError

    def is_drop_down(self, request: HttpRequest) -> bool:
        return request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.is_drop_down(request) and request.user.has_perm("staff.choose_colleague"):  # type: ignore[union-attr]
            return True
        return super().has_view_permission(request, obj)  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if self.is_drop_down(request):
            return self.choosable(request).order_by(*self.get_ordering(request))  # type: ignore[attr-defined]
        return super().get_queryset(request)  # type: ignore[misc]
