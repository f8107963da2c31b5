from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


def declare() -> None:
    acts.register(
        assignment__accepted=_("campaign task accepted"),
        assignment__started=_("campaign task begun"),
        assignment__done=_("campaign task done"),
        assignment__withdrawn=_("taken off a campaign"),
        board__exported=_("campaign board exported"),
        campaign__assigned=_("people put to work on a campaign"),
        campaign__scheduled=_("campaign published"),
        campaign__taken_back=_("campaign taken back to draft"),
        campaign__started=_("campaign begun"),
        campaign__ended=_("campaign ended"),
        campaign__settled=_("campaign settled"),
        campaign__reviewed=_("campaign reviewed"),
        pay__set=_("commission set"),
        pay__dropped=_("commission ended"),
        link__made=_("links made"),
        commission__adjusted=_("commission adjusted by hand"),
        commission__exported=_("statement of commission downloaded"),
        commission__held=_("commission held by hand"),
        commission__month_closed=_("month of commission closed"),
        commission__refused=_("held commission refused"),
        commission__released=_("held commission released"),
        poster__bundled=_("posters of a campaign downloaded"),
    )
