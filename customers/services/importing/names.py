"""Names in a sheet that mean a row of ours: channels, stores, consultants, tags.

A channel or a tag is made when it is new. A store or a consultant is never made: an unknown one is a to-do that
somebody settles once, and `KnownName` remembers.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from customers.choices import NameKind
from customers.models import Channel, Identity, KnownName, Tag, TagGroup
from customers.naming import fold_name
from scrm.kit import phones
from scrm.staff.models import Department, Employee

# With so many channels in the base a sheet makes no further ones: its column is no list of channels but prose. The
# base counts, not the sheet, so that a second run of the sheet does not go on where the first one stopped.
MOST_CHANNELS = 300
IMPORTED_GROUP = "导入标签"


class Names:
    def __init__(self, *, dry: bool = False) -> None:
        self.dry = dry
        self.anybody = Identity.objects.exists()
        self._channels = _channels()
        self._stores = _unique(
            (fold_name(name), pk)
            for pk, name in Department.objects.filter(is_active=True).values_list("pk", "name")
        )
        employees = list(
            Employee.objects.order_by("is_active").values_list("pk", "name", "phone", "is_active")
        )
        # Who works here comes before who left; two of one name are nobody, since guessing would misplace customers.
        owners = _unique((fold_name(name), pk) for pk, name, _p, active in employees if not active)
        owners.update(_unique((fold_name(name), pk) for pk, name, _p, active in employees if active))
        self._owners = owners
        self._owner_phones = {phone: pk for pk, _n, phone, _a in employees}
        for kind, text, employee, store in KnownName.objects.values_list(
            "kind", "text", "employee_id", "store_id"
        ):
            if kind == NameKind.OWNER and employee:
                self._owners[fold_name(text)] = employee
            elif kind == NameKind.STORE and store:
                self._stores[fold_name(text)] = store
        self._tags = {_tag_key(name): name for name in Tag.objects.values_list("name", flat=True)}
        self._tag_ids: dict[str, int] = dict(Tag.objects.values_list("name", "pk"))

    def resolve(self, word: str, text: str) -> int | None:
        """Primary key for "source", "store" or "owner"; None when nobody is called so."""
        key = fold_name(text)
        if word == "store":
            return self._stores.get(key)
        if word == "owner":
            return self._owners.get(key) or self._owner_phones.get(phones.normalise(text) or "")
        if key not in self._channels:
            made = len(self._channels)
            if made >= MOST_CHANNELS:
                return None
            self._channels[key] = -made - 1 if self.dry else Channel.objects.get_or_create(name=text)[0].pk
        return self._channels[key]

    def made(self) -> dict[str, dict[str, Any]]:
        """What a try-out would have made so far; see `add`."""
        return {"channels": self._channels, "tags": self._tags}

    def add(self, made: dict[str, dict[str, Any]]) -> None:
        """Goes on where another try-out stood; what is in the base by now stays as it is there."""
        self._channels = {**made["channels"], **self._channels}
        self._tags = {**made["tags"], **self._tags}

    def look_again(self) -> None:
        """After a rollback: somebody is here now, and channels that the slice had made are not."""
        self.anybody = True
        self._channels = _channels()

    def tag(self, text: str) -> str:
        """The tag's name as the base writes it: ＶＩＰ is VIP, ✨VIP is not."""
        return self._tags.setdefault(_tag_key(text), text)

    def tag_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Ids of tags, new ones made in the group for imported tags. Inside the writing transaction."""
        missing = sorted({name for name in names if name not in self._tag_ids})
        if missing:
            group, _made = TagGroup.objects.get_or_create(name=IMPORTED_GROUP)
            Tag.objects.bulk_create([Tag(group=group, name=name) for name in missing], ignore_conflicts=True)
            return {**self._tag_ids, **dict(Tag.objects.filter(name__in=missing).values_list("name", "pk"))}
        return self._tag_ids

    def settle(self, ids: dict[str, int]) -> None:
        """Remembers new tags once their transaction has committed."""
        self._tag_ids = ids


def _channels() -> dict[str, int]:
    return {fold_name(name): pk for pk, name in Channel.objects.values_list("pk", "name")}


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    twice = set()
    for key, pk in pairs:
        if key in found:
            twice.add(key)
        found[key] = pk
    return {key: pk for key, pk in found.items() if key and key not in twice}


def _tag_key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
