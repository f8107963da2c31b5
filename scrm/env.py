"""Settings from the environment, failing loudly: a typo stops the start with a sentence, never with a guess."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Value of NAME, or the stripped content of the file that NAME_FILE points at (for container secrets)."""
    value = os.environ.get(name)
    file = os.environ.get(f"{name}_FILE")
    if value is not None and file is not None:
        raise ImproperlyConfigured(f"Set either {name} or {name}_FILE, not both.")
    if file is not None:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    return default if value is None or value == "" else value


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off, in any case."""
    raw = text(name).lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def integer(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    raw = text(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
    return value


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY, or one that the first start of any command makes and every later one shares (mode 0600)."""
    given = text("SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: O_EXCL alone would let a second process read an empty file.
    aside = data_dir / f".secret_key.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()
