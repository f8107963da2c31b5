"""The timeline's sources in this app."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import (
    COMPLAINT,
    AppointmentState,
    Approval,
    Began,
    Medium,
    OrderState,
    Purpose,
    Score,
    TaskState,
)
from customers.models import (
    Appointment,
    Consent,
    Customer,
    CustomerTag,
    Event,
    Feedback,
    FollowUp,
    Merge,
    Order,
    OwnerChange,
    Refund,
    Task,
)
from customers.queries import orders
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from scrm.kit import money
from scrm.kit.registry import Registry

# What a kind of trace is called. Apps register the kinds they write.
event_words: Registry[str | Promise] = Registry("kind of trace")
SAYS_LITTLE = 300


def _name(employee: Any) -> str:
    return employee.name if employee is not None else ""


def _short(text: str) -> str:
    return text if len(text) <= SAYS_LITTLE else text[:SAYS_LITTLE] + "…"


def _orders(reader: Reader, _group: str) -> QuerySet[Order] | None:
    if not reader.viewer.has_perm("customers.view_order"):
        return None
    return Order.objects.filter(customer=reader.customer, ordered_at__isnull=False)


def _tell_orders(rows: Sequence[Order], reader: Reader) -> Iterable[Entry]:
    beside = orders.beside([order.pk for order in rows])
    for order in rows:
        known = beside[order.pk]
        first = reader.text(known.first) or _("(no product)")
        what = first if known.lines < 2 else _("%(first)s and %(more)d more") % {"first": first, "more": known.lines - 1}
        told = []
        if order.approval in (Approval.PENDING, Approval.REJECTED):
            told.append(str(order.get_approval_display()))
        if order.state in (OrderState.CANCELLED, OrderState.PLACED):
            told.append(str(order.get_state_display()))
        if known.served:
            told.append(_("served by %(names)s") % {"names": "、".join(known.served)})
        yield Entry(
            at=_when(order.ordered_at), icon="receipt_long", tone="" if told and order.state == OrderState.CANCELLED else "good",
            title=_("Bought for %(yuan)s") % {"yuan": money.show(order.paid_fen)}, text=what, more=" · ".join(told),
            about=f"order:{order.pk}",
        )  # fmt: skip


def _when(at: datetime | None) -> datetime:
    assert at is not None  # filtered
    return at


def _refunds(reader: Reader, _group: str) -> QuerySet[Refund] | None:
    if not reader.viewer.has_perm("customers.view_order"):
        return None
    rows = Refund.objects.filter(order__customer=reader.customer, at__isnull=False)
    return rows.select_related("order", "recorded_by")


def _tell_refunds(rows: Sequence[Refund], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        number = reader.text(row.order.number)
        yield Entry(
            at=_when(row.at), icon="undo", tone="bad", by=_name(row.recorded_by), about=f"order:{row.order_id}",
            title=_("Given back %(yuan)s") % {"yuan": money.show(row.amount_fen)},
            text=reader.text(row.reason), more=_("of order %(number)s") % {"number": number},
        )  # fmt: skip


def _follow_ups(reader: Reader, _group: str) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(customer=reader.customer).select_related("author", "feedback__touchpoint")


def _tell_follow_ups(rows: Sequence[FollowUp], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        medium = str(Medium(row.medium).label)
        hers = row.began == Began.CUSTOMER
        title = _("She got in touch (%(medium)s)") if hers else _("We got in touch (%(medium)s)")
        more = [str(Purpose(row.contact_class).label)] if row.contact_class == Purpose.PROMOTION else []
        if row.outcome:
            more.append(str(row.get_outcome_display()))
        if row.next_at:
            day = localtime(row.next_at).strftime("%Y-%m-%d")
            more.append(" ".join(filter(None, (_("next on %(day)s") % {"day": day}, reader.text(row.next_words)))))
        more += _answered(row.feedback, reader) if hasattr(row, "feedback") else []
        yield Entry(
            at=row.at, icon="call_received" if hers else "chat", title=title % {"medium": medium},
            text=_short(reader.text(row.content)), by=_name(row.author) or reader.text(row.author_name),
            tone="" if row.feeling is None else _tone(row.feeling),
            emoji="" if row.feeling is None else str(Score(row.feeling).label), more=" · ".join(more),
        )  # fmt: skip


def _tone(score: int) -> str:
    return "bad" if score <= COMPLAINT else "good" if score > 0 else ""


def _answered(feedback: Feedback, reader: Reader) -> list[str]:
    if feedback.closed_at is None:
        return [_("not answered yet")] if feedback.score <= COMPLAINT else []
    return [_("answered: %(words)s") % {"words": reader.text(feedback.closing_words)}]


def _appointments(reader: Reader, _group: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(customer=reader.customer).select_related("service", "store", "employee", "moved_to")


def _tell_appointments(rows: Sequence[Appointment], reader: Reader) -> Iterable[Entry]:
    icons = {AppointmentState.ARRIVED: "event_available", AppointmentState.NO_SHOW: "event_busy"}
    for row in rows:
        where = [reader.text(row.service.name) if row.service else "", row.store.name if row.store else ""]
        moved = row.moved_to and _("moved to %(at)s") % {"at": localtime(row.moved_to.starts_at).strftime("%m-%d %H:%M")}
        yield Entry(
            at=row.starts_at, icon=icons.get(AppointmentState(row.state), "event"),
            title=_("Appointment: %(state)s") % {"state": row.get_state_display()},
            text=" · ".join(part for part in where if part), by=_name(row.employee),
            tone="bad" if row.state == AppointmentState.NO_SHOW else "", more=moved or reader.text(row.note),
            about=f"appointment:{row.pk}",
        )  # fmt: skip


def _feedback(reader: Reader, group: str) -> QuerySet[Feedback]:
    """What was felt inside a follow-up stands there; under its own filter everything that was felt."""
    rows = Feedback.objects.filter(customer=reader.customer).select_related("touchpoint", "recorded_by")
    return rows if group == "feelings" else rows.filter(follow_up=None)


def _tell_feedback(rows: Sequence[Feedback], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        where = row.touchpoint.name if row.touchpoint else ""
        yield Entry(
            at=row.at, icon="mood", emoji=str(Score(row.score).label), tone=_tone(row.score),
            title=_("Feeling: %(where)s") % {"where": where} if where else _("Feeling"),
            text=_short(reader.text(row.words)), by=_name(row.recorded_by), more=" · ".join(_answered(row, reader)),
        )  # fmt: skip


def _events(reader: Reader, _group: str) -> QuerySet[Event]:
    return Event.objects.filter(customer=reader.customer)


def _tell_events(rows: Sequence[Event], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        word = event_words.get(row.kind) or gettext_lazy("Trace of behaviour")
        text = row.properties.get("text", "") if isinstance(row.properties, dict) else ""
        yield Entry(at=row.at, icon="footprint", title=str(word), text=_short(reader.text(text)))


def _owner_changes(reader: Reader, _group: str) -> QuerySet[OwnerChange]:
    return OwnerChange.objects.filter(customer=reader.customer).select_related("before", "after", "by")


def _tell_owner_changes(rows: Sequence[OwnerChange], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        nobody = _("nobody")
        names = {"before": _name(row.before) or nobody, "after": _name(row.after) or nobody}
        yield Entry(
            at=row.at, icon="swap_horiz", title=_("Owner: %(before)s → %(after)s") % names,
            text=reader.text(row.note), by=_name(row.by), more=str(row.get_how_display()),
        )  # fmt: skip


def _consents(reader: Reader, _group: str) -> QuerySet[Consent]:
    return Consent.objects.filter(customer=reader.customer).select_related("recorded_by")


def _tell_consents(rows: Sequence[Consent], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        what = _("Agreed: %(what)s") if row.given else _("Withdrew: %(what)s")
        said = f"{Purpose(row.purpose).label} · {Medium(row.medium).label}"
        yield Entry(
            at=row.at, icon="handshake" if row.given else "do_not_disturb_on", title=what % {"what": said},
            text=reader.text(row.ground), by=_name(row.recorded_by), tone="" if row.given else "bad",
        )  # fmt: skip


def _merges(reader: Reader, _group: str) -> QuerySet[Merge] | None:
    if not reader.viewer.has_perm("customers.view_merge"):
        return None
    return Merge.objects.filter(kept=reader.customer).select_related("by", "folded")


def _tell_merges(rows: Sequence[Merge], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        name = reader.text(row.folded.name) or row.folded.masked_phone
        yield Entry(
            at=row.at, icon="merge", title=_("%(name)s was merged into her") % {"name": name}, by=_name(row.by),
            more=_("undone") if row.undone_at else "",
        )  # fmt: skip


def _tags(reader: Reader, _group: str) -> QuerySet[CustomerTag]:
    return CustomerTag.objects.filter(customer=reader.customer).select_related("tag", "employee")


def _tell_tags(rows: Sequence[CustomerTag], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=row.at, icon="sell", title=_("Tag: %(tag)s") % {"tag": reader.text(row.tag.name)}, by=_name(row.employee),
            more="" if row.employee else str(row.get_set_by_display()),
        )  # fmt: skip


def _tasks(reader: Reader, _group: str) -> QuerySet[Task]:
    """Done ones; a no-show and an answered feeling stand at their own row."""
    rows = Task.objects.filter(customer=reader.customer, state=TaskState.DONE, appointment=None, feedback=None)
    return rows.select_related("done_by")


def _tell_tasks(rows: Sequence[Task], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=_when(row.done_at), icon="task_alt",
            title=_("Task done: %(what)s") % {"what": row.get_reason_display()}, text=reader.text(row.about),
            by=_name(row.done_by), more=str(row.get_outcome_display()) if row.outcome else "",
        )  # fmt: skip


def _arrival(reader: Reader, _group: str) -> QuerySet[Customer]:
    return Customer.everyone.filter(pk=reader.customer.pk).select_related("imported_in__created_by")


def _tell_arrival(rows: Sequence[Customer], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        batch = row.imported_in
        title = _("Came in with a sheet") if batch else _("Entered in the system")
        yield Entry(
            at=row.created_at, icon="person_add", title=title, text=reader.text(batch.file_name) if batch else "",
            by=_name(batch.created_by) if batch else "",
        )  # fmt: skip


def register() -> None:
    sources.register("follow_ups", Source(("contacts",), "at", _follow_ups, _tell_follow_ups))
    sources.register("feedback", Source(("feelings",), "at", _feedback, _tell_feedback))
    sources.register("appointments", Source(("visits",), "starts_at", _appointments, _tell_appointments))
    sources.register("orders", Source(("orders",), "ordered_at", _orders, _tell_orders))
    sources.register("refunds", Source(("orders",), "at", _refunds, _tell_refunds))
    sources.register("events", Source(("traces",), "at", _events, _tell_events))
    sources.register("tasks", Source(("contacts",), "done_at", _tasks, _tell_tasks))
    sources.register("owner_changes", Source(("changes",), "at", _owner_changes, _tell_owner_changes))
    sources.register("consents", Source(("changes",), "at", _consents, _tell_consents))
    sources.register("merges", Source(("changes",), "at", _merges, _tell_merges))
    sources.register("tags", Source(("changes",), "at", _tags, _tell_tags))
    sources.register("arrival", Source(("changes",), "created_at", _arrival, _tell_arrival))
    event_words.register("page.viewed", gettext_lazy("Looked at a page"))
    event_words.register("link.opened", gettext_lazy("Opened a link"))
    event_words.register("mini_program.opened", gettext_lazy("Opened the mini-program"))
