"""manage.py verify_figures: are the boards right?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from scrm.site import verifying


class Command(BaseCommand):
    help = "Works out every figure of every board anew from the raw rows and names each difference. Ends with 1 if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recount", action="store_true", help="count every day of every board anew before")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["recount"]:
            verifying.recount()
        found = verifying.verify()
        if options["json"]:
            self.stdout.write(json.dumps({"figures": found.figures, "wrong": found.wrong, "differences": found.differences}))
        else:
            for line in found.differences:
                self.stdout.write(line)
            if found.wrong > len(found.differences):
                self.stdout.write(f"… and {found.wrong - len(found.differences)} more")
            self.stdout.write(f"{found.figures} figures, {found.wrong} wrong")
        if found.wrong:
            sys.exit(1)
