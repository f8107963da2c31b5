"""People, tags, channels, imports. Nothing surprising: what is not said is blank."""

from itertools import count
from typing import Any

from customers.choices import BatchState, IdentityKind, Purpose, TagSetBy
from customers.models import (
    Channel,
    Consent,
    Customer,
    CustomerTag,
    Identity,
    ImportBatch,
    ImportRow,
    Opening,
    Tag,
    TagGroup,
)
from customers.naming import fold_name
from scrm.kit import clock

_numbers = count(1)


def make_customer(name: str = "", phone: str = "", **fields: Any) -> Customer:
    """With one phone identity when a phone is given; `owner`, `store`, `source`… as fields of the model."""
    customer = Customer.everyone.create(name=name, name_key=fold_name(name), phone=phone, **fields)
    if phone:
        identify(customer, IdentityKind.PHONE, phone)
    return customer


def identify(customer: Customer, kind: str, value: str, **fields: Any) -> Identity:
    tail = value[-4:] if kind == IdentityKind.PHONE else ""
    return Identity.objects.create(customer=customer, kind=kind, value=value, tail=tail, **fields)


def make_tag(name: str = "", group: str = "基本") -> Tag:
    return Tag.objects.create(
        name=name or f"标签{next(_numbers)}", group=TagGroup.objects.get_or_create(name=group)[0]
    )


def tag(customer: Customer, label: Tag, set_by: str = TagSetBy.PERSON, **fields: Any) -> CustomerTag:
    return CustomerTag.objects.create(customer=customer, tag=label, set_by=set_by, **fields)


def make_channel(name: str = "", **fields: Any) -> Channel:
    return Channel.objects.create(name=name or f"渠道{next(_numbers)}", **fields)


def make_batch(file_name: str = "会员.xlsx", **fields: Any) -> ImportBatch:
    """An import that ran to its end."""
    fields.setdefault("state", BatchState.DONE)
    fields.setdefault("started_at", clock.now())
    fields.setdefault("sha256", f"{next(_numbers):064x}")
    return ImportBatch.objects.create(file_name=file_name, **fields)


def make_row(batch: ImportBatch, customer: Customer | None, number: int = 2, **fields: Any) -> ImportRow:
    fields.setdefault("outcome", "created")
    return ImportRow.objects.create(batch=batch, customer=customer, number=number, **fields)


def make_opening(customer: Customer, system: str = "旧系统", **fields: Any) -> Opening:
    return Opening.objects.create(customer=customer, system=system, **fields)


def consent(customer: Customer, given: bool = True, **fields: Any) -> Consent:
    fields.setdefault("purpose", Purpose.PROMOTION)
    return Consent.objects.create(customer=customer, given=given, **fields)
