"""What a code says to the person who uploaded the sheet: one plain sentence, naming the cell, saying what to do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "phone.missing": gettext_noop(
        "%(where)s is empty (if there is a formula here, open the file in Excel or WPS, save it and upload it again)"
    ),
    "phone.unreadable": gettext_noop("%(where)s: “%(value)s” is no mobile number"),
    "phone.landline": gettext_noop("%(where)s: “%(value)s” is a landline, a mobile number is needed"),
    "phone.too_short": gettext_noop("%(where)s: “%(value)s” has too few digits, a mobile number has 11"),
    "phone.too_long": gettext_noop("%(where)s: “%(value)s” has too many digits, a mobile number has 11"),
    "phone.precision_lost": gettext_noop(
        "%(where)s: “%(value)s” lost its digits; format the column as text in Excel and fill the numbers in again"
    ),
    "phone.shared": gettext_noop(
        "%(where)s: “%(value)s” stands beside five or more different names and is taken for nobody's"
    ),
    "phone.employee": gettext_noop("%(where)s: “%(value)s” is an employee's own number"),
    "phone.stray": gettext_noop("%(where)s: the characters around the number in “%(value)s” were left out"),
    "identity.missing": gettext_noop("Nothing says who this is: no mobile number, WeChat ID or card number (if there is a formula here, open the file in Excel or WPS, save it and upload it again)"),
    "identity.no_column": gettext_noop("Nothing says who this is: no card number or WeChat ID"),
    "identity.unusable": gettext_noop("%(where)s: “%(value)s” cannot identify anybody and was kept as text"),
    "identity.shared": gettext_noop(
        "%(where)s: “%(value)s” stands beside five or more different names and was kept as text"
    ),
    "row.nobody": gettext_noop("The row has neither a name nor a way to reach anybody"),
    "row.sample": gettext_noop("This row looks like the template's example; delete the customer if it is"),
    "person.erased": gettext_noop("This person asked to be erased and is not taken in again"),
    "name.blank": gettext_noop("%(where)s: “%(value)s” counts as no name"),
    "name.conflict": gettext_noop("Same person, other name: the sheet says “%(name)s”, kept was “%(kept)s”"),
    "text.too_long": gettext_noop(
        "%(where)s is too long and was cut; the whole text is kept on the customer's page"
    ),
    "gender.unknown": gettext_noop("%(where)s: “%(value)s” is no gender, left empty"),
    "date.unreadable": gettext_noop("%(where)s: “%(value)s” is no date, left empty"),
    "date.ambiguous": gettext_noop("%(where)s: “%(value)s” may be day/month or month/day, left empty"),
    "date.impossible": gettext_noop("%(where)s: “%(value)s” is a day that does not exist, left empty"),
    "date.no_year": gettext_noop("%(where)s: “%(value)s” has no year, left empty"),
    "date.no_day": gettext_noop("%(where)s: “%(value)s” names no day, left empty"),
    "date.out_of_range": gettext_noop("%(where)s: “%(value)s” lies before 1900 or after today, left empty"),
    "date.lunar": gettext_noop("%(where)s: “%(value)s” is a lunar day, a solar one is needed, left empty"),
    "number.unreadable": gettext_noop("%(where)s: “%(value)s” is no plain number, left empty"),
    "number.negative": gettext_noop("%(where)s: “%(value)s” is below zero, left empty"),
    "number.cut": gettext_noop("%(where)s: the fraction of “%(value)s” was cut off"),
    "tags.prose": gettext_noop("%(where)s reads like a sentence, not like tags; kept as text"),
    "field.unreadable": gettext_noop("%(where)s: “%(value)s” does not fit the field, kept as text"),
}


# Remarks on the whole file.
NOTES: dict[str, str] = {
    "encoding.lossy": gettext_noop(
        "The file was saved in an encoding that cannot hold every character; “?” stands in %(count)s places. Save it as "
        "xlsx or as CSV UTF-8 if these are needed."
    ),
    "sheets.hidden": gettext_noop("Hidden sheets were not read: %(names)s."),
    "csv.quotes": gettext_noop(
        "Quotation marks stand astray in rows %(rows)s; look whether these came in right."
    ),
    "layout.no_header": gettext_noop(
        "The sheet has no header; its columns were recognised by what stands in them."
    ),
}


def of_note(note: dict[str, Any]) -> str:
    """A remark on the whole file in the reader's language; the bare code for one that has no sentence."""
    if note["code"] not in NOTES:
        return str(note["code"])
    lists = {key: ", ".join(map(str, value)) for key, value in note.items() if isinstance(value, list)}
    return _(NOTES[note["code"]]) % {"count": "", "names": "", "rows": "", **note, **lists}


def sentence(code: str, detail: dict[str, Any] | None = None) -> str:
    """ "手机号（E18）…" in the reader's language; the bare code for one that has no sentence."""
    detail = detail or {}
    where = ""
    if detail.get("column"):
        where = _("%(column)s (%(cell)s)") % {"column": detail["column"], "cell": detail.get("cell", "")}
    if code not in SENTENCES:
        return code
    return _(SENTENCES[code]) % {
        "where": where or _("The phone number"),
        "value": detail.get("value", ""),
        "name": detail.get("name", ""),
        "kept": detail.get("kept", ""),
    }


def of_row(
    code: str, detail: dict[str, Any] | None, warnings: list[dict[str, Any]] | None, conflict: bool
) -> str:
    """Everything there is to say of one row, a sentence each."""
    parts = [sentence(code, detail)] if code else []
    if conflict:
        parts.append(sentence("name.conflict", detail))
    parts += [sentence(warning["code"], warning) for warning in warnings or []]
    return "；".join(dict.fromkeys(parts))
