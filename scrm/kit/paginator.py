"""A paginator that never counts a million rows for a page of fifty."""

from functools import cached_property

from django.core.paginator import Paginator

CAP = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most CAP rows. Where there are more, `capped` is true, the page shows "10,000+" and the
    pages end at the CAP-th row: nobody turns two hundred pages, they search."""

    @cached_property
    def counted(self) -> int:
        rows = self.object_list
        if not hasattr(rows, "query"):
            return len(rows)
        return int(rows.order_by()[: CAP + 1].count())  # type: ignore[attr-defined]

    @property
    def count(self) -> int:  # type: ignore[override]
        return min(self.counted, CAP)

    @property
    def capped(self) -> bool:
        return self.counted > CAP
