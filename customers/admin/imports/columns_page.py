"""Which column is which field: the screen where the user checks what was recognised, and what it sends back."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import sensitive
from customers.admin.imports import access, kind_pages
from customers.choices import BatchState, FieldKind, OnConflict, Require
from customers.models import ImportBatch
from customers.services.importing import drafts, id_cards, mapping
from customers.services.importing.heading import CARRIERS
from customers.services.importing.targets import field_choices
from customers.services.ordering import drafts as orders
from scrm.kit.errors import Refused

NEW = "new"
OPEN = (BatchState.UPLOADED, BatchState.MAPPED, BatchState.PREVIEWED, BatchState.REFUSED)
REQUIRE = (
    (
        Require.IDENTITY,
        _("a mobile number, WeChat ID or card number"),
        _("Recommended: everyone who can be told apart."),
    ),
    (Require.PHONE, _("a mobile number"), _("Rows without a valid mobile number are left out and reported.")),
    (Require.NAME, _("a name is enough"), _("Takes in everyone, also people who can never be reached.")),
)
ON_CONFLICT = (
    (OnConflict.FILL, _("keep what is there"), _("Recommended: the sheet only fills empty fields.")),
    (OnConflict.OVERWRITE, _("the sheet wins"), _("What the sheet says replaces what is there.")),
    (
        OnConflict.APPEND,
        _("keep what is there, add notes"),
        _("As above, and notes are added below the old ones."),
    ),
)


@dataclass
class Choice:
    """One column as the user left it. `target` is a field, "" (keep as text), "ignore" or NEW."""

    column: drafts.Column
    target: str
    label: str
    kind: str = FieldKind.TEXT
    sensitive: bool = False

    @property
    def always_sensitive(self) -> bool:
        return id_cards.is_id_card(self.column.header)


def columns(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows the columns, also after a preview; POST takes them over and starts the preview."""
    batch = access.find(model_admin, request, object_id)
    if batch.state not in OPEN or not batch.layout or not batch.path:
        return redirect(access.DETAIL, batch.pk)
    if request.method != "POST":
        return show(model_admin, request, batch)
    try:
        if pages := kind_pages.of(batch):
            pages.take_columns(batch, request.POST)
            return redirect(access.DETAIL, batch.pk)
        choices = posted(drafts.columns(batch), request.POST)
        drafts.map_columns(
            batch,
            targets(batch, choices),
            new_fields={
                choice.column.index: drafts.NewField(choice.label, choice.kind, choice.sensitive)
                for choice in choices
                if choice.target == NEW
            },
            require=request.POST.get("require", Require.IDENTITY),
            on_conflict=request.POST.get("on_conflict", OnConflict.FILL),
            remember_as=request.POST.get("remember_as", ""),
            by=request.user,
        )
    except Refused as no:
        messages.error(request, str(no))
        batch.refresh_from_db()
        return show(model_admin, request, batch, request.POST)
    return redirect(access.DETAIL, batch.pk)


def targets(batch: ImportBatch, choices: list[Choice]) -> list[str | None]:
    """One a column of the sheet; columns that hold nothing are not on the screen and stay as they are."""
    chosen = list(batch.mapping["targets"])
    for choice in choices:
        chosen[choice.column.index] = None if choice.target in ("", NEW) else choice.target
    return chosen


def posted(found: list[drafts.Column], data: QueryDict) -> list[Choice]:
    """The user's choices; a column the form did not send stays as it was."""
    return [
        Choice(
            column,
            data.get(f"target_{column.index}", column.target or ""),
            data.get(f"label_{column.index}", column.header).strip()[:60],
            data.get(f"kind_{column.index}", FieldKind.TEXT),
            f"sensitive_{column.index}" in data
            if f"target_{column.index}" in data
            else id_cards.is_id_card(column.header) or sensitive.is_hinted(column.header),
        )
        for column in found
    ]


def show(
    model_admin: Any, request: HttpRequest, batch: ImportBatch, data: QueryDict | None = None
) -> HttpResponse:
    """`data` is what was sent and refused: nothing the user chose gets lost."""
    if pages := kind_pages.of(batch):
        return pages.show_columns(model_admin, request, batch, found_sentence(batch), data)
    data = data if data is not None else QueryDict()
    context = {
        "choices": posted(drafts.columns(batch), data),
        "groups": field_choices(),
        "kinds": FieldKind.choices,
        "found": found_sentence(batch),
        "other_kind": orders.looks_like_other(batch),
        "nobody": tells_nobody(batch),
        "inferred": not batch.layout.get("header_row"),
        "require": REQUIRE,
        "require_now": data.get("require", batch.require),
        "on_conflict": ON_CONFLICT,
        "on_conflict_now": data.get("on_conflict", batch.on_conflict),
        "remember_as": data.get(
            "remember_as", batch.mapping_name or mapping.free_name(PurePath(batch.file_name).stem)
        ),
        "remembered": batch.mapping_name,
    }
    return access.page(model_admin, request, batch, "columns", "columns", context)


def tells_nobody(batch: ImportBatch) -> bool:
    """No column says who a row is; or only by the look of its words, as the lines of a letter may, cut up at its commas."""
    who = CARRIERS.intersection(batch.mapping["targets"])
    return not who or (who == {"name"} and not batch.layout.get("header_row"))


def found_sentence(batch: ImportBatch) -> str:
    """Where the table was found, so that a wrong guess is seen before anything happens."""
    header, first = batch.layout.get("header_row", 0), batch.layout.get("first_row", 1)
    if not header:
        return gettext(
            "No header was found: the columns were recognised by their content. The first row is row %(row)s."
        ) % {"row": first}
    if header == 1:
        return gettext("The header is row 1.")
    return gettext("The header was found in row %(header)s; the %(above)s rows above it are left out.") % {
        "header": header,
        "above": header - 1,
    }
