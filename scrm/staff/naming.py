"""What colleagues are called where several are shown at once."""

from collections import Counter
from collections.abc import Iterable

from scrm.staff.models import Employee


def labels(people: Iterable[Employee | None]) -> dict[int, str]:
    """{employee: her name}; of two of one name among these, each with the last four digits of her phone: "许静 0004".
    Asks nothing of the database that was fetched already: name and phone."""
    known = {person.pk: person for person in people if person is not None}
    shared = Counter(str(person).casefold() for person in known.values())
    return {pk: f"{one} {one.phone[-4:]}" if shared[str(one).casefold()] > 1 else str(one) for pk, one in known.items()}
