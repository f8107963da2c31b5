"""What campaigns know of a person who is erased (`customers.services.erasing`)."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from campaigns.models import Link, Participation, Visitor
from campaigns.services.drawing import kept
from customers.services.erasing.erasers import Empties, Keeps, Rows, erasers


class Cookies(Rows):
    """Her browser is a stranger's from now on; the touches stay, for the figures, and know nobody's cookie."""

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        hers = list(self.rows(people))
        for visitor in hers:
            visitor.key, visitor.identity_id = uuid4(), None
        Visitor.objects.bulk_update(hers, ["key", "identity"], batch_size=500)
        return ()


class Posters(Rows):
    """Her links stay, for the figures; the pictures with her name on them go."""

    def count(self, people: Sequence[int]) -> int:
        return len(self._pictures(people))

    def erase(self, people: Sequence[int]) -> Iterable[str]:
        return self._pictures(people)

    def _pictures(self, people: Sequence[int]) -> list[str]:
        return kept.of_links(list(self.rows(people).values_list("pk", flat=True)))


def register() -> None:
    erasers.register("posters", Posters(Link, _("posters with her name")))
    erasers.register("visitors", Cookies(Visitor, _("visits: her cookies")))
    erasers.register(
        "participations", Empties(Participation, _("campaigns joined: her answers"), values={"answers": {}, "wished": ""})
    )
    erasers.register(
        "campaigns",
        Keeps(
            (
                "campaigns.referral.inviter", "campaigns.referral.invitee",
                "campaigns.referral.root", "campaigns.binding.customer", "campaigns.conversion.customer",
                "campaigns.commissionentry.promoter", "campaigns.arrivalwork.customer",
            )
        ),
    )  # fmt: skip
