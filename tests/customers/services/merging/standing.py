"""Everything that points at people, as it stands: found by walking the relations, so that a new one is looked at too."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Sum

from customers.models import Customer, Merge

Key = tuple[str, int, str]
# What says that two were joined is there afterwards as well.
_SAID = (Merge, Customer)
# Of two equal ones one stays behind with the folded record, and figures of one system become one row.
_MAY_STAY = (
    "customers.customertag", "customers.relation", "customers.opening", "customers.mergecandidate",
    "campaigns.link", "campaigns.participation", "campaigns.referral",
)  # fmt: skip
# What waits for a job says nothing of anybody.
_WAITS = ("campaigns.arrivalwork",)
# Books do not move.
_STAYS = ("campaigns.commissionentry",)


def relations() -> Iterator[tuple[type[Model], str]]:
    for relation in Customer._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if relation.auto_created and not relation.concrete and model is not None and model._meta.label_lower not in _WAITS:
            yield model, relation.field.name


def standing(*people: Customer) -> dict[Key, Any]:
    """{(model, id, column): value} of these people and of every row that points at one of them."""
    keys = [person.pk for person in people]
    found = _cells(Customer, Customer.everyone.filter(pk__in=keys), but=("updated_at",))
    for model, field in relations():
        if model not in _SAID:
            found |= _cells(model, model._base_manager.filter(**{f"{field}__in": keys}))
    return found


def _cells(model: type[Model], rows: Any, but: tuple[str, ...] = ()) -> dict[Key, Any]:
    label = model._meta.label_lower
    return {
        (label, row["pk"], column): value
        for row in rows.values("pk", *(f.attname for f in model._meta.concrete_fields if f.name not in but))
        for column, value in row.items()
    }


def totals() -> dict[str, int]:
    """Over all living people: how many rows of each kind, and the sum of every amount."""
    living = Customer.objects.values("pk")
    found: dict[str, int] = {}
    for model, field in relations():
        label = model._meta.label_lower
        if model in _SAID or label.startswith("customers.historical") or label in _STAYS:
            continue
        rows = model._base_manager.filter(**{f"{field}__in": living}).order_by()
        if label not in _MAY_STAY:
            found[f"{label}.{field}"] = rows.count()
        for column in model._meta.concrete_fields:
            if _is_amount(column):
                found[f"{label}.{field}.{column.name}"] = rows.aggregate(sum=Sum(column.name))["sum"] or 0
    return found


def _is_amount(column: Any) -> bool:
    return column.name.endswith("_fen") or column.name in ("orders", "score", "minutes")
