"""What may be sent to whom, by which medium, and why not: one answer for each purpose × medium.

Of the words for a medium and the words for every medium the newest counts. Without a word service and care are all
right, marketing is not. A withdrawal stops what it names; marketing also waits while a bad feeling is unanswered. Every
reason that stands in the way is named, the complaint first: it is the one that somebody has to settle.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.choices import Medium, Purpose
from customers.models import Consent, Customer, Feedback, Relation

MEDIA = [medium for medium in Medium if medium != Medium.ANY]
NEEDS_PHONE = (Medium.PHONE, Medium.SMS)

SENTENCES = {
    "agreed": gettext_noop("agreed on %(day)s"),
    "no_objection": gettext_noop("never objected"),
    "withdrawn": gettext_noop("withdrawn on %(day)s"),
    "no_consent": gettext_noop("never agreed: service and care only"),
    "complaint": gettext_noop("unhappy since %(day)s and not answered: first settle that"),
    "no_phone": gettext_noop("no mobile number is known"),
    "no_contact": gettext_noop("no colleague has her in WeChat any more"),
}


@dataclass(frozen=True)
class Word:
    """One consent row, as far as it counts."""

    given: bool
    at: datetime
    ground: str


@dataclass(frozen=True)
class Reason:
    """`why` is a key of SENTENCES, `since` the day it names."""

    why: str
    since: datetime | None = None

    @property
    def sentence(self) -> str:
        day = date_format(timezone.localtime(self.since)) if self.since else ""
        return _(SENTENCES[self.why]) % {"day": day}


@dataclass(frozen=True)
class Answer:
    """All that stands in the way, the most urgent first; of a yes the one reason why. `ground`: on what she agreed."""

    may: bool
    reasons: tuple[Reason, ...]
    ground: str = ""

    @property
    def sentence(self) -> str:
        return _("; ").join(reason.sentence for reason in self.reasons)


@dataclass
class Reach:
    """All that is known of one person. `words` are the newest for each (purpose, medium), ANY included."""

    phone: str
    words: dict[tuple[str, str], Word] = field(default_factory=dict)
    unhappy_since: datetime | None = None
    lost_contact: bool = False

    def word(self, purpose: str, medium: str) -> Word | None:
        found = [self.words[key] for key in ((purpose, medium), (purpose, Medium.ANY)) if key in self.words]
        return max(found, key=lambda word: word.at, default=None)

    def answer(self, purpose: str, medium: str) -> Answer:
        word = self.word(purpose, medium)
        found = []
        if purpose == Purpose.PROMOTION and self.unhappy_since is not None:
            found.append(Reason("complaint", self.unhappy_since))
        if word is not None and not word.given:
            found.append(Reason("withdrawn", word.at))
        if purpose == Purpose.PROMOTION and word is None:
            found.append(Reason("no_consent"))
        if medium in NEEDS_PHONE and not self.phone:
            found.append(Reason("no_phone"))
        if medium == Medium.WECOM and self.lost_contact:
            found.append(Reason("no_contact"))
        if found:
            return Answer(False, tuple(found))
        if word is None:
            return Answer(True, (Reason("no_objection"),))
        return Answer(True, (Reason("agreed", word.at),), word.ground)

    def may(self, purpose: str, medium: str) -> bool:
        return self.answer(purpose, medium).may

    def refuses(self, purpose: str, medium: str) -> bool:
        """She took it back herself; that she never agreed is no refusal."""
        word = self.word(purpose, medium)
        return word is not None and not word.given

    def refused_media(self) -> list[Medium]:
        """Where she does not want marketing any more, whatever she once said."""
        return [medium for medium in MEDIA if self.refuses(Purpose.PROMOTION, medium)]


def of(customers: Iterable[Customer]) -> dict[int, Reach]:
    """{id: reach} for a batch, in three queries however many they are."""
    found = {person.pk: Reach(person.phone) for person in customers}
    consents = Consent.objects.filter(customer__in=found).order_by("at", "pk")
    for customer, purpose, medium, given, at, ground in consents.values_list(
        "customer_id", "purpose", "medium", "given", "at", "ground"
    ):
        found[customer].words[purpose, medium] = Word(given, at, ground)
    unhappy = Feedback.objects.unanswered().filter(customer__in=found).order_by("-at")
    for customer, at in unhappy.values_list("customer_id", "at"):
        found[customer].unhappy_since = at
    contacts: dict[int, list[bool]] = {}
    for customer, deleted, blocked in Relation.objects.filter(customer__in=found).order_by().values_list(
        "customer_id", "deleted_by", "blocked_by"
    ):
        contacts.setdefault(customer, []).append(not deleted and not blocked)
    for customer, standing in contacts.items():
        found[customer].lost_contact = not any(standing)
    return found


def of_one(customer: Customer) -> Reach:
    return of([customer])[customer.pk]
