"""Whether the books of commission are right; names every row that is not."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from campaigns.queries.commission.auditing import audit
from campaigns.services.paying import checking


class Command(BaseCommand):
    help = "Works commission out again from the ledger's own entries. Ends with 1 where something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit()
        checking.remember(found)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "findings": [one.plain() for one in found]}, ensure_ascii=False))
        elif not found:
            self.stdout.write(_("The books are right."))
        else:
            for one in found:
                row = ", ".join(f"{name} {value}" for name, value in one.plain().items() if name != "check")
                self.stdout.write(f"{one.words}: {row}")
        if found:
            raise SystemExit(1)
