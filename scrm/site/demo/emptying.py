"""清空演示数据: the demo goes, the owner's account stays, and the shop begins with its own people."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, LandingPage, Material, Poster
from campaigns.services.drawing import kept
from customers.choices import BatchState
from customers.models import Appointment, Customer, FollowUp, ImportBatch, Order
from scrm.kit import appendonly, audit, clock, files
from scrm.kit.errors import Refused
from scrm.site.demo import building, emptied
from scrm.site.models import DemoShop
from scrm.staff.models import Employee

OUR_APPS = {"kit", "staff", "customers", "loyalty", "campaigns", "site"}
AT_WORK = (
    BatchState.QUEUED, BatchState.RUNNING, BatchState.DONE, BatchState.CANCELLED, BatchState.FAILED,
    BatchState.UNDOING,
)  # fmt: skip
PICTURED: tuple[type[Model], ...] = (LandingPage, Material, Poster)
# Not the demo's: what running processes share.
KEPT = {"kit.beat", "kit.claim", "kit.jobrun"}


def own_work() -> list[str]:
    """Labels of the tables ("customers.customer") that hold rows the demo did not make. An import that was tried
    and taken back again is none."""
    shop = building.standing()
    if shop is None:
        return []
    rows: tuple[QuerySet[Any], ...] = (
        Customer.objects.all(),
        # One that was given up before its run brought nothing.
        ImportBatch.objects.filter(state__in=AT_WORK).exclude(state=BatchState.CANCELLED, started_at=None),
        Employee.objects.all(),
        Order.objects.all(),
        FollowUp.objects.all(),
        Appointment.objects.all(),
        Campaign.objects.all(),
    )
    return [
        label
        for found in rows
        if found.filter(pk__gt=shop.marks.get(label := found.model._meta.label_lower, 0)).exists()
    ]


def empty(*, by: Employee) -> int:
    """Deletes everything but `by`'s account, in one transaction with the append-only guards lifted; returns how
    many rows went. Raises Refused: "demo.none", or "demo.own_work" once somebody else's rows stand among them."""
    if building.standing() is None:
        raise Refused("demo.none", _("There is no demo data here."))
    kept_files: list[str] = []
    rows = 0
    with transaction.atomic():
        # Taken first, so that a shop that begins to work just now is seen.
        DemoShop.objects.select_for_update().first()
        if own_work():
            raise Refused(
                "demo.own_work",
                _("There is work of your own among the demo data by now, so it cannot be emptied as a whole."),
            )
        kept_files += ImportBatch.objects.exclude(path="").values_list("path", flat=True)
        for pictured in PICTURED:
            kept_files += pictured._base_manager.exclude(picture="").values_list("picture", flat=True)
        Employee.objects.filter(pk=by.pk).update(department=None)
        with appendonly.lifted():
            for model in doomed():
                rows += _delete(model, by)
        audit.record(emptied.ACT, by=by, count=rows)
    for path in kept_files:
        files.remove(path)
    files.forget(kept.FOLDER, before=clock.now())
    return rows


def doomed() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OUR_APPS and model._meta.label_lower not in KEPT and model._meta.managed
    ]


def _delete(model: type[Model], by: Employee) -> int:
    """Straight from the table: every foreign key of ours is checked at the end of the transaction."""
    rows = model._base_manager.order_by()
    if model is Employee:
        rows = rows.exclude(pk=by.pk)
    count: int = rows._raw_delete(rows.db)  # type: ignore[attr-defined]
    return count
