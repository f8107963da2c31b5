"""What a page is made from in minutes: everything filled in, nothing fixed."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, LandingPage
from customers.choices import Purpose

Words = str | Promise


@dataclass(frozen=True)
class Question:
    key: str
    label: Words
    choices: tuple[Words, ...] = ()
    required: bool = False

    def filled(self) -> dict[str, Any]:
        return {
            "key": self.key, "label": str(self.label), "choices": [str(one) for one in self.choices],
            "required": self.required,
        }  # fmt: skip


@dataclass(frozen=True)
class Template:
    """`name` and `about` are for whoever chooses; all the rest is what the page begins with."""

    key: str
    icon: str
    name: Words
    about: Words
    title: Words
    words: Words
    rules: Words
    button: Words
    thanks: Words
    consents: tuple[str, ...] = (Purpose.SERVICE, Purpose.PROMOTION)
    questions: tuple[Question, ...] = field(default=())
    ask_time: bool = False


TEMPLATES: dict[str, Template] = {
    one.key: one
    for one in (
        Template(
            key="coupon",
            icon="confirmation_number",
            name=gettext_lazy("Coupon"),
            about=gettext_lazy("Name and number in, a coupon out. It is taken at the counter."),
            title=gettext_lazy("A coupon for you"),
            words=gettext_lazy("Leave your name and number, and the coupon is yours at once.\nShow it at the counter when you come."),
            rules=gettext_lazy(
                "One coupon for each person.\nValid until the day that stands on it.\nNot together with other offers, and not "
                "for cash."
            ),
            button=gettext_lazy("Get the coupon"),
            thanks=gettext_lazy("Here is your coupon."),
        ),
        Template(
            key="trial",
            icon="sell",
            name=gettext_lazy("Trial at a low price"),
            about=gettext_lazy("Something to get to know the shop, with its price; the coupon holds the place."),
            title=gettext_lazy("Try it for less"),
            words=gettext_lazy(
                "For new customers: the whole treatment once, at a price to get to know us.\nPay when you come; nothing is paid "
                "here."
            ),
            rules=gettext_lazy(
                "For customers who have not been here before, once each.\nPlease make an appointment a day ahead.\nWhat you buy "
                "beyond it is up to you."
            ),
            button=gettext_lazy("I want to try it"),
            thanks=gettext_lazy("Your place is kept. We call you to find a time."),
            questions=(
                Question("skin", gettext_lazy("What would you like to improve?"), (
                    gettext_lazy("dryness"), gettext_lazy("sensitivity"), gettext_lazy("blemishes"), gettext_lazy("something else"),
                )),
            ),
            ask_time=True,
        ),
        Template(
            key="booking",
            icon="event",
            name=gettext_lazy("Booking"),
            about=gettext_lazy("A wished day and time; whoever looks after her gets a task for today to call."),
            title=gettext_lazy("Book your visit"),
            words=gettext_lazy("Choose a day and a time of day. We call you to settle the hour."),
            rules=gettext_lazy("The appointment is settled once we have called you.\nIf you cannot come, please tell us two hours before."),
            button=gettext_lazy("Ask for a time"),
            thanks=gettext_lazy("Thank you. We call you today to settle the hour."),
            consents=(Purpose.SERVICE,),
            questions=(Question("what", gettext_lazy("What would you like to come for?")),),
            ask_time=True,
        ),
        Template(
            key="survey",
            icon="poll",
            name=gettext_lazy("Survey"),
            about=gettext_lazy("A few questions; a coupon as a thank-you, if you choose one."),
            title=gettext_lazy("Three questions, one minute"),
            words=gettext_lazy("Tell us how it was. What you write is read by the people who run the shop."),
            rules=gettext_lazy("Each person once. Your answers have no influence on prices."),
            button=gettext_lazy("Send my answers"),
            thanks=gettext_lazy("Thank you for your answers."),
            consents=(Purpose.CARE,),
            questions=(
                Question("how", gettext_lazy("How was your last visit?"), (
                    gettext_lazy("very good"), gettext_lazy("all right"), gettext_lazy("not good"),
                ), required=True),
                Question("again", gettext_lazy("Would you recommend us to a friend?"), (
                    gettext_lazy("gladly"), gettext_lazy("perhaps"), gettext_lazy("rather not"),
                )),
                Question("better", gettext_lazy("What should we do better?")),
            ),
        ),
    )
}  # fmt: skip


def fill(campaign: Campaign, key: str) -> LandingPage:
    """A page that is not saved yet, in the reader's language; an unknown template is a blank one."""
    made = TEMPLATES.get(key)
    if made is None:
        return LandingPage(campaign=campaign, template="", title=campaign.name)
    return LandingPage(
        campaign=campaign, template=made.key, title=str(made.title), words=str(made.words), rules=str(made.rules),
        button=str(made.button), thanks=str(made.thanks), ask_time=made.ask_time, consents=list(made.consents),
        questions=[question.filled() for question in made.questions],
    )  # fmt: skip


def name_of(page: LandingPage) -> str:
    made = TEMPLATES.get(page.template)
    return str(made.name) if made else _("blank page")
