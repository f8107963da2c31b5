"""Somebody of whom everything that can be known is known, each place with a word that must be gone afterwards."""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from customers.models import (
    Appointment,
    Customer,
    Event,
    Export,
    Feedback,
    FollowUp,
    MergeCandidate,
    OwnerChange,
    Refund,
    Relation,
    Task,
)
from customers.services import people
from customers.services.merging import joining
from scrm.kit import clock, files
from scrm.staff.models import Employee
from tests.factories.customers import (
    consent,
    identify,
    make_batch,
    make_customer,
    make_opening,
    make_row,
    make_tag,
    tag,
)
from tests.factories.orders import credit, make_line, make_order, make_product

# Stands in every text of hers; her numbers are beside it.
SECRET = "机密甲"
PHONE, SECOND, THIRD = "13811110001", "13811110002", "13811110003"
CARD = "VIP-SECRET-77"


def put_file(folder: str) -> str:
    path, file = files.create(folder, ".bin")
    with file:
        file.write(SECRET.encode())
    return path


def make_full(owner: Employee, shop: Any) -> Customer:
    """Folded from two records, with rows in every table that points at a customer."""
    batch = make_batch("会员.xlsx", path=put_file("imports"), created_by=owner)
    her = make_customer(
        f"{SECRET}王", PHONE, owner=owner, store=shop.binjiang, gender="female", birth_year=1990, birth_md=501,
        city=SECRET, address=SECRET, company=SECRET, occupation=SECRET, education=SECRET, income_band=SECRET,
        spending_band=SECRET, budget=SECRET, known_since=date(2021, 3, 8), note=SECRET, custom={"skin": SECRET},
        legacy={"备注": SECRET}, imported_in=batch, last_contact_at=clock.now(),
    )  # fmt: skip
    identify(her, "legacy:收银", CARD)
    identify(her, "sheet_row", "ab" * 32)
    other = make_customer(f"{SECRET}小娟", SECOND, owner=owner, note=f"{SECRET} 二")
    joining.carry_out(joining.plan(keep=her, fold=other), by=owner, evidence=[{"kind": "phone", "value": SECOND}])
    her.refresh_from_db()
    people.change(her, by=owner, note=f"{SECRET} 改过")
    tag(her, make_tag("敏感肌"))
    stranger = make_customer("李小明", "13900000022", store=shop.binjiang)
    MergeCandidate.objects.create(
        first=min(her, stranger, key=lambda p: p.pk), second=max(her, stranger, key=lambda p: p.pk),
        evidence=[{"kind": "phone", "value": PHONE}],
    )  # fmt: skip
    consent(her, ground=SECRET)
    make_opening(her, "收银", spend_fen=345670, orders=12, level="金卡", batch=batch)
    order = make_order(
        her, paid_fen=10_000, note=SECRET, number=f"N-{PHONE}", proof=put_file("proofs"), approval_note=SECRET,
        refunded_fen=2_000, digest="ab" * 16,
    )  # fmt: skip
    make_line(order, make_product("补水面膜"), amount_fen=10_000)
    credit(order, owner)
    Refund.objects.create(order=order, amount_fen=2_000, reason=SECRET)
    said = FollowUp.objects.create(customer=her, author=owner, content=SECRET, next_words=SECRET, key=f"k-{SECRET}")
    voice = Feedback.objects.create(customer=her, score=-2, words=SECRET, closing_words=SECRET, follow_up=said)
    coming = clock.now() + timedelta(days=2)
    booked = Appointment.objects.create(customer=her, starts_at=coming, note=SECRET, digest="cd" * 16)
    Task.objects.create(
        customer=her, employee=owner, about=SECRET, words=SECRET, note=SECRET, due_at=coming, feedback=voice,
        appointment=booked,
    )  # fmt: skip
    Event.objects.create(customer=her, visitor="v-1", kind="page.viewed", object="product:1", properties={"q": SECRET})
    contact = Relation.objects.create(customer=her, employee=owner, remark=SECRET)
    contact.remark = f"{SECRET} 新"
    contact.save()
    OwnerChange.objects.create(customer=her, after=owner, by=owner, note=SECRET)
    make_row(
        batch, her, 2, outcome="updated", detail={"name": SECRET, "kept": "x"}, changes={"note": ["", SECRET]},
        warnings=[{"code": "x", "value": SECRET}], unknown={"owner": "小何"}, cells=[SECRET, PHONE],
    )  # fmt: skip
    make_row(batch, None, 3, outcome="rejected", cells=[SECRET, CARD])
    Export.objects.create(what="customers", by=owner, path=put_file("exports"), state="done", rows=1)
    her.refresh_from_db()
    return her


def everything() -> str:
    """Every cell of every table of the customers app, as text."""
    said: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith("customers_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                said += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(said)
