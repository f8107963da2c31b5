"""What was chosen on a board: days, what they are held against, the model; kept in the address and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

from campaigns.choices import Model
from campaigns.models import Campaign
from campaigns.queries.board import spans
from campaigns.queries.board.figures import SINGLE
from campaigns.queries.board.spans import Span


@dataclass(frozen=True)
class Chosen:
    span: Span
    model: str
    asked: dict[str, str]
    whole: bool

    @property
    def spans(self) -> list[tuple[str, str | Promise, bool, str]]:
        """(name, words, chosen, address); the shop has no beginning, and own days are typed."""
        kept = {name: value for name, value in self.asked.items() if name == "model"}
        if self.asked.get("against") == spans.NONE:
            kept["against"] = spans.NONE
        names = [name for name in spans.NAMES if name != spans.OWN and (self.whole or name != spans.ALL)]
        return [(name, spans.NAMES[name], name == self.span.name, f"?{urlencode({'span': name, **kept})}") for name in names]

    @property
    def models(self) -> list[tuple[str, str | Promise, bool, str]]:
        return [(name, words, name == self.model, self.query(model=name)) for name, words in Model.choices]

    @property
    def is_own(self) -> bool:
        return self.span.name == spans.OWN

    @property
    def is_usual(self) -> bool:
        return self.model == Model.LAST

    @property
    def is_single(self) -> bool:
        return self.model in SINGLE

    @property
    def model_label(self) -> str:
        return str(Model(self.model).label)

    @property
    def alone(self) -> str:
        """Held against nothing."""
        return self.query(against=spans.NONE)

    def query(self, **changes: Any) -> str:
        """The address of the same page with one thing chosen otherwise; what is usual is left out."""
        asked = {**self.asked, **{name: str(value) for name, value in changes.items()}}
        if asked.get("model") == Model.LAST:
            del asked["model"]
        return f"?{urlencode(asked)}" if asked else "?"


def choose(given: Any, *, campaign: Campaign | None = None) -> Chosen:
    """From what a request gives (its GET); whatever makes no sense is as if it were not there."""
    asked = {name: given.get(name, "") for name in ("span", "first", "last", "against", "model") if given.get(name)}
    if asked.get("model") not in Model.values:
        asked.pop("model", None)
    span = spans.choose(asked, campaign=campaign)
    if span.name != spans.OWN:
        asked.pop("first", None)
        asked.pop("last", None)
    return Chosen(span, asked.get("model", Model.LAST), asked, campaign is not None)
