"""Is every word translated? Extracts all messages from a copy of the tree and holds them against locale/.

Ends with 1 and a list if a message is missing, untranslated or fuzzy in Chinese or English, if a translation has
other placeholders than its message, if a compiled catalogue does not say what its source says, if a translating
function goes by a name that makemessages does not know, or if a library whose pages we show says a word that has
no Chinese (scrm/site/library_words.py keeps those).
"""

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("zh_Hans", "en")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")
UNHEARD = re.compile(r"import \(?.*\b(?:u?n?p?gettext\w*) as (?!_\b)(\w+)")
# Of unfold.contrib, what INSTALLED_APPS has; the rest shows nothing.
LIBRARIES = (
    "unfold/templates",
    "unfold/*.py",
    "unfold/mixins",
    "unfold/contrib/filters",
    "unfold/contrib/forms",
    "unfold/contrib/import_export",
    "unfold/contrib/simple_history",
)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def messages_in(folder: Path) -> list[Message]:
    """What makemessages finds below the folder, with no catalogue to start from."""
    (folder / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-obsolete", "-v", "0"]
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, check=True, env=environ)
    return [message for message in read(folder / "locale" / "en" / "LC_MESSAGES" / "django.po") if message.id]


def sources() -> Iterator[Path]:
    """The tracked and new files that may speak, relative to ROOT."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if not name.startswith(("locale/", "tests/", "benchmarks/", ".ci/")) and (ROOT / name).is_file():
            yield Path(name)


def ours() -> list[Message]:
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name in sources():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
        return messages_in(copy)


def theirs() -> list[Message]:
    """The words of the libraries."""
    spec = find_spec("unfold")
    assert spec is not None and spec.origin is not None
    packages = Path(spec.origin).parent.parent
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for pattern in LIBRARIES:
            for found in packages.glob(pattern):
                target = copy / found.relative_to(packages)
                target.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if found.is_dir() else shutil.copyfile)(found, target)
        return messages_in(copy)


def faults(message: Message, catalogue: Catalog) -> list[str]:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    known = catalogue.get(message.id, context=message.context)
    if known is None:
        return ["missing"]
    if known.fuzzy:
        return ["fuzzy"]
    strings = known.string if isinstance(known.string, tuple) else (known.string,)
    if not all(strings):
        return ["untranslated"]
    wanted = set(PLACEHOLDER.findall(ids[-1]))
    return [f"has other placeholders: {text}" for text in strings if set(PLACEHOLDER.findall(text)) != wanted]


def uncompiled() -> Iterator[str]:
    for po in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or entries(mo) != compiled_anew(po):
            yield f"{mo.relative_to(ROOT)} does not say what {po.name} says: run compilemessages"


def compiled_anew(po: Path) -> dict[object, str]:
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "new.mo"
        subprocess.run(["msgfmt", "--check-format", "-o", target, po], check=True)
        return entries(target)


def entries(mo: Path) -> dict[object, str]:
    with mo.open("rb") as file:
        found = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    found.pop("", None)
    return found


def incomplete(messages: list[Message]) -> Iterator[str]:
    for locale in LOCALES:
        source = ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
        catalogue = read(source) if source.exists() else Catalog()
        for message in messages:
            where = ", ".join(f"{file}:{line}" for file, line in message.locations[:2])
            for fault in faults(message, catalogue):
                yield f"{locale}: {message.id!r} ({where}): {fault}"


def unheard() -> Iterator[str]:
    for name in sources():
        if name.suffix == ".py":
            for alias in UNHEARD.findall((ROOT / name).read_text("utf-8")):
                yield f"{name}: makemessages does not know {alias}(); use the function's own name or _"


def without_chinese() -> Iterator[str]:
    """Asked of Django itself, whose catalogues and those of all apps count too."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as temporary:
        os.environ.update(DJANGO_SETTINGS_MODULE="scrm.settings", DATA_DIR=temporary)
        import django
        from django.utils.translation import trans_real

        django.setup()
        known = trans_real.translation("zh-hans")
        for message in theirs():
            first = message.id[0] if isinstance(message.id, tuple) else message.id
            key = f"{message.context}\x04{first}" if message.context else first
            if not any(known._catalog.get(key if count is None else (key, count)) for count in (None, 0)):
                yield f"{first!r} ({message.locations[0][0]}): has no Chinese; see scrm/site/library_words.py"


def main() -> int:
    messages = ours()
    problems = [*uncompiled(), *incomplete(messages), *unheard(), *without_chinese()]
    print("\n".join(problems))
    print(f"{len(messages)} messages in {len(LOCALES)} languages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
