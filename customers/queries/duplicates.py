"""Is she here already? What may be said of someone whom the asker may not see."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.choices import IdentityKind
from customers.models import Customer, Identity
from customers.queries.disclosure import stranger_name
from scrm.kit import phones


@dataclass(frozen=True)
class Known:
    """A person who has this number. `visible`: the asker may open her page."""

    customer: Customer
    phone: str
    visible: bool

    @property
    def sentence(self) -> str:
        """"Already here: 王*娟 138****0021, looked after by 小许": never a full name or number."""
        said = {
            "name": stranger_name(self.customer.name) or _("(no name)"),
            "phone": phones.mask(self.phone),
            "owner": self.customer.owner.name if self.customer.owner else "",
        }
        if self.customer.archived_at is not None:
            return _("Already here, but archived: %(name)s %(phone)s. The owner or an operator can bring her back.") % said
        if self.customer.owner is None:
            return _("Already here: %(name)s %(phone)s, without owner") % said
        return _("Already here: %(name)s %(phone)s, looked after by %(owner)s") % said


def by_phone(text: str, *, asking: Any) -> Known | None:
    """Whoever has the number, archived people too; a folded person stands for the one she was merged into."""
    number = phones.normalise(text)
    if number is None:
        return None
    identity = (
        Identity.objects.filter(kind=IdentityKind.PHONE, value=number)
        .select_related("customer__owner", "customer__merged_into__owner")
        .first()
    )
    if identity is None:
        return None
    customer = identity.customer.merged_into or identity.customer
    seen = customer.is_living and Customer.objects.visible_to(asking).filter(pk=customer.pk).exists()
    return Known(customer=customer, phone=number, visible=seen)
