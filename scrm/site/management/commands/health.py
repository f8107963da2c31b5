"""manage.py health: /healthz for the terminal, and for a worker's own container."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from scrm.site import health


class Command(BaseCommand):
    help = "Says what runs. Ends with 1 if something does not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--worker", action="store_true", help="a worker that never started counts as missing")

    def handle(self, *args: Any, **options: Any) -> None:
        vitals, checks = health.measure(), health.checks()
        for check in checks:
            self.stdout.write(f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.detail}")
        if not all(check.ok for check in checks) or (options["worker"] and vitals.worker != "ok"):
            sys.exit(1)
