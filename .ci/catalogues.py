"""Is every word translated? Extracts all messages from a copy of the tree and holds them against locale/.

Ends with 1 and a list if a message is missing, untranslated or fuzzy in Chinese, if a translation has other
placeholders than its message, or if a compiled catalogue does not say what its source says.
"""

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def extracted() -> Catalog:
    """What makemessages finds in the tracked and new files, in a copy, with no catalogue to start from."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name in filter(None, listed):
            if name.startswith(("locale/", "tests/", "benchmarks/")) or not (ROOT / name).is_file():
                continue
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
        (copy / "locale").mkdir()
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "-l", LOCALE, "--no-obsolete", "-v", "0"],
            cwd=copy,
            check=True,
            env={**os.environ, "DATA_DIR": str(copy / "var")},
        )
        return read(copy / "locale" / LOCALE / "LC_MESSAGES" / "django.po")


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


def main() -> int:
    problems = []
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    for po in sources:
        mo = po.with_suffix(".mo")
        if not mo.exists() or entries(mo) != compiled_anew(po):
            problems.append(f"{mo.relative_to(ROOT)} does not say what {po.name} says: run compilemessages")
    source = ROOT / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
    if not source.exists():
        problems.append(f"{source.relative_to(ROOT)} does not exist")
    catalogue = read(source) if source.exists() else Catalog(LOCALE)
    messages = [message for message in extracted() if message.id]
    for message in messages:
        where = ", ".join(f"{file}:{line}" for file, line in message.locations[:2])
        problems += [f"{message.id!r} ({where}): {fault}" for fault in faults(message, catalogue)]
    print("\n".join(problems))
    print(f"{len(messages)} messages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
