"""manage.py import_customers FILE: a legacy sheet becomes customers, or is refused in one sentence."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import OnConflict, Outcome, Require
from customers.management import report_command
from customers.models import Customer, ImportBatch, ImportRow
from customers.services.importing import files, mapping, reasons, reporting, running
from scrm.kit.errors import Refused

MOST_REJECTIONS = 1_000
# What the wizard's own screen offers has to be said at the command line.
HOW = {
    "sheet.several": gettext_lazy(" For example: --sheet Sheet1"),
    "sheet.none_fits": gettext_lazy(" For example: --sheet Sheet1"),
    "mapping.no_phone": gettext_lazy(" For example: --map phone=B"),
    "mapping.no_identity": gettext_lazy(" For example: --map phone=B, or --require name"),
}
FIGURES = (
    "rows",
    "created",
    "updated",
    "unchanged",
    "merged",
    "rejected",
    "skipped",
    "conflicts",
    "warnings",
)


class Command(BaseCommand):
    help = "Imports a legacy customer sheet (xlsx, xls, csv, tab-separated text, csv.gz)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--sheet", help="name of the sheet, when several look like customers")
        parser.add_argument("--mapping", default="", help="a saved mapping, by name")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="column by header or letter"
        )
        parser.add_argument("--system", default="", help="name of the system the card numbers are from")
        parser.add_argument("--require", choices=Require.values, default=Require.IDENTITY.value)
        parser.add_argument("--on-conflict", choices=OnConflict.values, default=OnConflict.FILL.value)
        parser.add_argument("--dry-run", action="store_true", help="decide everything, write nothing")
        parser.add_argument("--report", metavar="OUT.xlsx", help="the own sheet back with a reason column")
        parser.add_argument("--json", action="store_true", help="exactly one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        answer: dict[str, Any] = {
            "file": path.name, "sheet": None, **dict.fromkeys(FIGURES, 0), "customers_total": 0, "rejections": [],
            "rejections_more": 0, "refused": None,
        }  # fmt: skip
        try:
            if not path.is_file():
                raise Refused("file.missing", _("There is no file “%(file)s”.") % {"file": options["file"]})
            report_command.check(options["report"], path)
            self._run(path, options, answer)
        except Refused as refusal:
            answer["refused"] = str(refusal) + str(HOW.get(refusal.code, ""))
        answer["customers_total"] = Customer.objects.count()
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._tell(answer)
        if answer["refused"] is not None:
            sys.exit(1)

    def _run(self, path: Path, options: dict[str, Any], answer: dict[str, Any]) -> None:
        look = {
            "sheet": options["sheet"], "mapping": options["mapping"], "overrides": options["map"],
        }  # fmt: skip
        rules = {"require": options["require"], "on_conflict": options["on_conflict"]}
        if options["dry_run"]:
            with running.open_file(path, **look) as opened:
                mapping.check(opened.targets, options["require"])
                system = running.system_name(options["system"], opened)
                trial = running.try_out(opened, system=system, progress=self._progress, **rules)
                answer["sheet"] = opened.layout.sheet
                answer.update(
                    {key: trial.counters[key] for key in FIGURES}, rows=trial.rows, skipped=trial.skipped
                )
                answer["rejections"] = [
                    {"row": d.number, "code": d.code, "reason": reasons.sentence(d.code, d.detail)}
                    for d in trial.rejections[:MOST_REJECTIONS]
                ]
                answer["rejections_more"] = answer["rejected"] - len(answer["rejections"])
                if options["report"]:
                    with report_command.writing(options["report"], self.stderr.write):
                        reporting.write(options["report"], opened.source, opened.layout, trial.told())
            self._notes(trial.notes)
            return
        batch = files.run_file(
            path, system=options["system"], progress=self._progress,
            waiting=lambda: self.stderr.write(files.explain_wait()), **look, **rules,
        )  # fmt: skip
        self._notes(batch.preview.get("notes", []))
        answer["sheet"] = batch.sheet
        answer.update({key: batch.counters.get(key, 0) for key in FIGURES})
        answer["rejections"] = rejections(batch)
        answer["rejections_more"] = answer["rejected"] - len(answer["rejections"])
        if options["report"]:
            with running.reopen(batch, path) as opened, report_command.writing(options["report"], self.stderr.write):
                reporting.write(options["report"], opened.source, opened.layout, reporting.told_by(batch))

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
                "%(rows)d rows: created %(created)d, updated %(updated)d, unchanged %(unchanged)d, joined within the "
                "sheet %(merged)d, rejected %(rejected)d; %(skipped)d titles, headers and blank rows not counted"
            )
            % answer
        )
        for rejection in answer["rejections"][:20]:
            self.stdout.write(_("  row %(row)d: %(reason)s") % rejection)
        more = answer["rejected"] - min(len(answer["rejections"]), 20)
        if more > 0:
            self.stdout.write(_("  … and %(more)d more (see --report)") % {"more": more})


def rejections(batch: ImportBatch) -> list[dict[str, Any]]:
    """The first rejected rows, in the order of the sheet."""
    rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.REJECTED).order_by("number")
    return [
        {"row": number, "code": code, "reason": reasons.sentence(code, detail)}
        for number, code, detail in rows.values_list("number", "code", "detail")[:MOST_REJECTIONS]
    ]
