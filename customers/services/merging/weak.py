"""Weak evidence only proposes: two people of one name and one birthday may be one. Never merged by itself."""

from itertools import combinations
from typing import Any

from django.db.models import Count, Max, Min

from customers.models import Customer, MergeCandidate

WHY = "name_birthday"
# A name that more people share with their birthday is a placeholder ("客户", 1 January), no evidence.
MOST = 4
CHUNK = 1_000


def propose_pairs(*, most: int = 10_000) -> int:
    """Opens a candidate for every pair that shares name and full birthday and was not proposed before, settled or
    not. One grouping of the base, then the few people it names; how many are new."""
    living = Customer.objects.exclude(name_key="").filter(birth_md__isnull=False, birth_year__isnull=False)
    groups = (
        living.order_by()
        .values("name_key", "birth_md", "birth_year", "birth_lunar")
        .annotate(people=Count("pk"), first=Min("pk"), last=Max("pk"))
        .filter(people__gt=1, people__lte=MOST)
    )
    pairs: set[tuple[int, int]] = set()
    for group in groups[:most]:
        if group["people"] == 2:
            pairs.add((group["first"], group["last"]))
            continue
        same: dict[str, Any] = {key: group[key] for key in ("name_key", "birth_md", "birth_year", "birth_lunar")}
        pairs |= set(combinations(living.filter(**same).order_by("pk").values_list("pk", flat=True), 2))
    before = MergeCandidate.objects.count()
    rows = [MergeCandidate(first_id=a, second_id=b, evidence=[{"why": WHY}]) for a, b in sorted(pairs)]
    MergeCandidate.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    return MergeCandidate.objects.count() - before
