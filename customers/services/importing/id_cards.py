"""Columns of ID-card numbers: left out unless somebody asks for them, and then a sensitive field."""

import re

from customers.services.importing import words

_ID_CARD = re.compile(r"身份证|证件|idcard|idnumber")


def is_id_card(header: str) -> bool:
    """Of its number; 身份证姓名 is a name."""
    return words.field_of(header) == words.IGNORE and bool(_ID_CARD.search(words.canonical(header)))
