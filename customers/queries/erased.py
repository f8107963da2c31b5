"""Who asked to be erased: only a keyed hash of each identity is left, enough to know one that comes back."""

import hmac
from collections.abc import Iterable

from django.conf import settings

from customers.choices import IdentityKind
from customers.models import ErasedIdentity
from scrm.kit import phones

_SALT = b"customers.erased-identity:"
CHUNK = 5_000
Pair = tuple[str, str]


def _keys() -> list[bytes]:
    """The key in use first; former ones still tell what was hashed with them."""
    keys: list[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(key.encode(), _SALT, "sha256") for key in keys]


def _hash(key: bytes, identity: Pair) -> str:
    kind, value = identity
    return hmac.digest(key, f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), "sha256").hex()


def hash_of(kind: str, value: str) -> str:
    """64 hexadecimal digits. Keyed, because all mobile numbers that there are could be hashed in minutes."""
    return _hash(_keys()[0], (kind, value))


def hashes_of(kind: str, value: str) -> list[str]:
    """By every key that may have been in use: what is to be forgotten when somebody comes back by herself."""
    return [_hash(key, (kind, value)) for key in _keys()]


def among(identities: Iterable[Pair]) -> set[Pair]:
    """Which of these (kind, value) were erased. Nothing is hashed as long as nobody was; else a query for some
    thousand of them."""
    wanted = set(identities)
    if not wanted or not ErasedIdentity.objects.exists():
        return set()
    hashed = {_hash(key, identity): identity for key in _keys() for identity in wanted}
    listed = list(hashed)
    found: set[Pair] = set()
    for start in range(0, len(listed), CHUNK):
        known = ErasedIdentity.objects.filter(pk__in=listed[start : start + CHUNK])
        found.update(hashed[pk] for pk in known.values_list("pk", flat=True))
    return found


def is_erased_phone(text: str) -> bool:
    number = phones.normalise(text)
    return number is not None and bool(among([(IdentityKind.PHONE.value, number)]))
