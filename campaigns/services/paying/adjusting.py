"""A correction by hand: so much more or less, with a reason that its person reads."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.choices import EntryKind
from campaigns.models import CommissionEntry
from campaigns.services.paying import ledger
from scrm.kit import audit, clock, codes
from scrm.kit.errors import Refused
from scrm.staff.models import Employee

ADJUST = "campaigns.add_commissionentry"
MOST_FEN = 10**9
_KEY = re.compile(r"[A-Za-z0-9]{12}")


def new_key() -> str:
    """Of one form: sent twice it adjusts once."""
    return codes.random_code(12)


def adjust(*, employee: Employee, amount_fen: int, words: str, by: Any, key: str = "") -> CommissionEntry:
    """Stands in the month that is open. Raises Refused: "adjust.not_allowed", "adjust.own", "adjust.amount",
    "adjust.words"."""
    words = words.strip()[:200]
    if not by.has_perm(ADJUST):
        raise Refused("adjust.not_allowed", _("You may not adjust commissions."))
    if employee.pk == by.pk:
        raise Refused("adjust.own", _("This is your own commission. Somebody else has to adjust it."))
    if not amount_fen or abs(amount_fen) > MOST_FEN:
        raise Refused("adjust.amount", _("Write an amount, with a minus where it is taken away."))
    if not words:
        raise Refused("adjust.words", _("Write why: she will read it."))
    key = f"adjust:{key if _KEY.fullmatch(key) else new_key()}"
    with transaction.atomic():
        ledger.lock()
        if (twin := CommissionEntry.objects.filter(key=key).first()) is not None:
            return twin
        day = clock.today()
        (made,) = ledger.write(
            [
                CommissionEntry(
                    employee=employee, kind=EntryKind.ADJUSTMENT, amount_fen=amount_fen, at=clock.now(), day=day,
                    month=ledger.Months().of(day), payable_on=day, key=key, note=words, by=by,
                )
            ]
        )  # fmt: skip
        audit.record("commission.adjusted", by=by, on=made, amount_fen=amount_fen)
    return made
