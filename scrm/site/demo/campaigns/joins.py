"""Who left her name on the page, and who greeted her on the same evening."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from campaigns.models import Link
from campaigns.services import joining
from campaigns.services.joining import Joined
from customers.choices import TaskOutcome, TaskReason
from customers.models import Task
from customers.services import doing
from scrm.kit import clock
from scrm.site.demo.campaigns.people import Somebody
from scrm.site.demo.campaigns.shapes import Shop

GREETING = "{name}您好，我是禾光的{me}。您领的券给您留着了，哪天方便过来？"
# Who, by the link of which code, in which browser.
type Arrival = tuple[Somebody, str, UUID]
BESIDE = ("campaign__page__coupon__product", "employee__department", "customer", "channel")
# One in so many ticks nothing.
RELUCTANT = 3


def join(arrivals: Iterable[Arrival], shop: Shop) -> list[tuple[Somebody, Joined]]:
    """In the order in which they came."""
    found = []
    links: dict[str, Link] = {}
    for one, code, key in sorted(arrivals, key=lambda row: (-row[0].lead.joined, row[0].hour, row[0].minute)):
        link = links.get(code) or links.setdefault(code, Link.objects.select_related(*BESIDE).get(code=code))
        page = link.campaign.page
        agreed = [] if (one.hour + one.minute) % RELUCTANT == 0 else page.consents
        asked = page.questions[0] if page.questions else None
        answers = {asked["key"]: asked["choices"][one.nth % len(asked["choices"])]} if asked and asked["choices"] else {}
        with clock.staged(shop.at(one.lead.joined, one.hour, one.minute)):
            joined = joining.join(
                link=link, visitor_key=key, name=one.name, phone=one.phone, answers=answers, consents=agreed,
                wished=_wished(one, shop) if page.ask_time else "",
            )  # fmt: skip
        found.append((one, joined))
    _greet([joined.customer.pk for _one, joined in found])
    return found


def _wished(one: Somebody, shop: Shop) -> str:
    """Whoever goes on to an appointment with a colleague of ours said when."""
    return f"{shop.day(one.lead.visit)} 下午" if one.lead.visit and one.way.promoter == "吴桐" else ""


def _greet(people: list[int]) -> None:
    """Newly hers, and asked for a time: done on the day."""
    new = Task.objects.open().filter(customer__in=people, reason__in=[TaskReason.ASSIGNED, TaskReason.OTHER])
    for task in new.select_related("customer", "employee").order_by("due_at", "pk"):
        with clock.staged(task.due_at - timedelta(hours=2)):
            if task.reason == TaskReason.OTHER:
                doing.settle(task, outcome=TaskOutcome.DONE, by=task.employee)
            else:
                words = GREETING.format(name=task.customer.name, me=task.employee.name)
                doing.settle(task, outcome=TaskOutcome.SENT, by=task.employee, words=words)
