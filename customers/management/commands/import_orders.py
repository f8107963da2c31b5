"""manage.py import_orders FILE: a sheet of orders becomes orders of customers, or is refused in one sentence."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import AmountIs, IdentityKind, Outcome, Returns
from customers.management import report_command
from customers.management.commands.import_customers import MOST_REJECTIONS, rejections
from customers.services.importing import reasons
from customers.services.importing.files import explain_wait
from customers.services.ordering import files, reporting, running
from scrm.kit import money
from scrm.kit.errors import Refused

# What the wizard's own screen offers has to be said at the command line.
HOW = {
    "sheet.several": gettext_lazy(" For example: --sheet Sheet1"),
    "sheet.none_fits": gettext_lazy(" For example: --sheet Sheet1"),
    "mapping.no_customer": gettext_lazy(" For example: --map customer=B"),
    "mapping.no_amount": gettext_lazy(" For example: --map amount=F"),
}
FIGURES = (
    "lines", "no_customer", "returns", "free", "rejected", "orders_created", "orders_updated", "orders_unchanged",
    "customers_created", "warnings",
)  # fmt: skip


class Command(BaseCommand):
    help = "Imports a sheet of orders (xlsx, xls, csv, tab-separated text, csv.gz)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--source", default="sheet", help="where the order numbers are from")
        parser.add_argument("--sheet", help="name of the sheet, when several look like orders")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="column by header or letter"
        )
        parser.add_argument(
            "--customer-key", default=IdentityKind.PHONE.value, metavar="phone|member_no|legacy:NAME",
            help="what the customer column holds",
        )  # fmt: skip
        parser.add_argument("--returns", choices=Returns.values, default=Returns.SKIP.value)
        parser.add_argument("--amount-is", choices=AmountIs.values, default=AmountIs.LINE.value)
        parser.add_argument("--dry-run", action="store_true", help="decide everything, write nothing")
        parser.add_argument("--report", metavar="OUT.xlsx", help="the own sheet back with a reason column")
        parser.add_argument("--json", action="store_true", help="exactly one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        answer: dict[str, Any] = {
            "file": path.name, "sheet": None, "source": options["source"], "rows": 0, **dict.fromkeys(FIGURES, 0),
            "skipped": 0, "net": "0.00", "rejections": [], "refused": None,
        }  # fmt: skip
        try:
            if not path.is_file():
                raise Refused("file.missing", _("There is no file “%(file)s”.") % {"file": options["file"]})
            report_command.check(options["report"], path)
            self._run(path, options, answer)
        except Refused as refusal:
            answer["refused"] = str(refusal) + str(HOW.get(refusal.code, ""))
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._tell(answer)
        if answer["refused"] is not None:
            sys.exit(1)

    def _run(self, path: Path, options: dict[str, Any], answer: dict[str, Any]) -> None:
        rules = running.rules_of(
            source=options["source"], key=options["customer_key"], returns=options["returns"],
            amount_is=options["amount_is"],
        )  # fmt: skip
        answer["source"] = rules.source
        look = {"sheet": options["sheet"], "overrides": options["map"]}
        if options["dry_run"]:
            with running.open_file(path, **look) as opened:
                trial = running.try_out(opened, rules, progress=self._progress)
                _fill(answer, trial.counters, opened.layout.sheet, rows=trial.rows, skipped=trial.skipped)
                answer["rejections"] = [
                    {"row": one.row, "code": one.code, "reason": reasons.sentence(one.code, one.detail)}
                    for one in trial.told
                    if one.outcome == Outcome.REJECTED
                ][:MOST_REJECTIONS]
                if options["report"]:
                    with report_command.writing(options["report"], self.stderr.write):
                        reporting.write(options["report"], opened, reporting.of_trial(trial))
            self._notes(trial.notes)
            return
        batch = files.run_file(
            path, rules=rules, progress=self._progress, waiting=lambda: self.stderr.write(explain_wait()), **look
        )
        self._notes(batch.preview.get("notes", []))
        counters = batch.counters
        _fill(answer, counters, batch.sheet, rows=counters["rows"], skipped=counters["skipped"])
        answer["rejections"] = rejections(batch)
        if options["report"]:
            with running.reopen(batch, path) as opened, report_command.writing(options["report"], self.stderr.write):
                reporting.write(options["report"], opened, reporting.told_by(batch))

    def _progress(self, stage: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,} / {total:,}", ending="")
            if done >= total:
                self.stderr.write("")

    def _notes(self, notes: list[dict[str, Any]]) -> None:
        for note in notes:
            self.stderr.write(reasons.of_note(note))

    def _tell(self, answer: dict[str, Any]) -> None:
        if answer["refused"] is not None:
            self.stderr.write(answer["refused"])
            return
        self.stdout.write(
            _(
                "%(rows)d rows: %(lines)d lines booked, %(no_customer)d without a customer, %(returns)d returns, %(free)d "
                "free, %(rejected)d rejected; orders created %(orders_created)d, updated %(orders_updated)d, unchanged "
                "%(orders_unchanged)d; %(customers_created)d new customers; net ¥%(net)s"
            )
            % answer
        )
        for rejection in answer["rejections"][:20]:
            self.stdout.write(_("  row %(row)d: %(reason)s") % rejection)
        more = answer["rejected"] - min(len(answer["rejections"]), 20)
        if more > 0:
            self.stdout.write(_("  … and %(more)d more (see --report)") % {"more": more})


def _fill(answer: dict[str, Any], counters: Any, sheet: str, *, rows: int, skipped: int) -> None:
    answer.update({key: counters[key] for key in FIGURES}, sheet=sheet, rows=rows, skipped=skipped)
    answer["net"] = f"{money.yuan(counters['net_fen']):.2f}"
