"""Amounts as people write them, in yuan; fen inside."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from scrm.kit import money

MOST_FEN = 10**12
TOO_FINE = _("An amount has two decimals at most, for example 199.50.")


class YuanField(forms.CharField):
    """ "1,234.5", "￥99", "3万" as fen; None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget({"inputmode": "decimal", "placeholder": "0.00"}))
        super().__init__(max_length=30, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{money.yuan(value):.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        try:
            fen = money.parse_exact_fen(super().clean(value))
        except money.TooFine:
            raise forms.ValidationError(TOO_FINE) from None
        except money.NotANumber:
            raise forms.ValidationError(_("Write an amount in yuan, for example 199 or 199.50.")) from None
        if fen is not None and fen < 0:
            raise forms.ValidationError(_("An amount cannot be below zero."))
        if fen is not None and fen > MOST_FEN:
            raise forms.ValidationError(_("That is too much for one amount."))
        return fen

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
