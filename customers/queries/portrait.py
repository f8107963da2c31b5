"""Who she is: one sentence, what she is called in WeChat, and when she likes to come."""

from collections import Counter
from collections.abc import Sequence

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.choices import AppointmentState, TagKind
from customers.models import Appointment, CustomerTag, Order, Relation
from customers.queries.person import Reader, age
from customers.queries.purchases import Figures
from scrm.kit import clock

HABIT_OF, HABIT = 5, 0.6


def portrait(reader: Reader, tags: Sequence[CustomerTag], figures: Figures, habit: str) -> str:
    """One sentence that says who this is: "32 岁 · 女 · 杭州 · 敏感肌 · 每 42 天来一次 · 爱周末下午". "" where nothing is known."""
    person = reader.customer
    years = age(person.birthday, clock.today())
    needs = [link.tag.name for link in tags if link.tag.group.kind in (TagKind.NEED, TagKind.BASE)][:2]
    parts = [
        _("%(age)s years old") % {"age": years} if years is not None else "",
        str(person.get_gender_display()) if person.gender else "",
        reader.text(person.city),
        reader.text(person.occupation),
        *needs,
        _("every %(days)s days") % {"days": figures.interval} if figures.interval else "",
        habit,
    ]
    return " · ".join(part for part in parts if part)


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
