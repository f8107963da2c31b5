"""The figures of every board against the raw rows: what each app has to check, put together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from campaigns.models import Campaign
from campaigns.queries import verifying as campaigns
from campaigns.services import boarding
from scrm.kit import audit, jobs
from scrm.kit.models import AuditEntry

ACT = "figures.verified"
# A line each in the terminal; more than these say nothing new.
MOST = 1_000
BEAT = 10_000

CHECKS: dict[str, Callable[[], Iterable[Any]]] = {"campaigns": campaigns.check}


@dataclass
class Report:
    figures: int = 0
    wrong: int = 0
    differences: list[str] = field(default_factory=list)


def verify() -> Report:
    found = Report()
    for check in CHECKS.values():
        for one in check():
            found.figures += 1
            if found.figures % BEAT == 0:
                jobs.beat()
            if not one.is_right:
                found.wrong += 1
                if len(found.differences) < MOST:
                    found.differences.append(str(one))
    return found


def recount() -> None:
    for campaign in Campaign.objects.order_by("pk").values_list("pk", flat=True):
        boarding.rebuild(campaign)
        boarding.refresh()


def nightly() -> None:
    """Leaves a line in the audit log, which home and the system status read."""
    found = verify()
    audit.record(ACT, count=found.figures, wrong=found.wrong)


def last() -> AuditEntry | None:
    return AuditEntry.objects.filter(action=ACT).order_by("-at").first()
