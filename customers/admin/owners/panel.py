"""归属与来源 on the customer page: who looks after her since when and why, who brought her, who has her in WeChat."""

from typing import Any

from django.http import HttpRequest

from customers.admin.panels import Panel, panels
from customers.queries import colleagues, owners
from customers.queries.person import Reader

SHOWN = 50


def context(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    customer, viewer = reader.customer, reader.viewer
    batch: Any = customer.imported_in
    if batch is not None:
        batch.shown = reader.text(batch)
    written = owners.whose_contacts(viewer) if customer.is_living else set()
    friends = list(owners.relations_of(customer))
    changes = list(owners.changes_of(customer)[: SHOWN + 1])
    # The newest change says since when and why only if it says who it is: a sheet may have come after it.
    newest = changes[0] if changes and changes[0].after_id == customer.owner_id else None
    return {
        "owner": customer.owner,
        "newest": newest,
        "newest_note": reader.text(newest.note) if newest else "",
        "source": reader.source(),
        "batch": batch,
        "may_open_imports": viewer.has_perm("customers.view_importbatch"),
        "may_assign": customer.is_living and colleagues.may_assign(viewer),
        "changes": [(change, reader.text(change.note)) for change in changes[:SHOWN]],
        "more": len(changes) > SHOWN,
        "relations": [
            (relation, reader.text(relation.remark), owners.relation_words(relation), written is None or relation.employee_id in written)
            for relation in friends
        ],
        "may_befriend": written is None or bool(written - {relation.employee_id for relation in friends}),
    }


def register() -> None:
    panels.register("owner", Panel("owner", "customers/owners/panel.html", context))
