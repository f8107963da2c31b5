"""Visitors with an openid whose person is known, or becomes it: joined by their keys, from where the last look ended."""

from collections.abc import Callable, Iterator

from django.db.models import Max, Model

from campaigns.choices import VisitorKind
from campaigns.models import Place, Visitor
from campaigns.services import openids, recognising
from customers.models import Identity

IDENTITIES, VISITORS = "known.identities", "known.visitors"
CHUNK = 5_000
# Ids are given out before their rows are committed: so many below the last one are looked at once more.
AGAIN = 5_000


def waits() -> bool:
    return any(_last(model) > _place(name) for name, model in ((IDENTITIES, Identity), (VISITORS, Visitor)))


def recognise_known(*, progress: Callable[[], object] = lambda: None) -> int:
    """How many visitors became known. New openids of people are looked up among the visitors; for new visitors all openids
    are walked once, since nothing leads back from a key."""
    found = 0
    last = _last(Identity)
    if last > (place := _place(IDENTITIES)):
        for ids in _openids(max(place - AGAIN, 0), last):
            found += recognising.recognise_identities([pk for pk, _key in ids])
            progress()
        _move(IDENTITIES, last)
    newest = _last(Visitor)
    if newest > (place := _place(VISITORS)):
        keys = _unknown(place, newest)
        if keys:
            for ids in _openids(0, last):
                found += recognising.recognise_identities([pk for pk, key in ids if key in keys])
                progress()
        _move(VISITORS, newest)
    return found


def _unknown(place: int, last: int) -> set[object]:
    """Keys, where there are new ones at all; those just before come along."""
    rows = Visitor.objects.filter(kind=VisitorKind.OPENID, customer=None, pk__lte=last)
    if not rows.filter(pk__gt=place).exists():
        return set()
    return set(rows.filter(pk__gt=max(place - AGAIN, 0)).values_list("key", flat=True))


def _openids(after: int, last: int) -> Iterator[list[tuple[int, object]]]:
    rows = Identity.objects.filter(pk__lte=last, kind__in=openids.KINDS).order_by("pk")
    while some := list(rows.filter(pk__gt=after).values_list("pk", "kind", "value")[:CHUNK]):
        after = some[-1][0]
        yield [(pk, openids.visitor_key(kind, value)) for pk, kind, value in some]


def _last(model: type[Model]) -> int:
    return model._base_manager.aggregate(last=Max("pk"))["last"] or 0


def _place(name: str) -> int:
    return Place.objects.filter(pk=name).values_list("at", flat=True).first() or 0


def _move(name: str, at: int) -> None:
    Place.objects.update_or_create(pk=name, defaults={"at": at})
