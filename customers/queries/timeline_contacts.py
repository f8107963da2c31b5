"""The timeline's sources about being in touch."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import (
    COMPLAINT,
    AppointmentState,
    Began,
    Medium,
    Purpose,
    Score,
    TaskState,
)
from customers.models import (
    Appointment,
    Event,
    Feedback,
    FollowUp,
    Task,
)
from customers.queries.person import Reader
from customers.queries.timeline import Entry, Source, sources
from customers.queries.timeline_words import event_words, moment, name_of, short, tone


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
            text=short(reader.text(row.content)), by=name_of(row.author) or reader.text(row.author_name),
            tone="" if row.feeling is None else tone(row.feeling),
            emoji="" if row.feeling is None else str(Score(row.feeling).label), more=" · ".join(more),
        )  # fmt: skip


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
        gone = row.state == AppointmentState.CANCELLED
        since = _("cancelled on %(day)s") % {"day": localtime(row.state_at).strftime("%Y-%m-%d")} if gone else ""
        moved = row.moved_to and _("moved to %(at)s") % {"at": localtime(row.moved_to.starts_at).strftime("%m-%d %H:%M")}
        yield Entry(
            at=row.starts_at, icon=icons.get(AppointmentState(row.state), "event"),
            title=_("Appointment: %(state)s") % {"state": row.get_state_display()},
            text=" · ".join(part for part in where if part), by=name_of(row.employee),
            tone="bad" if row.state == AppointmentState.NO_SHOW else "", more=moved or since or reader.text(row.note),
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
            at=row.at, icon="mood", emoji=str(Score(row.score).label), tone=tone(row.score),
            title=_("Feeling: %(where)s") % {"where": where} if where else _("Feeling"),
            text=short(reader.text(row.words)), by=name_of(row.recorded_by), more=" · ".join(_answered(row, reader)),
        )  # fmt: skip


def _events(reader: Reader, _group: str) -> QuerySet[Event]:
    return Event.objects.filter(customer=reader.customer)


def _tell_events(rows: Sequence[Event], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        word = event_words.get(row.kind) or gettext_lazy("Trace of behaviour")
        text = row.properties.get("text", "") if isinstance(row.properties, dict) else ""
        yield Entry(at=row.at, icon="footprint", title=str(word), text=short(reader.text(text)))


def _tasks(reader: Reader, _group: str) -> QuerySet[Task]:
    """Done ones; a no-show and an answered feeling stand at their own row."""
    rows = Task.objects.filter(customer=reader.customer, state=TaskState.DONE, appointment=None, feedback=None)
    return rows.select_related("done_by")


def _tell_tasks(rows: Sequence[Task], reader: Reader) -> Iterable[Entry]:
    for row in rows:
        yield Entry(
            at=moment(row.done_at), icon="task_alt",
            title=_("Task done: %(what)s") % {"what": row.get_reason_display()}, text=reader.text(row.about),
            by=name_of(row.done_by), more=str(row.get_outcome_display()) if row.outcome else "",
        )  # fmt: skip


def register() -> None:
    sources.register("follow_ups", Source(("contacts",), "at", _follow_ups, _tell_follow_ups))
    sources.register("feedback", Source(("feelings",), "at", _feedback, _tell_feedback))
    sources.register("appointments", Source(("visits",), "starts_at", _appointments, _tell_appointments))
    sources.register("events", Source(("traces",), "at", _events, _tell_events))
    sources.register("tasks", Source(("contacts",), "done_at", _tasks, _tell_tasks))
    event_words.register("page.viewed", gettext_lazy("Looked at a page"))
    event_words.register("link.opened", gettext_lazy("Opened a link"))
    event_words.register("mini_program.opened", gettext_lazy("Opened the mini-program"))
