"""Who she is: one sentence, what she is called in WeChat, and when she likes to come."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.anniversaries import next_on
from customers.birthdays import Birthday
from customers.choices import AppointmentState, TagKind
from customers.models import Appointment, CustomerTag, Order, Relation
from customers.queries.person import Reader, age
from customers.queries.purchases import Figures
from scrm.kit import clock

HABIT_OF, HABIT = 5, 0.6
BIRTHDAY_AHEAD = 15


def portrait(reader: Reader, tags: Sequence[CustomerTag], figures: Figures, habit: str) -> str:
    """One sentence that says who this is: "32 岁 · 女 · 杭州 · 敏感肌 · 每 42 天来一次 · 爱周末下午". "" where nothing is known."""
    person = reader.customer
    today = clock.today()
    years = age(person.birthday, today)
    rhythm = figures.rhythm(today)
    needs = [link.tag.name for link in tags if link.tag.group.kind in (TagKind.NEED, TagKind.BASE)][:2]
    parts = [
        _("%(age)s years old") % {"age": years} if years is not None else "",
        str(person.get_gender_display()) if person.gender else "",
        reader.text(person.city),
        reader.text(person.occupation),
        *needs,
        _("every %(days)s days") % {"days": rhythm} if rhythm else "",
        habit,
        _soon(person.birthday, today),
    ]
    return " · ".join(part for part in parts if part)


def _soon(birthday: Birthday | None, today: date) -> str:
    """Nobody has the lunar calendar in her head: how many days are left, from a fortnight on."""
    day = next_on(birthday, today) if birthday else None
    left = (day - today).days if day else None
    if birthday is None or left is None or left > BIRTHDAY_AHEAD:
        return ""
    if left == 0:
        return _("lunar birthday today") if birthday.lunar else _("birthday today")
    if birthday.lunar:
        return ngettext("lunar birthday in %(n)d day", "lunar birthday in %(n)d days", left) % {"n": left}
    return ngettext("birthday in %(n)d day", "birthday in %(n)d days", left) % {"n": left}


def remark(reader: Reader) -> str:
    """What the viewer called her in WeChat, else what her owner did."""
    rows = Relation.objects.filter(customer=reader.customer).exclude(remark="")
    names: dict[int | None, str] = dict(rows.filter(employee__in=[reader.viewer.pk, reader.customer.owner_id]).values_list("employee", "remark"))
    return reader.text(names.get(reader.viewer.pk) or names.get(reader.customer.owner_id) or "")


def habit(reader: Reader) -> str:
    """When she likes to come, from her last 50 purchases and visits: "likes weekend afternoons"; "" where there is no
    habit (fewer than five, or no part of the week with 60 %), or where the sheets told no time of day."""
    customer = reader.customer
    times = list(
        Order.objects.filter(customer=customer, ordered_at__isnull=False)
        .order_by("-ordered_at")
        .values_list("ordered_at", flat=True)[:50]
    )
    times += list(
        Appointment.objects.filter(customer=customer, state=AppointmentState.ARRIVED)
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)[:50]
    )
    local = [localtime(at) for at in times]
    parts = Counter((at.weekday() >= 5, _part(at.hour)) for at in local if (at.hour, at.minute) != (0, 0))
    if sum(parts.values()) < HABIT_OF:
        return ""
    (weekend, part), count = parts.most_common(1)[0]
    if count < HABIT * sum(parts.values()):
        return ""
    return _words_for_habit(weekend, part)


def _part(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def _words_for_habit(weekend: bool, part: str) -> str:
    words = {
        (True, "morning"): _("likes weekend mornings"),
        (True, "afternoon"): _("likes weekend afternoons"),
        (True, "evening"): _("likes weekend evenings"),
        (False, "morning"): _("likes weekday mornings"),
        (False, "afternoon"): _("likes weekday afternoons"),
        (False, "evening"): _("likes weekday evenings"),
    }
    return words[weekend, part]
