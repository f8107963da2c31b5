"""A sweep: every address of the desk, as an agency with a campaign's people and as a consultant without the full-phone
right. No answer holds a customer's full number, in whatever it is packed; and some answers hold the masked one, or the
sweep would have seen nothing."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from customers.models import (
    Appointment,
    Channel,
    Customer,
    CustomField,
    Export,
    Feedback,
    FollowUp,
    ImportMapping,
    Merge,
    MergeCandidate,
    Order,
    Product,
    Refund,
    Relation,
    Tag,
    Task,
)
from customers.services import people
from customers.services.merging import joining
from scrm.kit import clock, files
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role, Scope
from scrm.staff.models import Employee
from scrm.staff.scope import scope_providers
from tests.factories.customers import (
    consent,
    identify,
    make_batch,
    make_channel,
    make_customer,
    make_opening,
    make_row,
    make_tag,
    tag,
)
from tests.factories.orders import credit, make_line, make_order, make_product

pytestmark = pytest.mark.django_db
FIRST, SECOND, HIDDEN, FOLDED = "13811110021", "13811110022", "13811110023", "13811110024"
IN_TEXT = "138 1111 0023"
FULL = re.compile(r"1381111002\d")
MASKED = "138****002"
_NOISE = re.compile(r"[\s\-+_.()（）]|&nbsp;|%20")
GUESSES = {"object_id": "1", "token": "x", "app_label": "customers", "url": "x", "content_type_id": "1"}


@pytest.fixture
def her(owner: Employee, shop: Any, tmp_path: Any, settings: Any) -> Customer:
    """A number in every text there is. Her owner is the owner: nobody of the sweep may tap on it."""
    settings.PRIVATE_DIR = tmp_path / "private"
    channel, label = make_channel(f"介绍 {IN_TEXT}"), make_tag(f"表姐{HIDDEN}")
    batch = make_batch(f"会员{HIDDEN}.xlsx", created_by=owner, path=_file(), kind="customers")
    person = make_customer(
        f"王小娟{HIDDEN}", FIRST, owner=owner, store=shop.binjiang, source=channel, note=IN_TEXT, address=IN_TEXT,
        company=HIDDEN, occupation=HIDDEN, city=HIDDEN, custom={"kin": HIDDEN}, legacy={f"紧急{HIDDEN}": IN_TEXT},
        imported_in=batch, birth_md=501,
    )  # fmt: skip
    CustomField.objects.create(key="kin", label="家属")
    identify(person, "phone", SECOND, batch=batch)
    identify(person, "wechat_id", f"wx{HIDDEN}")
    folded = make_customer(f"小娟{HIDDEN}", FOLDED, owner=owner)
    joining.carry_out(joining.plan(keep=person, fold=folded), by=owner, evidence=[{"kind": "phone", "value": FOLDED}])
    person.refresh_from_db()
    people.change(person, by=owner, note=f"改 {IN_TEXT}")
    twin = make_customer("王小娟", "13911110099", owner=owner, store=shop.binjiang)
    MergeCandidate.objects.create(first=person, second=twin, evidence=[{"kind": "phone", "value": HIDDEN}])
    tag(person, label)
    consent(person, ground=IN_TEXT, recorded_by=owner)
    make_opening(person, f"系统{HIDDEN}", spend_fen=100)
    order = make_order(person, number=f"N{HIDDEN}", note=IN_TEXT, channel=channel, approval="pending", batch=batch)
    make_line(order, make_product(f"面膜{HIDDEN}"), amount_fen=10_000)
    credit(order, owner)
    Order.objects.filter(pk=order.pk).update(refunded_fen=100)
    Refund.objects.create(order=order, amount_fen=100, reason=IN_TEXT)
    said = FollowUp.objects.create(customer=person, author=owner, content=IN_TEXT, next_words=HIDDEN)
    Feedback.objects.create(customer=person, score=-2, words=IN_TEXT, follow_up=said, recorded_by=owner)
    booked = Appointment.objects.create(customer=person, starts_at=clock.now(), note=IN_TEXT, store=shop.binjiang)
    Task.objects.create(customer=person, employee=owner, about=HIDDEN, words=IN_TEXT, due_at=clock.now(), appointment=booked)
    Relation.objects.create(customer=person, employee=owner, remark=f"王姐{HIDDEN}")
    make_row(batch, person, 2, outcome="updated", detail={"name": HIDDEN, "kept": HIDDEN}, cells=[HIDDEN, IN_TEXT], conflict=True)
    ImportMapping.objects.create(name="会员", columns={})
    Export.objects.create(what="customers", by=owner, path=_file(), state="done", selection=HIDDEN)
    people.show_phone(person, by=owner)
    return person


def _file() -> str:
    path, file = files.create("imports", ".csv")
    with file:
        file.write(f"姓名,手机号\n王小娟,{FIRST}\n".encode())
    return path


def doors(patterns: Any = None, before: str = "admin:") -> Iterator[tuple[str, list[str]]]:
    """(name, its arguments) of every named address of the desk."""
    if patterns is None:
        top = next(p for p in get_resolver().url_patterns if isinstance(p, URLResolver) and p.namespace == "admin")
        patterns = top.url_patterns
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, before)
        elif isinstance(pattern, URLPattern) and pattern.name and pattern.name not in ("logout", "password_change"):
            yield before + pattern.name, list(pattern.pattern.converters)


def things(name: str, her: Customer) -> list[Any]:
    """Ids that may stand in an address: those of the noun it is about, else everything of hers."""
    rows: dict[str, Any] = {
        "order": her.orders, "mergecandidate": MergeCandidate.objects, "importbatch": her.import_rows,
        "tag": Tag.objects, "channel": Channel.objects, "product": Product.objects, "customfield": CustomField.objects,
        "auditentry": AuditEntry.objects, "importmapping": ImportMapping.objects, "appointment": Appointment.objects,
        "task": Task.objects, "followup": FollowUp.objects, "feedback": Feedback.objects, "export": Export.objects,
        "employee": Employee.objects, "merge": Merge.objects,
    }  # fmt: skip
    noun = name.split("_")[1] if "_" in name else ""
    if noun == "importbatch":
        return [her.imported_in_id]
    if name.endswith("_undo"):
        return [Merge.objects.get().pk]
    return [row.pk for row in rows[noun].all()[:2]] if noun in rows else [her.pk]


def addresses(her: Customer) -> list[str]:
    found = []
    for name, arguments in doors():
        for pk in things(name, her) if arguments else [her.pk]:
            values = {key: pk if key == "object_id" else GUESSES.get(key, pk) for key in arguments}
            # Addresses of old have their arguments by place; some of other people's take no number at all.
            for given in ({"kwargs": values}, {"args": [pk]}, {"args": [pk, 1]}):
                try:
                    found.append(reverse(name, **given))
                    break
                except NoReverseMatch:
                    continue
    customers, orders = reverse("admin:customers_customer_changelist"), reverse("admin:customers_order_changelist")
    for term in ("0021", "王小娟", FIRST, IN_TEXT, "1381", "N1381", HIDDEN):
        found += [f"{customers}?q={term}", f"{orders}?q={term}", f"{reverse('admin:search')}?s={term}"]
        found += [f"{customers}known/?phone={term}", f"{customers}?own_kin={term}"]
        for model, field in (("customertag", "customer"), ("customertag", "tag"), ("order", "customer"), ("customer", "owner")):
            found.append(f"{reverse('admin:autocomplete')}?app_label=customers&model_name={model}&field_name={field}&term={term}")
    found += [f"{customers}?{field}={her.source_id}" for field in ("channel", "batch", "tag")]
    kinds = files.downloads.names()
    pks = {her.pk, her.imported_in_id, *her.orders.values_list("pk", flat=True), *Export.objects.values_list("pk", flat=True)}
    found += [reverse("private_file", args=[kind, pk]) for kind in kinds for pk in sorted(pks)]
    return found


def body(response: Any) -> str:
    """All text of an answer: also what is packed in a workbook or an archive."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = b"\n".join(archive.read(name) for name in archive.namelist())
    return raw.decode("utf-8", "replace") + "\n" + " ".join(f"{k}: {v}" for k, v in response.headers.items())


def sweep(client: Client, her: Customer) -> tuple[list[str], list[str], set[int]]:
    """(addresses that gave a full number away, addresses that held a masked one, statuses)"""
    leaks, masked, statuses = [], [], set()
    for address in addresses(her):
        response = client.get(address)
        statuses.add(response.status_code)
        text = body(response)
        # What was typed into the address stands in the search box again: that is the asker's own knowledge.
        asked = address.partition("?")[2].rpartition("=")[2]
        if asked:
            text = text.replace(asked, "").replace(asked.replace(" ", "+"), "").replace(asked.replace(" ", "%20"), "")
        if FULL.search(_NOISE.sub("", text)):
            leaks.append(address)
        if MASKED in text:
            masked.append(address)
    return leaks, masked, statuses


def test_the_sweep_would_find_a_number(client: Client, owner: Employee, her: Customer) -> None:
    client.force_login(owner)
    shown = body(client.post(f"/admin/customers/customer/{her.pk}/reveal/"))
    assert (FULL.search(_NOISE.sub("", shown)) is not None, FIRST in shown) == (True, True)
    answer = client.get(reverse("private_file", args=["import-original", her.imported_in_id]))
    assert FIRST in body(answer)
    assert len(addresses(her)) > 150


@pytest.fixture
def assigned(agency: Employee, her: Customer, role_rights: Any) -> Iterator[Customer]:
    """Her person as an assigned campaign will bring her; and every right to view, whatever was meant by it."""
    rights = Permission.objects.filter(content_type__app_label="customers").filter(
        Q(codename__startswith="view_") | Q(codename__in=["change_customer", "see_full_phone", "add_consent", "export_rows"])
    )
    role_rights(agency.role, [f"customers.{codename}" for codename in rights.values_list("codename", flat=True)])

    def provide(who: Any, model: Any) -> Q | None:
        if who.pk != agency.pk:
            return None
        names = {field.name for field in model._meta.get_fields()} if model is not None else set()
        return Q(customer=her.pk) if "customer" in names else Q(pk=her.pk)

    scope_providers.register("sweep", provide)
    yield her
    scope_providers._entries.pop("sweep")


def test_an_agency_as_it_is(client: Client, agency: Employee, her: Customer) -> None:
    client.force_login(agency)
    leaks, masked, statuses = sweep(client, her)
    assert leaks == []
    # Their filter names the channel, whose name holds a number here.
    facts = ("link", "touch", "participation", "referral", "conversion", "credit")
    assert set(masked) == {reverse(f"admin:campaigns_{fact}_changelist") for fact in facts}
    assert statuses <= {200, 302, 400, 403, 404, 405, 410}


def test_an_agency_with_people_and_rights(client: Client, agency: Employee, assigned: Customer) -> None:
    client.force_login(agency)
    leaks, masked, statuses = sweep(client, assigned)
    assert "\n".join(leaks) == ""
    page = f"/admin/customers/customer/{assigned.pk}/change/"
    lists = {reverse("admin:customers_customer_changelist"), reverse("admin:customers_order_changelist")}
    assert {page, *lists} <= set(masked)
    assert statuses <= {200, 302, 400, 403, 404, 405, 410}
    for door in ("reveal", "edit"):
        answer = client.post(f"/admin/customers/customer/{assigned.pk}/{door}/")
        assert FULL.search(_NOISE.sub("", body(answer))) is None
    assert AuditEntry.objects.filter(actor=agency, action=people.SHOWN).count() == 0


def test_a_consultant_and_the_people_of_a_colleague(client: Client, employee: Employee, her: Customer) -> None:
    """She sees the store's people, and may tap on the numbers of her own only."""
    Employee.objects.filter(pk=employee.pk).update(scope=Scope.DEPARTMENT)
    employee.refresh_from_db()
    assert employee.role == Role.EMPLOYEE
    client.force_login(employee)
    leaks, masked, _statuses = sweep(client, her)
    assert "\n".join(leaks) == ""
    assert f"/admin/customers/customer/{her.pk}/change/" in masked
    assert client.post(f"/admin/customers/customer/{her.pk}/reveal/").status_code == 403
