"""业绩提成: whoever earns reads her own; a manager her department's statement, the owner everybody's."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.admin.commission import access
from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry
from campaigns.paying_keys import Person
from campaigns.queries.commission import holds, mine, ranks, statement
from campaigns.queries.commission.fates import HELD, PAID, PAYABLE, PENDING, fates
from campaigns.queries.commission.notes import note_of
from campaigns.queries.commission.words import noticed
from campaigns.services.paying import adjusting, closing
from scrm.kit import money

ENTRIES = "admin:campaigns_commissionentry_changelist"
PER_PAGE = 50
NOBODY = Person()
CSS: dict[str, Sequence[str]] = {
    "all": ["customers/people.css", "customers/orders.css", "customers/contacts.css", "campaigns/commission.css"]
}


def page(request: HttpRequest) -> HttpResponse:
    viewer = access.require(request)
    asked = access.asked(request, viewer)
    return _whole(request, viewer, asked) if asked.person is None else _own(request, viewer, asked)


def base(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "media": forms.Media(css=CSS)}


def _months(asked: access.Asked) -> dict[str, Any]:
    listed = [(f"{month:%Y-%m}", asked.months.is_closed(month)) for month in asked.months.listed()]
    return {"months": listed, "month": f"{asked.month:%Y-%m}", "is_closed": asked.months.is_closed(asked.month)}


def _whole(request: HttpRequest, viewer: Any, asked: access.Asked) -> HttpResponse:
    lines = statement.statement(asked.month, visible_to=viewer)
    close = asked.months.to_close if viewer.has_perm(closing.CLOSE) else None
    context = base(request, _("Commission")) | _months(asked) | {
        "lines": [(line, _figures(line, asked), _address(line, asked)) for line in lines],
        "heads": [label for _name, label in _heads()],
        "some_below_zero": any(line.payable < 0 for line in lines),
        "total": _figures(statement.total(lines), asked),
        "may_export": viewer.has_perm(access.EXPORT) and bool(lines),
        "close": f"{close:%Y-%m}" if close else "",
        "holds": holds.waiting(viewer).count() if viewer.has_perm(access.HOLDS) else 0,
        "earns": CommissionEntry.objects.filter(employee=viewer).exists(),
    }  # fmt: skip
    return TemplateResponse(request, "campaigns/commission/statement.html", context)


def _heads() -> list[tuple[str, str]]:
    labels = {
        "opening": _("Carried over"), "earned": _("Earned"), "taken_back": _("Taken back"), "adjusted": _("Adjusted"),
        "paid": _("Paid out"), "closing": _("Stands"), "held": _("Held"), "pending": _("Pending"), "payable": _("Payable"),
    }  # fmt: skip
    return [(name, labels[name]) for name in statement.SHOWN]


def _figures(line: statement.Line, asked: access.Asked) -> list[tuple[str, str, str, int, str]]:
    """(name, label, shown, fen, the list of what it is made of) of each column."""
    return [
        (name, label, money.show(getattr(line, name)), getattr(line, name), _opens(name, line, asked) if getattr(line, name) else "")
        for name, label in _heads()
    ]  # fmt: skip


def _opens(name: str, line: statement.Line, asked: access.Asked) -> str:
    """What waits is told as of now, so of a closed month it opens nothing; nor does what is reckoned from the others."""
    if name in statement.KINDS:
        chosen = f"kind={statement.KINDS[name].value}&month={asked.month:%Y-%m}"
    elif name in ("held", "pending") and asked.month == asked.months.this:
        chosen = f"stands={name}"
    else:
        return ""
    who = f"&{_who(line.person)}" if line.person != NOBODY else ""
    return f"{reverse(ENTRIES)}?{chosen}{who}"


def _who(person: Person) -> str:
    return f"employee={person.employee}" if person.employee is not None else f"promoter={person.promoter}"


def _address(line: statement.Line, asked: access.Asked) -> str:
    return f"?{_who(line.person)}&month={asked.month:%Y-%m}"


def _own(request: HttpRequest, viewer: Any, asked: access.Asked) -> HttpResponse:
    assert asked.person is not None
    found = mine.of(asked.person, asked.month)
    is_me = asked.person.employee == viewer.pk
    sheet = Paginator(mine.entries_in(asked.person, asked.month), PER_PAGE).get_page(request.GET.get("p"))
    title = _("My commission") if is_me else _("Commission of %(name)s") % {"name": asked.name}
    line = found.line
    context = base(request, title) | _months(asked) | {
        "is_me": is_me,
        "asked": asked,
        "mine": found,
        "is_this_month": asked.month == asked.months.this,
        "figures": [figure for figure in _figures(line, asked) if figure[3] or figure[0] == "earned"],
        "headline": [
            ("today", _("Today"), money.show(found.today_fen), found.today_fen),
            ("net", _("This month") if asked.month == asked.months.this else _("In this month"), *_net(line)),
            ("payable", _("Payable"), money.show(line.payable), line.payable),
        ],
        "waits": [(day, money.show(fen), fen) for day, fen in found.waits],
        "places": ranks.places(asked.person.employee, asked.month) if asked.person.employee is not None else [],
        "held": [(hold, money.show(hold.entry.amount_fen), noticed(hold)) for hold in found.held],
        "rows": _rows(list(sheet)),
        "sheet": sheet,
        "sees_others": access.sees_others(viewer),
        "may_adjust": viewer.has_perm(adjusting.ADJUST) and asked.person.employee is not None and not is_me,
    }  # fmt: skip
    return TemplateResponse(request, "campaigns/commission/mine.html", context)


def _net(line: statement.Line) -> tuple[str, int]:
    fen = line.earned + line.taken_back + line.adjusted
    return money.show(fen), fen


def _rows(entries: list[CommissionEntry]) -> list[dict[str, Any]]:
    known = fates(entries)
    return [
        {
            "entry": entry,
            "amount": money.show(entry.amount_fen),
            "words": _what(entry),
            "fate": known.get(entry.pk),
            "state": _state(known[entry.pk].state) if entry.kind == EntryKind.ACCRUAL else "",
        }
        for entry in entries
    ]


def _what(entry: CommissionEntry) -> str:
    if entry.note:
        return note_of(entry.note)
    if entry.campaign is not None:
        return str(entry.campaign)
    product = entry.rule.product if entry.rule else None
    return str(product or _("who served"))


def _state(state: str) -> str:
    return {HELD: _("held"), PENDING: _("pending"), PAYABLE: _("payable"), PAID: _("settled")}[state]
