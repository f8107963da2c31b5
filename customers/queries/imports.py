"""What is read of an import: its figures and the rows behind each of them, what it left to do, who waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.choices import BatchState, CandidateState, Outcome
from customers.models import Customer, ImportBatch, ImportRow, MergeCandidate, Opening
from customers.naming import fold_name
from scrm.kit import clock
from scrm.kit.jobs import places
from scrm.kit.models import JobRun

OUTCOMES = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.MERGED, Outcome.REJECTED)
LABELS: dict[str, str | Promise] = {
    "all": _("All rows"),
    "created": _("New"),
    "updated": _("Updated"),
    "unchanged": _("Unchanged"),
    "merged": _("Joined within the sheet"),
    "rejected": _("Failed"),
    "conflicts": _("Other name"),
    "warnings": _("With remarks"),
    "unknown": _("Unknown names"),
}
# A worker that lives takes a waiting job within a second.
WORKER_TAKES = timedelta(seconds=8)
WORKER_SILENT = timedelta(minutes=3)


@dataclass(frozen=True)
class Figure:
    """A number of rows and the word that opens them: `rows(batch, key)` has exactly `count`."""

    key: str
    label: str | Promise
    count: int


def rows(batch: ImportBatch, show: str = "all") -> QuerySet[ImportRow]:
    """The rows behind one figure, in the order of the sheet. `show` is a key of LABELS."""
    found = ImportRow.objects.filter(batch=batch).order_by("number")
    if show in OUTCOMES:
        return found.filter(outcome=show)
    if show == "conflicts":
        return found.filter(conflict=True)
    if show == "warnings":
        return found.filter(warnings__isnull=False)
    if show == "unknown":
        return found.filter(unknown__isnull=False)
    return found


def naming(found: QuerySet[ImportRow], kind: str, text: str) -> QuerySet[ImportRow]:
    """Of these rows, those that name `text` as their consultant, store or channel, however they space it."""
    said = (
        found.filter(unknown__isnull=False).order_by().values_list(f"unknown__{kind}", flat=True).distinct()
    )
    spellings = sorted(own for own in said if own and fold_name(own) == fold_name(text))
    return found.filter(**{f"unknown__{kind}__in": spellings})


def figures(batch: ImportBatch) -> list[Figure]:
    """Every figure of a batch. What became of the rows was counted in the transactions that wrote them, so that
    a million need not be counted again; remarks and unknown names are, since they go with the cells or by hand."""
    counts = {str(outcome): batch.counters.get(str(outcome), 0) for outcome in OUTCOMES}
    counts["all"] = sum(counts.values())
    counts["conflicts"] = batch.counters.get("conflicts", 0)
    for key in ("warnings", "unknown"):
        counts[key] = rows(batch, key).count()
    return [Figure(key, label, counts[key]) for key, label in LABELS.items()]


def wording() -> str:
    """The one sentence of an import, with a place for each figure."""
    return gettext(
        "%(rows)s rows: %(created)s new, %(updated)s updated, %(unchanged)s unchanged, %(merged)s joined within "
        "the sheet, %(rejected)s failed; %(skipped)s rows such as the header are not counted"
    )


def sentence(counters: dict[str, Any]) -> str:
    """Everything in one line, for lists; blank before there are figures."""
    if "rows" not in counters:
        return ""
    keys = ("rows", *map(str, OUTCOMES), "skipped")
    told = wording() % {key: f"{counters.get(key, 0):,}" for key in keys}
    return told + rest(counters)


def rest(counters: dict[str, Any]) -> str:
    """What a stopped import adds to its sentence; blank where every row was decided."""
    return not_reached_by(counters, OUTCOMES)


def not_reached_by(counters: dict[str, Any], parts: Iterable[str]) -> str:
    """The same of any kind of sheet; each row that was reached is counted in one of `parts`."""
    count = max(counters.get("rows", 0) - sum(counters.get(str(part), 0) for part in parts), 0)
    return gettext("; %(count)s rows not reached") % {"count": f"{count:,}"} if count else ""


@dataclass(frozen=True)
class OpeningFigures:
    people: int
    spend_fen: int | None
    orders: int | None


def opening_figures(batch: ImportBatch) -> OpeningFigures | None:
    """What the sheet says was spent before; None where it says nothing."""
    found = Opening.objects.filter(batch=batch).aggregate(
        n=Count("pk"), spend=Sum("spend_fen"), orders=Sum("orders")
    )
    return OpeningFigures(found["n"], found["spend"], found["orders"]) if found["n"] else None


def columns_of(batch: ImportBatch, target: str) -> list[str]:
    """Headers of the sheet that were mapped to `target`."""
    targets = batch.mapping.get("targets") or []
    headers = batch.layout.get("headers") or []
    return [header for header, own in zip(headers, targets, strict=False) if own == target]


def open_conflicts(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Rows with another name than the person's, which nobody has looked at yet."""
    return rows(batch, "conflicts").filter(
        detail__name__isnull=False, detail__settled__isnull=True, customer__isnull=False
    )


def same_file(batch: ImportBatch, kind: str = "") -> ImportBatch | None:
    """The last import of the very same file that ran and was not undone; of one kind, where that is said."""
    ran = ImportBatch.objects.filter(sha256=batch.sha256, started_at__isnull=False, **({"kind": kind} if kind else {}))
    return ran.exclude(pk=batch.pk).exclude(state=BatchState.UNDONE).exclude(sha256="").order_by("-pk").first()


def ran_since(batch: ImportBatch) -> ImportBatch | None:
    """The last other import that wrote or was taken back after this one's preview was made; None before a preview."""
    at = parse_datetime(batch.preview.get("at", ""))
    if at is None:
        return None
    wrote = Q(finished_at__gt=at) | Q(undone_at__gt=at) | Q(state__in=(BatchState.RUNNING, BatchState.UNDOING))
    others = ImportBatch.objects.filter(wrote, started_at__isnull=False).exclude(pk=batch.pk)
    return others.order_by("-pk").first()


def taken_back(batch: ImportBatch) -> str:
    """What an undo did, in one sentence; blank before it."""
    undo = batch.counters.get("undo")
    if not undo:
        return ""
    said = {
        "removed": gettext("%(count)s removed"),
        "restored": gettext("%(count)s put back as they were"),
        "archived": gettext("%(count)s archived"),
        "kept": gettext("%(count)s kept because somebody has worked with them since"),
    }
    parts = [text % {"count": f"{undo[key]:,}"} for key, text in said.items() if undo.get(key)]
    return gettext("Customers: %(parts)s") % {"parts": gettext(", ").join(parts) or gettext("none changed")}


def duplicate_pairs(batch: ImportBatch, most: int) -> list[MergeCandidate]:
    """The first of the pairs that the sheet says are one person, with both people."""
    found = MergeCandidate.objects.filter(batch=batch, state=CandidateState.OPEN)
    return list(found.select_related("first", "second").order_by("pk")[:most])


def open_duplicates(batch: ImportBatch) -> int:
    return MergeCandidate.objects.filter(batch=batch, state=CandidateState.OPEN).count()


def new_people(batch: ImportBatch) -> QuerySet[Customer]:
    return Customer.objects.filter(imported_in=batch)


def worker_missing() -> bool:
    """Work lies about and nobody does it: a job waits longer than a living worker lets it wait, or the process
    that has it is gone, and no other job is being worked on."""
    now = clock.now()
    jobs = JobRun.objects.live().only("state", "host", "pid", "queued_at", "heartbeat_at")
    running = [job for job in jobs if job.state == JobRun.State.RUNNING]
    dead = [job for job in running if _is_dead(job, now)]
    waiting = any(job.state == JobRun.State.QUEUED and job.queued_at < now - WORKER_TAKES for job in jobs)
    return bool(waiting or dead) and len(dead) == len(running)


def _is_dead(job: JobRun, now: datetime) -> bool:
    silent = job.heartbeat_at is None or job.heartbeat_at < now - WORKER_SILENT
    return silent or places.is_gone(job.host, job.pid)
