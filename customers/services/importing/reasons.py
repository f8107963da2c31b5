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
    "customer.unknown": gettext_noop("%(where)s: “%(value)s” is no member number that was given out here; nobody is made from one"),
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
    "order.no_number": gettext_noop("%(where)s is empty: this row belongs to no order"),
    "order.number": gettext_noop("%(where)s: “%(value)s” lost its digits; format the column as text and fill the numbers in again"),
    "order.customer": gettext_noop("%(where)s: “%(value)s” is no number that a customer is known by"),
    "order.two_customers": gettext_noop("%(where)s: “%(value)s”: the order has another customer; it was booked for the one of its first line"),
    "order.amount": gettext_noop("%(where)s: “%(value)s” is no plain amount"),
    "order.price": gettext_noop("%(where)s: “%(value)s” is no plain price"),
    "order.quantity": gettext_noop("%(where)s: “%(value)s” is no plain number of pieces"),
    "order.other_source": gettext_noop("%(where)s: this order is from “%(value)s”; import those in a run of their own, with that source"),
    "order.no_amount": gettext_noop("Neither an amount nor a unit price: write what was paid"),
    "order.below_refund": gettext_noop("More of this order was given back than the sheet says was paid; it stays as it was"),
    "order.no_customer": gettext_noop("No customer in this row; it makes no order"),
    "order.return": gettext_noop("A return (quantity of zero or less) was left out"),
    "order.free": gettext_noop("Nothing was paid for this order (samples alone are no purchase); left out"),
    "refund.no_order": gettext_noop("A return: the sheet does not say of which order (fill in the number of the original order)"),
    "refund.unknown_order": gettext_noop("%(where)s: there is no order “%(value)s” for which money could be given back"),
    "refund.exceeds": gettext_noop("%(where)s: %(amount)s is more than the %(left)s that can still be given back of order “%(number)s”"),
    "contact.no_customer": gettext_noop("%(where)s is empty: nobody knows which customer is meant (write her mobile or card number)"),
    "contact.masked": gettext_noop("%(where)s: “%(value)s” hides digits with asterisks; export the sheet with whole numbers"),
    "contact.at": gettext_noop("%(where)s: “%(value)s” is no day (write it as 2025-11-03 14:00)"),
    "contact.no_at": gettext_noop("%(where)s is empty: nobody knows when this was (write it as 2025-11-03 14:00)"),
    "contact.not_yet": gettext_noop("%(where)s: “%(value)s” lies ahead; what has not happened is no follow-up"),
    "contact.again": gettext_noop("The same appointment stands again further down; the last row counts"),
    "contact.state": gettext_noop("%(where)s: “%(value)s” is no state of an appointment; it counts as booked"),
    "contact.service": gettext_noop("%(where)s: no product is called “%(value)s”; kept in the note (add the product, or correct the name)"),
    "contact.medium": gettext_noop("%(where)s: “%(value)s” is no way to get in touch; it counts as WeCom"),
    "name.employee": gettext_noop("%(where)s: nobody here is called “%(value)s”; say once on the page of this import who is meant"),
    "name.store": gettext_noop("%(where)s: no store here is called “%(value)s”; say once on the page of this import which one is meant"),
    "contact.too_early": gettext_noop("%(where)s: “%(value)s”, but the appointment has not begun yet; it counts as booked"),
    "contact.no_time": gettext_noop("%(where)s: “%(value)s” has no time of day; the appointment stands at 00:00 until somebody moves it"),
    "refund.before_order": gettext_noop("%(where)s: given back on %(day)s, but order “%(number)s” was placed on %(ordered)s only; it was booked"),
    "refund.other_customer": gettext_noop("%(where)s: “%(value)s”: order “%(number)s” has another customer; the money was booked as given back to that one"),
    "field.unreadable": gettext_noop("%(where)s: “%(value)s” does not fit the field, kept as text"),
}


# Remarks on the whole file.
NOTES: dict[str, str] = {
    "orders.no_time": gettext_noop(
        "No column says when the orders were placed: they count in totals, but in no month and no “last order”."
    ),
    "orders.no_number": gettext_noop("No column has order numbers: each row counts as an order of its own."),
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


_BLANK = dict.fromkeys(("value", "name", "kept", "amount", "left", "number", "day", "ordered"), "")


def sentence(code: str, detail: dict[str, Any] | None = None) -> str:
    """ "手机号（E18）…" in the reader's language; the bare code for one that has no sentence."""
    detail = detail or {}
    where = ""
    if detail.get("column"):
        where = _("%(column)s (%(cell)s)") % {"column": detail["column"], "cell": detail.get("cell", "")}
    if code not in SENTENCES:
        return code
    return _(SENTENCES[code]) % {**_BLANK, **detail, "where": where or _("The phone number")}


def of_row(
    code: str, detail: dict[str, Any] | None, warnings: list[dict[str, Any]] | None, conflict: bool
) -> str:
    """Everything there is to say of one row, a sentence each."""
    parts = [sentence(code, detail)] if code else []
    if conflict:
        parts.append(sentence("name.conflict", detail))
    parts += [sentence(warning["code"], warning) for warning in warnings or []]
    return "；".join(dict.fromkeys(parts))
