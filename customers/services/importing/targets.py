"""What a column of a sheet may become, as the people of a shop call it."""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from customers.models import CustomField
from customers.services.importing import words

CUSTOM = "custom:"
_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        gettext_noop("Who it is"),
        (
            ("name", gettext_noop("Name")),
            ("phone", gettext_noop("Mobile number")),
            ("wechat_id", gettext_noop("WeChat ID")),
            ("card_no", gettext_noop("Card or member number")),
        ),
    ),
    (
        gettext_noop("About her"),
        (
            ("gender", gettext_noop("Gender")),
            ("birthday", gettext_noop("Birthday")),
            ("city", gettext_noop("City")),
            ("address", gettext_noop("Address")),
            ("company", gettext_noop("Company")),
            ("occupation", gettext_noop("Occupation")),
            ("education", gettext_noop("Education")),
            ("income_band", gettext_noop("Income")),
            ("spending_band", gettext_noop("Spending band")),
            ("budget", gettext_noop("Budget")),
            ("tags", gettext_noop("Tags")),
            ("note", gettext_noop("Note")),
        ),
    ),
    (
        gettext_noop("Where she belongs"),
        (
            ("source", gettext_noop("Channel of origin")),
            ("store", gettext_noop("Store")),
            ("owner", gettext_noop("Owner")),
            ("known_since", gettext_noop("Member since")),
        ),
    ),
    (
        gettext_noop("Opening figures"),
        (
            ("opening_spend", gettext_noop("Spent so far")),
            ("opening_orders", gettext_noop("Orders so far")),
            ("opening_last_order", gettext_noop("Last order")),
            ("opening_level", gettext_noop("Level")),
            ("points", gettext_noop("Points")),
        ),
    ),
    (
        gettext_noop("Ids that another system gave out"),
        (
            ("wechat_unionid", gettext_noop("WeChat unionid")),
            ("wechat_openid", gettext_noop("WeChat openid (appid:openid)")),
            ("wecom_external_userid", gettext_noop("WeCom external id")),
            ("member_no", gettext_noop("Our own member number")),
            ("identities", gettext_noop("Further identities (of our own export)")),
        ),
    ),
)


def field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (target, label) for the select of a column; "" keeps it as text, "ignore" leaves it out."""
    groups = [(_(title), [(target, _(label)) for target, label in pairs]) for title, pairs in _GROUPS]
    own = [
        (f"{CUSTOM}{key}", label)
        for key, label in CustomField.objects.filter(is_active=True).values_list("key", "label")
    ]
    if own:
        groups.append((_("Own fields"), own))
    groups.append((_("Otherwise"), [("", _("Keep as text")), (words.IGNORE, _("Leave out"))]))
    return groups


@cache
def built_in() -> frozenset[str]:
    """Every name of a field that is there already, in each language: an own field of that name would be taken for it."""
    names = set(words.FIELDS)
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.update(_(label) for _title, pairs in _GROUPS for _target, label in pairs)
    return frozenset(words.canonical(name) for name in names)
