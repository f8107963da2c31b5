"""One person: made, changed, archived, brought back, her number shown. Sheets have a set-based way in.

What hangs together is kept here: `name_key` with the name, `phone` with the identities, `tail` with a phone.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.choices import IdentityKind, Purpose
from customers.models import Customer, ErasedIdentity, Identity, Tag
from customers.naming import clean_name, fold_name
from customers.queries import colleagues, disclosure, duplicates, erased, looks
from customers.services import consenting, remembering, tagging
from customers.services import fields as own_fields
from customers.services.owning import telling
from scrm.kit import audit, clock, phones
from scrm.kit.errors import Refused

ARCHIVE = "customers.archive_customer"
SHOWN = looks.SHOWN
BY_HAND = "person"

PLAIN = frozenset(
    ("name", "gender", "birthday", "city", "address", "company", "occupation", "education", "note")
) | frozenset(("income_band", "spending_band", "budget", "source", "store", "owner", "known_since"))


def create(
    *,
    phone: str,
    by: Any,
    tags: Iterable[Tag] = (),
    custom: Mapping[str, Any] | None = None,
    came_back: bool = False,
    via: str = BY_HAND,
    **values: Any,
) -> Customer:
    """A new person with one phone identity. A name is not needed, a number is. `came_back`: whoever had herself erased
    with this number stands here again and wants to be known. `via`: where the number is from.

    Raises Refused: "phone.invalid"; "person.exists" or "person.archived" with the sentence that says who has
    the number; "person.erased" unless she came back; "owner.not_yours", "store.not_yours" outside what `by` may choose.
    """
    number = _number(phone)
    returns = _returns(number, came_back)
    customer = Customer(phone=number, created_at=clock.now())
    _may_choose(customer, values, by)
    _fill(customer, values)
    _merge_custom(customer, custom or {})
    customer._history_user = by  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            customer.save()
            _add_phone(customer, number, via)
            tagging.put(Customer.everyone.filter(pk=customer.pk), tags, by=by)
            audit.record("person.created", by=by, on=customer)
            telling.new_person(customer, by=by)
            if returns:
                _welcome_back(customer, number, by)
    except IntegrityError:
        _refuse_duplicate(number, by)
        raise
    return customer


def change(
    customer: Customer,
    *,
    by: Any,
    phone: str | None = None,
    tags: Iterable[Tag] | None = None,
    custom: Mapping[str, Any] | None = None,
    came_back: bool = False,
    **values: Any,
) -> list[str]:
    """Writes what differs and returns the names of it; an edit that changes nothing leaves no history.

    A new `phone` becomes the one that is shown; the old one stays as an identity and still finds her.
    `custom` is merged key by key, None takes a value away. Refuses like `create`.
    """
    _may_choose(customer, values, by)
    owner_before = customer.owner_id
    changed = _fill(customer, values)
    if custom is not None and _merge_custom(customer, custom):
        changed.append("custom")
    number = _number(phone) if phone else customer.phone
    returns = number != customer.phone and _returns(number, came_back)
    if number != customer.phone:
        customer.phone = number
        changed.append("phone")
    try:
        with transaction.atomic():
            if "phone" in changed:
                _add_phone(customer, number)
                if returns:
                    _welcome_back(customer, number, by)
            if changed:
                remembering.before_edit(customer.pk)
                customer.updated_at = clock.now()
                customer._history_user = by  # type: ignore[attr-defined]
                customer.save(update_fields=[*_columns(changed), "updated_at"])
            if "owner" in changed:
                telling.edited(customer, before=owner_before, by=by)
            if tags is not None and tagging.set_tags(customer, tags, by=by):
                changed.append("tags")
    except IntegrityError:
        _refuse_duplicate(number, by)
        raise
    return changed


def archive(customer: Customer, *, by: Any) -> Customer:
    """Out of every list, count and export; nothing of her is deleted. Raises Refused("person.not_living")."""
    _may_archive(by)
    return _turn(customer, by, to_archive=True)


def bring_back(customer: Customer, *, by: Any) -> Customer:
    """Raises Refused("person.not_archived")."""
    _may_archive(by)
    return _turn(customer, by, to_archive=False)


def show_phone(customer: Customer, *, by: Any) -> str:
    """The full number, once, with an audit row: who looked at whom.

    Raises Refused: "phone.not_yours" without the right; "phone.limit" for one more than DAILY_PHONE_LIMIT of a
    consultant's day: that is written down, since the owner is told of it.
    """
    if not disclosure.may_reveal(by, customer):
        raise Refused("phone.not_yours", _("You may see the full numbers of your own customers only."))
    if (
        not disclosure.sees_full_phones(by)
        and shown_today(by) >= settings.DAILY_PHONE_LIMIT
        and not was_shown_today(customer, to=by)
    ):
        if not looks.refused_today(by).filter(object_id=str(customer.pk)).exists():
            audit.record(looks.REFUSED, by=by, on=customer)
        sentence = _("You have looked at %(limit)s numbers today. Ask your manager for more.")
        raise Refused("phone.limit", sentence % {"limit": settings.DAILY_PHONE_LIMIT})
    audit.record(SHOWN, by=by, on=customer)
    return customer.phone


def shown_today(employee: Any) -> int:
    """How many customers' full numbers she had shown since the shop's midnight; a second look counts once."""
    return looks.shown_today(employee).values("object_id").distinct().count()


def was_shown_today(customer: Customer, *, to: Any) -> bool:
    return looks.shown_today(to).filter(object_id=str(customer.pk)).exists()


def _returns(number: str, came_back: bool) -> bool:
    """Whether the number is one that was erased; refused unless she came back by herself."""
    if not erased.is_erased_phone(number):
        return False
    if not came_back:
        raise Refused("person.erased", came_back_asks())
    return True


def came_back_asks() -> str:
    return _(
        "The personal data of whoever has this number was erased at her own wish. Enter it only if she came back herself "
        "and wants to be known again; saving asks you to tick that."
    )


def _welcome_back(customer: Customer, number: str, by: Any) -> None:
    """Sheets may name her again from now on; that she agreed is written down beside her."""
    ErasedIdentity.objects.filter(pk__in=erased.hashes_of(IdentityKind.PHONE.value, number)).delete()
    consenting.record(
        customers=[customer.pk], purposes=[Purpose.SERVICE], given=True, ground=_("came back herself"), by=by
    )
    audit.record("person.came_back", by=by, on=customer)


def _number(phone: str) -> str:
    number = phones.normalise(phone)
    if number is None:
        raise Refused("phone.invalid", _("This is no mobile number: 11 digits, beginning with 13 to 19."))
    return number


def _refuse_duplicate(number: str, by: Any) -> None:
    """Nobody in particular (a page for everybody) is told nothing of who is known."""
    if by is None:
        raise Refused("person.exists")
    known = duplicates.by_phone(number, asking=by)
    if known is not None:
        code = "person.archived" if known.customer.archived_at else "person.exists"
        raise Refused(code, known.sentence, customer=known.customer.pk if known.visible else None)


def _add_phone(customer: Customer, number: str, via: str = BY_HAND) -> None:
    """Her own second number becomes the first; somebody else's is an IntegrityError."""
    if customer.identities.filter(kind=IdentityKind.PHONE, value=number).exists():
        return
    Identity.objects.create(
        customer=customer, kind=IdentityKind.PHONE, value=number, tail=number[-4:], source=via
    )


def _may_choose(customer: Customer, values: Mapping[str, Any], by: Any) -> None:
    unknown = values.keys() - PLAIN
    if unknown:
        raise TypeError(f"cannot change {sorted(unknown)}")
    if by is None:
        return
    owner, store = values.get("owner", customer.owner), values.get("store", customer.store)
    if owner != customer.owner and not colleagues.may_choose_owner(by, owner):
        raise Refused("owner.not_yours", _("You may not hand customers to this colleague."))
    if store != customer.store and not colleagues.may_choose_store(by, store):
        raise Refused("store.not_yours", _("You may not choose this store."))


def _fill(customer: Customer, values: Mapping[str, Any]) -> list[str]:
    changed = []
    for name, value in values.items():
        value = clean_name(value) if name == "name" else value
        value = value.replace("\x00", "") if isinstance(value, str) else value
        if getattr(customer, name) != value:
            setattr(customer, name, value)
            changed.append(name)
    if "name" in changed:
        customer.name_key = fold_name(customer.name)[: Customer._meta.get_field("name_key").max_length]
    return changed


def _merge_custom(customer: Customer, custom: Mapping[str, Any]) -> bool:
    merged = {**customer.custom, **own_fields.clean_values(custom)}
    merged = {key: value for key, value in merged.items() if value is not None}
    if merged == customer.custom:
        return False
    customer.custom = merged
    return True


def _columns(changed: Iterable[str]) -> list[str]:
    more = {"name": ["name", "name_key"], "birthday": ["birth_year", "birth_md", "birth_lunar"]}
    return [column for name in changed for column in more.get(name, [name])]


def _may_archive(by: Any) -> None:
    if by is not None and not by.has_perm(ARCHIVE):
        raise Refused("person.archive_not_allowed", _("You may not archive customers."))


def _turn(customer: Customer, by: Any, *, to_archive: bool) -> Customer:
    with transaction.atomic():
        row = Customer.everyone.select_for_update().get(pk=customer.pk)
        if to_archive and not row.is_living:
            raise Refused("person.not_living", _("This person is archived already."))
        if not to_archive and (row.archived_at is None or row.merged_into_id or row.erased_at):
            raise Refused("person.not_archived", _("This person is not archived."))
        remembering.before_edit(row.pk)
        row.archived_at = clock.now() if to_archive else None
        row.updated_at = clock.now()
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=["archived_at", "updated_at"])
        audit.record("person.archived" if to_archive else "person.brought_back", by=by, on=row)
    return row
