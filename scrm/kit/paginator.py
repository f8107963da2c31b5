"""A paginator that never counts a million rows for a page of fifty."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

CAP = 10_000


class CappedPaginator(Paginator[Any]):
    """Counts at most CAP rows; `capped` says that there are more, and the page shows "10,000+"."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not hasattr(rows, "query"):
            return super().count
        return int(rows.order_by()[: CAP + 1].count())

    @property
    def capped(self) -> bool:
        return self.count > CAP
