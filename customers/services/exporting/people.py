"""Customers as a sheet that our own importer reads back without changing anything."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.birthdays import Birthday
from customers.choices import LEGACY_PREFIX, FieldKind, Gender, IdentityKind
from customers.models import Channel, Customer, CustomerTag, CustomField, Identity, Opening
from customers.queries.disclosure import phone_for, sees_full_phones, sees_sensitive, text_for
from customers.services.exporting.nouns import Noun, Plan
from customers.services.importing import cells
from customers.services.importing.rows import NOTE_LIMIT
from customers.services.importing.words import IDENTITIES, KEPT, OURS
from scrm.kit import money
from scrm.kit.tabular.writing import fit
from scrm.staff.models import Department, Employee

_FIELDS = (
    "pk", "name", "phone", "gender", "birth_year", "birth_md", "birth_lunar", "city", "address", "company", "occupation",
    "education", "income_band", "spending_band", "budget", "source_id", "store_id", "owner_id", "known_since", "note", "custom",
    "legacy", "last_contact_at", "created_at",
)  # fmt: skip
_HEADERS = (
    "性别", "生日", "城市", "地址", "公司", "职业", "学历", "收入", "消费能力", "预算", "标签", "来源渠道", "门店", "归属顾问", "入会日期", "备注",
)  # fmt: skip
_OPENING = ("累计消费", "消费次数", "最后消费日期", "会员等级")
_GENDERS = {Gender.MALE.value: "男", Gender.FEMALE.value: "女"}
# The importer takes 500 columns; beyond that kept columns share one.
MOST_KEPT = 400
_STRONG = (IdentityKind.PHONE, IdentityKind.WECHAT_ID)


def plan(ids: Iterable[Sequence[int]], employee: Any) -> Plan:
    """The system whose cards and figures have columns of their own (the one most people have), and every column that
    was kept of one of these people."""
    full = sees_full_phones(employee)
    kept: Counter[str] = Counter()
    for some in ids:
        for legacy in Customer.everyone.filter(pk__in=some).exclude(legacy={}).values_list("legacy", flat=True):
            kept.update(legacy.keys())
    usable = [key for key, _count in kept.most_common() if _is_header(key)]
    fields = CustomField.objects.filter(is_active=True).order_by("position", "pk")
    sees = sees_sensitive(employee)
    own = [field for field in fields if sees or not field.sensitive]
    system = _main_system()
    made: Plan = {
        "full": full,
        "sensitive": sees,
        "system": system,
        "kept": usable[:MOST_KEPT],
        "rest": len(kept) > len(usable[:MOST_KEPT]),
        "fields": [[field.key, field.kind, field.choices] for field in own],
    }
    made["headers"] = [
        # A masked number would be no number to whoever reads it back.
        "姓名", "手机号" if full else f"手机号〔{OURS}〕", "微信号", *([f"会员卡号〔{system}〕"] if system else []), *_HEADERS,
        *([f"{header}〔{system}〕" for header in _OPENING] if system else []),
        *(field.label for field in own),
        *(f"{key}〔{KEPT}〕" for key in made["kept"]),
        IDENTITIES, f"其他标签〔{OURS}〕", f"其他期初〔{OURS}〕", f"其他资料〔{OURS}〕", f"最近跟进〔{OURS}〕", f"录入时间〔{OURS}〕",
    ]  # fmt: skip
    return made


def _is_header(key: str) -> bool:
    """Whether the name of a kept column comes back from a sheet as it is."""
    return bool(key) and fit(key) == key and " ".join(key.split())[:80] == key and "〔" not in key and "〕" not in key


def _main_system() -> str:
    counts: Counter[str] = Counter()
    for system, people in Opening.objects.values_list("system").annotate(people=Count("pk")).order_by():
        counts[system] += people
    kinds = Identity.objects.filter(kind__startswith=LEGACY_PREFIX).values_list("kind").annotate(people=Count("pk")).order_by()
    for kind, people in kinds:
        counts[kind.removeprefix(LEGACY_PREFIX)] += people
    return next((system for system, _count in counts.most_common() if "〔" not in system and "〕" not in system), "")


def write(ids: Sequence[int], made: Plan, employee: Any) -> Iterator[list[Any]]:
    """Seven queries, whatever the number of people."""
    people = {row[0]: row for row in rows(employee).filter(pk__in=ids).order_by().values_list(*_FIELDS)}
    tags: dict[int, list[str]] = {}
    for customer, tag in CustomerTag.objects.filter(customer__in=people).order_by("pk").values_list("customer", "tag__name"):
        tags.setdefault(customer, []).append(tag)
    known: dict[int, list[tuple[str, str]]] = {}
    for customer, kind, value in Identity.objects.filter(customer__in=people).order_by("pk").values_list("customer", "kind", "value"):
        known.setdefault(customer, []).append((kind, value))
    openings: dict[int, list[tuple[Any, ...]]] = {}
    figures = ("customer", "system", "spend_fen", "orders", "last_order_on", "level")
    for customer, *own in Opening.objects.filter(customer__in=people).order_by("pk").values_list(*figures):
        openings.setdefault(customer, []).append(tuple(own))
    names = (
        dict(Channel.objects.values_list("pk", "name")), dict(Department.objects.values_list("pk", "name")),
        dict(Employee.objects.values_list("pk", "name")),
    )  # fmt: skip
    for pk in ids:
        if pk in people:
            yield _row(people[pk], tags.get(pk, []), known.get(pk, []), openings.get(pk, []), names, made)


def _row(
    person: tuple[Any, ...], tags: list[str], known: list[tuple[str, str]], openings: list[tuple[Any, ...]],
    names: tuple[dict[int, str], ...], made: Plan,
) -> list[Any]:  # fmt: skip
    (
        _pk, name, phone, gender, year, md, lunar, city, address, company, occupation, education, income, spending, budget,
        source, store, owner, since, note, custom, legacy, last_contact, created,
    ) = person  # fmt: skip
    full, system = made["full"], made["system"]
    birthday = "" if md is None else str(Birthday(year, md // 100, md % 100, lunar))
    clean, odd = _tags(tags)
    shown, further = _identities(known, phone, system)
    own = next((figures for figures in openings if figures[0] == system), ("", None, None, None, ""))
    kept, rest = made["kept"], {}
    if made["rest"]:
        rest = {key: value for key, value in legacy.items() if key not in set(kept)}
    values, lost = _own_fields(custom, made["fields"])
    return [
        text_for(full, name), phone_for(full, phone), shown.get(IdentityKind.WECHAT_ID.value, ""),
        *([shown.get(f"{LEGACY_PREFIX}{system}", "")] if system else []),
        _GENDERS.get(gender, ""), birthday, city, text_for(full, address), text_for(full, company), occupation, education,
        income if made["sensitive"] else "", spending, budget, "、".join(clean), names[0].get(source, ""), names[1].get(store, ""), names[2].get(owner, ""), since,
        text_for(full, note[:NOTE_LIMIT]),
        *(_figures(own) if system else []),
        *(text_for(full, value) if isinstance(value, str) else value for value in values),
        *(_kept(full, legacy.get(key)) for key in kept),
        "\n".join(f"{kind} {value}" for kind, value in further) if full else "",
        "、".join(odd),
        "；".join(_told(figures) for figures in openings if figures[0] != system),
        text_for(full, "\n".join(f"{key}：{value}" for key, value in (rest | lost).items())),
        last_contact, created,
    ]  # fmt: skip


def _tags(tags: list[str]) -> tuple[list[str], list[str]]:
    """Those that a list of tags can hold, and those that would come back as others."""
    clean = [tag for tag in tags if (tag.isalnum() and len(tag) <= 30) or cells.split_tags(tag) == ([tag], False)]
    return clean, [tag for tag in tags if tag not in clean] if len(clean) < len(tags) else []


def _identities(known: list[tuple[str, str]], phone: str, system: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What has a column of its own, by kind; and all further ways she is known. A name-only row's own identity is worth
    a line only where there is no other."""
    plain = (IdentityKind.WECHAT_ID.value, f"{LEGACY_PREFIX}{system}")
    shown: dict[str, str] = {}
    further = []
    for kind, value in known:
        if kind in plain and kind not in shown:
            shown[kind] = value
        elif (kind, value) != (IdentityKind.PHONE.value, phone):
            further.append((kind, value))
    if any(kind != IdentityKind.SHEET_ROW for kind, _value in known):
        further = [own for own in further if own[0] != IdentityKind.SHEET_ROW]
    return shown, further


def _figures(own: tuple[Any, ...]) -> list[Any]:
    _system, spend, orders, last, level = own
    return [None if spend is None else float(money.yuan(spend)), orders, last, level]


def _told(figures: tuple[Any, ...]) -> str:
    system, spend, orders, last, level = figures
    parts = [
        "" if spend is None else f"累计消费 {money.yuan(spend):.2f} 元", "" if orders is None else f"{orders} 单",
        "" if last is None else f"最后 {last.isoformat()}", level,
    ]  # fmt: skip
    return f"{system}：" + "，".join(part for part in parts if part)


def _own_fields(custom: dict[str, Any], fields: list[list[Any]]) -> tuple[list[Any], dict[str, Any]]:
    """Values of the columns; and what its field no longer takes, which would come back as something else."""
    values: list[Any] = []
    lost: dict[str, Any] = {}
    for key, kind, choices in fields:
        value = custom.get(key)
        if kind == FieldKind.BOOLEAN and isinstance(value, bool):
            value = "是" if value else "否"
        elif kind == FieldKind.CHOICE and value and choices and value not in choices:
            lost[key], value = value, None
        values.append(value)
    return values, lost


def _kept(full: bool, value: Any) -> Any:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return text_for(full, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def rows(employee: Any) -> QuerySet[Customer]:
    return Customer.objects.visible_to(employee)


NOUN = Noun(_("Customers"), "customers.view_customer", rows, plan, write)
