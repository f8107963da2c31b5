"""What to do next with one customer, and the words for it; where we left off; who she is, in one sentence."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.anniversaries import next_on
from customers.choices import AppointmentState, Medium, Purpose, TaskReason
from customers.models import Appointment, Feedback, FollowUp, Task
from customers.queries import words
from customers.queries.person import Reader
from customers.queries.purchases import Figures
from scrm.kit import clock

BIRTHDAY_AHEAD = 7
MISSED_SINCE = timedelta(days=14)
QUIET_DAYS = 60
LATELY_DAYS = 7
AGREED = (TaskReason.FOLLOW_UP, TaskReason.OTHER, TaskReason.ASSIGNED)


@dataclass(frozen=True)
class Step:
    """`act` is the button that does it: "answer", "book", "follow_up", "order", "confirm" or ""."""

    key: str
    title: str
    why: str
    words: str = ""
    act: str = "follow_up"
    task: int | None = None
    appointment: int | None = None
    day: str = ""


@dataclass(frozen=True)
class LeftOff:
    last: FollowUp | None
    last_text: str
    next_at: Any
    next_text: str


class Situation:
    """What is known of her contacts just now: five queries, for every part of the page that asks."""

    def __init__(self, reader: Reader, figures: Figures) -> None:
        self.reader, self.figures = reader, figures
        customer = reader.customer
        now = clock.now()
        self.today = clock.today()
        self.complaints = list(
            Feedback.objects.filter(customer=customer).unanswered().select_related("touchpoint").order_by("at")
        )
        self.tasks = list(Task.objects.open().filter(customer=customer).order_by("due_at", "pk")[:20])
        around = Appointment.objects.filter(customer=customer, starts_at__gt=now - MISSED_SINCE)
        self.appointments = list(around.select_related("service", "employee", "store").order_by("starts_at")[:20])
        follow_ups = FollowUp.objects.filter(customer=customer).select_related("author")
        self.last = follow_ups.order_by("-at", "-pk").first()
        birthday = customer.birthday
        self.birthday = next_on(birthday, self.today) if birthday else None

    @property
    def coming(self) -> Appointment | None:
        """The next one that is booked."""
        midnight = clock.start_of(self.today)
        booked = (row for row in self.appointments if row.state == AppointmentState.BOOKED)
        return next((row for row in booked if row.starts_at >= midnight), None)

    def left_off(self) -> LeftOff | None:
        agreed = next((task for task in self.tasks if task.reason == TaskReason.FOLLOW_UP), None)
        coming = self.coming
        if self.last is None and agreed is None and coming is None:
            return None
        next_at, next_text = None, ""
        if coming is not None and (agreed is None or coming.starts_at <= agreed.due_at):
            next_at, next_text = coming.starts_at, coming.service.name if coming.service else _("Appointment")
        elif agreed is not None:
            next_at, next_text = agreed.due_at, agreed.about or str(agreed.get_reason_display())
        return LeftOff(
            last=self.last,
            last_text=self.reader.text(self.last.content) if self.last else "",
            next_at=next_at,
            next_text=self.reader.text(next_text),
        )

    def step(self) -> Step:
        """The most urgent one first; a step is always given."""
        for rule in (self._answer, self._confirm, self._win_back, self._today, self._due, self._celebrate, self._again):
            step = rule()
            if step is not None:
                return step
        return self._keep()

    @property
    def _call(self) -> str:
        """How she is spoken to: by her name without what stands around it."""
        return self.reader.name if self.reader.customer.name else _("Dear customer")

    def _answer(self) -> Step | None:
        if not self.complaints:
            return None
        first = self.complaints[0]
        waited = _waited(int((clock.now() - first.at).total_seconds() // 3600))
        # Hers who answers it, or of whoever sees her list: a consultant reads that the manager has it.
        mine = Task.objects.visible_to(self.reader.viewer).open().filter(feedback=first).first()
        task = mine.pk if mine else None
        return Step(
            "answer",
            _("Call her first, sell nothing"),
            _("She has waited %(time)s for an answer to: %(words)s")
            % {"time": waited, "words": self.reader.text(first.words)[:80] or "—"},
            _("%(name)s, I am sorry that you waited. I read what you wrote and want to put it right: may I call you today?")
            % {"name": self._call},
            "answer",
            task,
        )  # fmt: skip

    def _confirm(self) -> Step | None:
        task = next((task for task in self.tasks if task.reason == TaskReason.NO_SHOW), None)
        if task is None:
            return None
        row = next((row for row in self.appointments if row.pk == task.appointment_id), None)
        if row is None:
            return None
        return Step(
            "confirm", _("Say whether she came"), _("Appointment at %(at)s") % {"at": _moment(row)}, "", "confirm",
            task.pk, row.pk, localtime(row.starts_at).date().isoformat(),
        )  # fmt: skip

    def _win_back(self) -> Step | None:
        missed = [row for row in self.appointments if row.state == AppointmentState.NO_SHOW]
        if not missed or self.coming is not None:
            return None
        if self.last is not None and self.last.at > missed[-1].starts_at:
            return None
        return Step(
            "win_back", _("Win the missed appointment back"),
            _("Did not come at %(at)s") % {"at": _moment(missed[-1])},
            words.for_task(TaskReason.WIN_BACK, name=self._call, me=self.reader.viewer.name), "book",
        )  # fmt: skip

    def _today(self) -> Step | None:
        coming = self.coming
        if coming is None or coming.starts_at >= clock.end_of(self.today):
            return None
        return Step(
            "today", _("She comes today"), _("Appointment at %(at)s") % {"at": _moment(coming)},
            _("%(name)s, see you today at %(at)s. We have everything ready for you.")
            % {"name": self._call, "at": localtime(coming.starts_at).strftime("%H:%M")}, "follow_up", None, coming.pk,
        )  # fmt: skip

    def _due(self) -> Step | None:
        end = clock.end_of(self.today)
        agreed = next((task for task in self.tasks if task.reason in AGREED and task.due_at < end), None)
        if agreed is None:
            return None
        # What was noted when she was assigned is why, not what.
        named = agreed.about if agreed.reason != TaskReason.ASSIGNED else ""
        title = named or str(agreed.get_reason_display())
        why = _("due on %(day)s") % {"day": localtime(agreed.due_at).strftime("%m-%d")}
        return Step("due", self.reader.text(title), why, self.reader.text(agreed.words), "follow_up", agreed.pk)

    def _celebrate(self) -> Step | None:
        if self.birthday is None or (self.birthday - self.today).days > BIRTHDAY_AHEAD or self._refuses(Purpose.CARE):
            return None
        left = (self.birthday - self.today).days
        when = _("today") if left == 0 else ngettext("in %(n)d day", "in %(n)d days", left) % {"n": left}
        return Step(
            "birthday", _("Birthday wishes"), _("Birthday %(when)s") % {"when": when},
            _("%(name)s, happy birthday! All of us wish you a wonderful year.") % {"name": self._call},
        )  # fmt: skip

    def _again(self) -> Step | None:
        interval, last = self.figures.interval, self.figures.last
        if interval is None or last is None or self.coming is not None:
            return None
        since = (self.today - last).days
        if since < max(interval, 7):
            return None
        rhythm = self.figures.rhythm(self.today)
        why = (
            _("She comes every %(interval)d days; the last time was %(since)d days ago")
            % {"interval": rhythm, "since": since}
            if rhythm
            else _("Her last visit was %(since)d days ago") % {"since": since}
        )
        if self._refuses(Purpose.PROMOTION):
            return self._care(why)
        return Step(
            "again", _("It is time for her next visit"), why,
            _("%(name)s, it has been a while. Shall I keep a time for you this week?") % {"name": self._call}, "book",
        )  # fmt: skip

    def _care(self, why: str) -> Step:
        """Who wants no marketing is not invited: she is asked how she is, and not even that where she took care back."""
        if self._refuses(Purpose.CARE):
            why = _("She does not want to be greeted: write only about what she booked or bought.")
            return Step("service", _("Service only"), why, "", "")
        why = _("%(why)s. She wants no marketing.") % {"why": why}
        return Step("care", _("Say hello, without selling"), why, self._hello)

    def _refuses(self, purpose: Purpose) -> bool:
        """The words of a step go out by WeChat."""
        return self.reader.reach.refuses(purpose, Medium.WECOM)

    @property
    def _hello(self) -> str:
        return _("%(name)s, how are you? If there is anything we can do for you, I am here.") % {"name": self._call}

    def _keep(self) -> Step:
        if self.coming is not None:
            return Step("coming", _("Nothing is due"), _("Next appointment at %(at)s") % {"at": _moment(self.coming)})
        days = None if self.last is None else (self.today - localtime(self.last.at).date()).days
        if days is not None and days <= LATELY_DAYS:
            return Step("nothing", _("Nothing is due"), _("You were in touch lately"), "", "")
        why = _("Nobody has written anything down yet") if days is None else _(
            "The last contact was %(n)d days ago") % {"n": days}
        if days is not None and days < QUIET_DAYS:
            return Step("nothing", _("Nothing is due"), why, "", "")
        if self._refuses(Purpose.CARE):
            return self._care(why)
        return Step("greet", _("Say hello, without selling"), why, self._hello)


def _waited(hours: int) -> str:
    if hours < 1:
        return _("less than an hour")
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def _moment(row: Appointment) -> str:
    return localtime(row.starts_at).strftime("%m-%d %H:%M")
