"""Products that a sheet names: found by code, else by name; new ones are made."""

from collections.abc import Iterable

from customers.models import Product

type Named = tuple[str, str]
# A product list is short; what is beyond it is looked up again.
MOST_KEPT = 50_000


class Products:
    """Remembers what it found for the length of one import."""

    def __init__(self) -> None:
        self._found: dict[Named, int] = {}

    def ids(self, named: Iterable[Named]) -> dict[Named, int]:
        """{(code, name): id}, products made where nobody knows them. Inside the transaction that writes."""
        named = {(code, "" if code else name): (code, name) for code, name in sorted(named) if code or name}
        missing = {key: own for key, own in named.items() if key not in self._found}
        if missing:
            found = _look_up(missing)
            fresh = [own for key, own in missing.items() if key not in found]
            if fresh:
                Product.objects.bulk_create(
                    [Product(code=code, name=name or code) for code, name in fresh], ignore_conflicts=True
                )
                found = _look_up(missing)
            if len(self._found) + len(found) > MOST_KEPT:
                self._found = {}
            return self._answer(named, {**self._found, **found})
        return self._answer(named, self._found)

    def settle(self, ids: dict[Named, int]) -> None:
        """Remembers products once the transaction that made them has committed."""
        self._found |= {(code, "" if code else name): pk for (code, name), pk in ids.items()}

    def _answer(self, named: dict[Named, Named], known: dict[Named, int]) -> dict[Named, int]:
        return _Answer({key: known[key] for key in named if key in known})


class _Answer(dict[Named, int]):
    """Asked by what the sheet says: with a code the name does not matter."""

    def get(self, named: Named, default: int | None = None) -> int | None:  # type: ignore[override]
        code, name = named
        return super().get((code, "") if code else (code, name), default)


def _look_up(named: dict[Named, Named]) -> dict[Named, int]:
    codes = [code for code, _name in named if code]
    texts = [name for code, name in named if not code]
    found: dict[Named, int] = {
        (code, ""): pk for code, pk in Product.objects.filter(code__in=codes).values_list("code", "pk")
    }
    # A product with a code may be called by its name in another sheet, if only one is called so.
    for name, pk in Product.objects.filter(name__in=texts).order_by("code", "pk").values_list("name", "pk"):
        found.setdefault(("", name), pk)
    return found
