"""Columns of a small sheet: what stands in a cell, and what it becomes. A ValueError is a sentence for whoever filled
the sheet in."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.fields import Field
from import_export.widgets import Widget

from customers.services.importing.cells import to_text
from customers.services.importing.words import canonical
from scrm.kit import money

MOST_FEN = 10**12
YES = {"1", "true", "y", "on", "√", "✓"}
NO = {"0", "false", "n", "off", "×", "✗"}
SHOWN = 40


class Column(Field):
    """`label` heads it in the reader's language; on the way in every language of ours is understood, and `also`."""

    def __init__(self, attribute: str, label: str | Promise, widget: Widget, *also: str | Promise, **kwargs: Any) -> None:
        super().__init__(attribute=attribute, column_name=str(attribute), widget=widget, **kwargs)
        self.label, self.also = label, also

    def heads(self) -> set[str]:
        return {canonical(said) for label in (self.label, *self.also) for said in in_all_languages(label)}


def in_all_languages(label: Any) -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(label))
    return found


def quoted(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


class Text(Widget):
    """None where the cell is blank."""

    def __init__(self, longest: int, *, missing: str | Promise = "") -> None:
        super().__init__()
        self.longest, self.missing = longest, missing

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = to_text(value)
        if not text and self.missing:
            raise ValueError(str(self.missing))
        if len(text) > self.longest:
            said = _("“%(said)s” is longer than %(limit)d characters.")
            raise ValueError(said % {"said": quoted(text), "limit": self.longest})
        return text or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value or ""


class Choice(Widget):
    """The words of a choice, in any language of ours, or its code. Blank is the blank choice."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = to_text(value)
        known = {canonical(said): code for code, label in self.choices.choices for said in in_all_languages(label)}
        known |= {canonical(code): code for code in self.choices.values if code}
        found = "" if not text else known.get(canonical(text))
        if found is None:
            offered = "、".join(str(label) for code, label in self.choices.choices if code)
            raise ValueError(_("“%(said)s” is none of %(offered)s.") % {"said": quoted(text), "offered": offered})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.choices(value).label) if value else ""


class YesNo(Widget):
    """None where the cell is blank."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        text = to_text(value).lower()
        if not text:
            return None
        for words, answer in (({*YES, *_said("yes")}, True), ({*NO, *_said("no")}, False)):
            if text in words:
                return answer
        raise ValueError(_("“%(said)s” is neither yes nor no.") % {"said": quoted(text)})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else (_("yes") if value else _("no"))


def _said(word: str) -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(_("yes") if word == "yes" else _("no"))
    return found


class Yuan(Widget):
    """Yuan in the sheet, whole fen inside; None where the cell is blank."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        try:
            fen = money.parse_fen(value)
        except money.NotANumber:
            said = _("“%(said)s” is no amount in yuan, such as 199 or 199.50.") % {"said": quoted(to_text(value))}
            raise ValueError(said) from None
        if fen is not None and fen < 0:
            raise ValueError(_("An amount cannot be below zero."))
        if fen is not None and fen > MOST_FEN:
            raise ValueError(_("That is too much for one amount."))
        return fen

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else money.yuan(value)


class Named(Widget):
    """Another row by its name; `known` is {name: row} and filled before the rows are read. None where the cell is
    blank."""

    def __init__(self, unknown: str | Promise, *, missing: str | Promise = "") -> None:
        super().__init__()
        self.unknown, self.missing = unknown, missing
        self.known: Mapping[str, Any] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = to_text(value)
        if not text:
            if self.missing:
                raise ValueError(str(self.missing))
            return None
        if text not in self.known:
            raise ValueError(str(self.unknown) % {"name": quoted(text)})
        return self.known[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value is not None else ""
