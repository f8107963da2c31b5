"""A resource of the house: rows are found by what people call them, written set-based, all or none; nothing is ever
deleted, and a row that says what is so already is no change."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export.resources import ModelResource

from customers.queries import disclosure
from customers.resources.columns import Column
from customers.services.importing.cells import to_text


class HouseResource(ModelResource):
    """`viewer` decides which columns there are and whether numbers inside names are masked. `numbers` are the rows'
    numbers in the sheet that is read, set by whoever reads it."""

    # What the audit log calls it, and people.
    noun: ClassVar[str] = ""
    label: ClassVar[str | Promise] = ""
    # The sheet needs a column for one of these.
    found_by: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        use_bulk = True
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        clean_model_instances = False

    def __init__(self, *, viewer: Any) -> None:
        super().__init__()
        self.viewer = viewer
        self.full = disclosure.sees_full_phones(viewer)
        self.numbers: Sequence[int] = ()
        self.seen: dict[Any, int] = {}
        # Rows that others in the sheet point at and that did not exist.
        self.made_beside: list[str] = []
        for column in self.columns():
            column.column_name = str(column.label)

    def columns(self) -> list[Column]:
        """In the order of the sheet."""
        return [self.fields[name] for name in self._meta.fields if name in self.fields]

    # --- out

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return disclosure.text_for(self.full, value) if isinstance(value, str) else value

    # --- in

    def get_import_id_fields(self) -> list[str]:
        """None: `find` knows better, and the library would ask for a column of each."""
        return []

    def get_bulk_update_fields(self) -> list[str]:
        return list(self.fields)

    def said(self, row: dict[str, Any], name: str) -> str:
        return to_text(row.get(self.fields[name].column_name, "")) if name in self.fields else ""

    def said_by_all(self, dataset: Any, name: str) -> list[str]:
        """Every text of a column, once."""
        column = self.fields[name].column_name
        if column not in (dataset.headers or []):
            return []
        return list(dict.fromkeys(text for cell in dataset[column] if (text := to_text(cell))))

    def find(self, row: dict[str, Any]) -> tuple[Any, Any]:
        """The row that is meant, or None, and what tells two rows of one sheet apart."""
        raise NotImplementedError

    def is_left_out(self, texts: Sequence[str]) -> bool:
        """Whether a row, all its cells as text, is none: a sum at the end. It is named and not read."""
        return False

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        found, key = self.find(row)
        mark = ("there", found.pk) if found is not None else key
        number = self.numbers[self.at - 1]
        first = self.seen.setdefault(mark, number)
        if first != number:
            raise ValidationError(_("It is the same as in row %(row)d; keep one of them.") % {"row": first})
        return found

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> None:
        """The library would note it down and go on in a transaction that PostgreSQL has given up."""
        raise error

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        self.at: int = kwargs["row_number"]

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """The library would set PostgreSQL's sequence back to the largest committed id, under the feet of others."""
