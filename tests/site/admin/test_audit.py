"""The audit log: read-only, readable, and every act has a name."""

import ast
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.models import Customer
from customers.services.contact_sheets import deciding as contacts
from customers.services.fields import create_field
from customers.services.importing import running as importing
from customers.services.ordering import booking as ordering
from scrm.kit import acts, audit, clock
from scrm.kit.models import AuditEntry
from scrm.site.admin import audit_words
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.factories.contacts import make_appointment, make_feedback, make_touchpoint
from tests.factories.customers import make_customer
from tests.factories.orders import make_product
from tests.factories.staff import make_employee

ROOT = Path(__file__).resolve().parents[3]
LIST = "admin:kit_auditentry_changelist"
CHANGE = "admin:kit_auditentry_change"


def recorded() -> set[str]:
    """Every act that is written anywhere, as far as its name stands in the source."""
    found = set()
    for top in ("scrm", "customers", "loyalty", "campaigns"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" and node.args:
                    found |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
    return found


def test_every_act_has_a_name_on_screen() -> None:
    assert recorded() - set(acts.acts.names()) == set()
    assert {"staff.role", "login_link.issue", "import.run"} <= recorded()


# What stands behind "**" at the few places where the keys are not in the source itself.
SPREAD = {
    "customers/services/importing/running.py": importing.COUNTERS,
    "customers/services/ordering/running.py": ordering.COUNTERS,
    "customers/services/contact_sheets/running.py": contacts.COUNTERS,
    "customers/services/importing/undoing.py": (
        "removed", "restored", "archived", "kept", "orders_removed", "orders_restored", "orders_kept", "entries_removed",
        "entries_restored", "entries_kept",
    ),
    "customers/services/owning/acts.py": ("to",),
    "customers/services/owning/mass.py": ("to",),
}  # fmt: skip


def keys_written() -> tuple[set[str], set[str]]:
    """Every key of detail that any call of audit.record writes; and the files that spread a dict into one."""
    keys, spreading = set(), set()
    for top in ("scrm", "customers", "loyalty", "campaigns"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                    keys |= {word.arg for word in node.keywords if word.arg}
                    if any(word.arg is None for word in node.keywords):
                        spreading.add(str(path.relative_to(ROOT)))
    return keys - {"by", "on", "count"}, spreading


def test_every_key_of_detail_has_a_word() -> None:
    keys, spreading = keys_written()
    assert spreading == set(SPREAD)
    shown = {key for key in keys.union(*SPREAD.values()) if not key.startswith("_")}
    assert shown - audit_words.WORDS.keys() == set()
    assert {"appointment", "feedback", "folded", "paid_fen", "orders_created"} <= shown


@pytest.fixture
def log(owner: Employee, operator: Employee, employee: Employee) -> list[AuditEntry]:
    person = make_customer("王小娟", "13800000021")
    return [
        audit.record("staff.role", by=owner, on=employee, before="employee", after="manager"),
        audit.record("person.archived", by=operator, on=person),
        audit.record("import.run", by=operator, count=431, rows=431, created=400),
        audit.record("something.new", by=None),
    ]


def listed(client: Client, **asked: Any) -> list[str]:
    return [entry.action for entry in client.get(reverse(LIST), asked).context["cl"].result_list]


class TestReading:
    @pytest.fixture(autouse=True)
    def as_owner(self, client: Client, owner: Employee) -> None:
        client.cookies["django_language"] = "en"
        client.force_login(owner)

    def test_newest_first(self, client: Client, log: list[AuditEntry]) -> None:
        assert listed(client) == ["something.new", "import.run", "person.archived", "staff.role"]

    def test_by_act_and_by_person(self, client: Client, log: list[AuditEntry], operator: Employee) -> None:
        assert listed(client, act="staff.role") == ["staff.role"]
        assert listed(client, actor__id__exact=operator.pk) == ["import.run", "person.archived"]

    @pytest.mark.parametrize(
        ("term", "found"),
        [
            ("王小娟", ["person.archived"]),
            ("小娟", ["person.archived"]),
            ("小许", ["staff.role"]),
            ("孙运营", ["import.run", "person.archived"]),
            ("13800000021", ["person.archived"]),
            ("李明", []),
            (" ", ["something.new", "import.run", "person.archived", "staff.role"]),
        ],
    )
    def test_by_the_name_of_whom_it_was_done_to_or_by(
        self, client: Client, log: list[AuditEntry], term: str, found: list[str]
    ) -> None:
        assert listed(client, q=term) == found

    def test_a_search_is_bounded(
        self, client: Client, log: list[AuditEntry], monkeypatch: pytest.MonkeyPatch, owner: Employee
    ) -> None:
        monkeypatch.setattr("scrm.site.admin.audit.FOUND", 1)
        newer = make_customer("王小娟")
        audit.record("person.created", by=owner, on=newer)
        assert listed(client, q="王小娟") == ["person.created"]

    def test_things_have_names_and_links(
        self, client: Client, log: list[AuditEntry], employee: Employee
    ) -> None:
        page = client.get(reverse(LIST)).content.decode()
        for text in ("role changed", "customer archived", "王小娟", employee.name, "something.new"):
            assert text in page
        assert reverse("admin:staff_employee_change", args=[employee.pk]) in page

    def test_detail_in_words(self, client: Client, log: list[AuditEntry]) -> None:
        page = client.get(reverse(CHANGE, args=[log[0].pk])).content.decode()
        assert "<p>before: Consultant</p><p>after: Store manager</p>" in page
        page = client.get(reverse(CHANGE, args=[log[2].pk])).content.decode()
        assert "<p>rows: 431</p><p>new: 400</p>" in page

    def test_codes_are_told_by_the_key_they_stand_under(self, client: Client, owner: Employee) -> None:
        field = create_field(label="肤质", kind="text", by=owner)
        matched = audit.record("import.name_matched", by=owner, on=owner, kind="owner")
        made = AuditEntry.objects.get(action="field.created")
        changed = audit.record("field.changed", by=owner, on=field, fields=["is_active", "label"])
        told = [
            client.get(reverse(CHANGE, args=[entry.pk])).content.decode()
            for entry in (matched, made, changed)
        ]
        assert "<p>kind: consultant</p>" in told[0]
        assert "<p>kind: text</p><p>sensitive: no</p>" in told[1]
        assert "<p>fields: in use, name</p>" in told[2]

    def test_a_command_acts_as_the_system(self, client: Client, log: list[AuditEntry], owner: Employee) -> None:
        rows = client.get(reverse(LIST)).content.decode()
        told = [name.strip() for name in re.findall(r"field-who[^>]*>([^<]+)<", rows)]
        assert told == ["System", str(log[2].actor), str(log[1].actor), str(owner)]

    def test_nothing_can_be_written(self, client: Client, log: list[AuditEntry]) -> None:
        assert client.get(reverse("admin:kit_auditentry_add")).status_code == 403
        assert client.post(reverse(CHANGE, args=[log[0].pk]), {"action": "x"}).status_code == 403
        assert (
            client.post(reverse("admin:kit_auditentry_delete", args=[log[0].pk]), {"post": "yes"}).status_code
            == 403
        )
        assert AuditEntry.objects.get(pk=log[0].pk).action == "staff.role"

    def test_constant_queries(
        self, client: Client, log: list[AuditEntry], employee: Employee, django_assert_num_queries: Any
    ) -> None:
        client.get(reverse(LIST))
        with django_assert_num_queries(7):
            client.get(reverse(LIST))
        for _ in range(3):
            audit.record("staff.unlock", by=employee, on=employee)
        with django_assert_num_queries(7):
            client.get(reverse(LIST))


class TestThingsBehindIds:
    @pytest.fixture(autouse=True)
    def as_owner(self, client: Client, owner: Employee) -> None:
        client.cookies["django_language"] = "en"
        client.force_login(owner)

    def told(self, client: Client, entry: AuditEntry) -> list[str]:
        """On its own page and in the list the same."""
        pages = [client.get(url).content.decode() for url in (reverse(CHANGE, args=[entry.pk]), reverse(LIST))]
        lines = [re.findall(r"<p>([a-z ]+: .*?)</p>", page) for page in pages]
        assert lines[0] == lines[1]
        return lines[0]

    def test_a_merge_names_the_other_as_she_may_be_read(self, client: Client, owner: Employee) -> None:
        keep, fold = make_customer("陈佳怡", "13800000022"), make_customer("陈佳怡 13700000001", "13800000023")
        entry = audit.record("person.merged", by=owner, on=keep, folded=fold.pk)
        url = reverse("admin:customers_customer_change", args=[fold.pk])
        assert self.told(client, entry) == [f'joined from: <a class="scrm-link" href="{url}">陈佳怡 137****0001 138****0023</a>']

    def test_an_appointment_opens_its_day(self, client: Client, owner: Employee) -> None:
        at = datetime(2026, 3, 10, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        row = make_appointment(make_customer("王小娟"), starts_at=at, service=make_product("补水护理"))
        entry = audit.record("appointment.arrived", by=owner, on=row.customer, appointment=row.pk)
        url = f"{reverse('admin:customers_appointment_changelist')}?day=2026-03-10#appointment-{row.pk}"
        assert self.told(client, entry) == [f'appointment: <a class="scrm-link" href="{url}">2026-03-10 14:30 补水护理</a>']

    def test_a_feeling_opens_on_her_page(self, client: Client, owner: Employee) -> None:
        row = make_feedback(make_customer("王小娟"), -2, touchpoint=make_touchpoint("结账"))
        entry = audit.record("feeling.answered", by=owner, on=row.customer, feedback=row.pk)
        url = reverse("admin:customers_feedback_change", args=[row.pk])
        assert self.told(client, entry) == [f'feedback: <a class="scrm-link" href="{url}">😡 结账</a>']

    def test_what_is_gone_keeps_its_number(self, client: Client, owner: Employee) -> None:
        erased = make_customer("王小娟")
        Customer.everyone.filter(pk=erased.pk).update(name="", erased_at=clock.now())
        entry = audit.record("person.merged", by=owner, folded=erased.pk, other=999_999)
        assert self.told(client, entry) == ["joined from: erased", "the other customer: #999999"]

    def test_money_in_yuan(self, client: Client, owner: Employee) -> None:
        assert self.told(client, audit.record("order.entered", by=owner, paid_fen=29_800)) == ["amount paid: ¥298.00"]

    def test_a_hand_over_counts_all_it_moved(self, client: Client, owner: Employee, employee: Employee) -> None:
        at, got = clock.now().isoformat(), [[owner.pk, 0, 0, 1]]
        entry = audit.record(
            "owner.handed_over", by=owner, on=employee, count=0, to=["许静 0"], tasks=0, appointments=1, _got=got, _stays="", _at=at,
        )  # fmt: skip
        url = reverse("admin:customers_handover_done", args=[entry.pk])
        assert f'<a class="scrm-link" href="{url}">1 appointment</a>' in client.get(reverse(LIST)).content.decode()
        assert "1 appointment" in client.get(url).content.decode()
        many = AuditEntry(count=1_260, detail={"tasks": 2, "appointments": 0})
        with translation.override("en"):
            assert audit_words.moved(many) == "1,260 customers, 2 open tasks"
            assert audit_words.moved(AuditEntry(count=0, detail={})) == "0"

    def test_constant_queries(self, client: Client, owner: Employee, django_assert_num_queries: Any) -> None:
        def more() -> None:
            one, other = make_customer("王小娟"), make_customer("李小明")
            audit.record("person.merged", by=owner, on=one, folded=other.pk)
            audit.record("person.two_people", by=owner, on=one, other=other.pk)
            audit.record("feeling.answered", by=owner, on=one, feedback=make_feedback(one).pk)
            audit.record("appointment.arrived", by=owner, on=one, appointment=make_appointment(one).pk)

        more()
        client.get(reverse(LIST))
        with django_assert_num_queries(9):
            client.get(reverse(LIST))
        more()
        more()
        with django_assert_num_queries(9):
            client.get(reverse(LIST))


def test_only_head_office(client: Client, everyone: dict[Role, Employee]) -> None:
    entry = audit.record("staff.add", by=everyone[Role.OWNER], on=everyone[Role.EMPLOYEE])
    answers = {}
    for role, user in everyone.items():
        client.force_login(user)
        answers[role] = [client.get(url).status_code for url in (reverse(LIST), reverse(CHANGE, args=[entry.pk]))]
    read = [Role.OWNER, Role.OPERATOR]
    assert answers == {role: [200, 200] if role in read else [403, 403] for role in Role}


class TestTheOperator:
    """Reads what happened, but not who looked at numbers: whoever looks at most is not who watches."""

    @pytest.fixture
    def looked(self, owner: Employee, employee: Employee) -> list[AuditEntry]:
        person = make_customer("王小娟", "13800000021")
        audit.record("person.archived", by=owner, on=person)
        return [audit.record(act, by=employee, on=person) for act in ("phone.shown", "phone.refused")]

    def test_looks_are_the_owners(
        self, client: Client, owner: Employee, operator: Employee, looked: list[AuditEntry]
    ) -> None:
        seen = {}
        for user in (owner, operator):
            client.force_login(user)
            pages = [client.get(reverse(CHANGE, args=[entry.pk])).status_code for entry in looked]
            seen[user.role] = (listed(client), listed(client, act="phone.shown"), listed(client, q="王小娟"), pages)
        told = ["phone.refused", "phone.shown", "person.archived"]
        assert seen == {
            Role.OWNER: (told, ["phone.shown"], told, [200, 200]),
            Role.OPERATOR: (["person.archived"], [], ["person.archived"], [302, 302]),
        }

    def test_the_filter_does_not_offer_them(
        self, client: Client, owner: Employee, operator: Employee, looked: list[AuditEntry]
    ) -> None:
        offered = {}
        for user in (owner, operator):
            client.force_login(user)
            shown = client.get(reverse(LIST)).context["cl"].filter_specs[0]
            offered[user.role] = {"phone.shown", "phone.refused", "person.archived"} & {
                name for name, _label in shown.lookup_choices
            }
        assert offered[Role.OPERATOR] == {"person.archived"}
        assert offered[Role.OWNER] == {"phone.shown", "phone.refused", "person.archived"}

    def test_links_only_to_what_she_may_open(
        self, client: Client, owner: Employee, operator: Employee, employee: Employee
    ) -> None:
        person = make_customer("王小娟")
        lines = [audit.record("staff.role", by=owner, on=employee), audit.record("person.archived", by=owner, on=person)]
        account = reverse("admin:staff_employee_change", args=[employee.pk])
        hers = reverse("admin:customers_customer_change", args=[person.pk])
        linked = {}
        for user in (owner, operator):
            client.force_login(user)
            pages = [client.get(url) for url in (reverse(LIST), *(reverse(CHANGE, args=[one.pk]) for one in lines))]
            text = "".join(page.content.decode() for page in pages)
            linked[user.role] = (text.count(f'href="{account}"'), text.count(f'href="{hers}"'), "小许" in text)
        assert linked == {Role.OWNER: (2, 2, True), Role.OPERATOR: (0, 2, True)}


def test_figures_of_orders_are_told_in_words(client, owner):
    audit.record("import.run", by=owner, on=owner, count=2, kind="orders", lines=3, net_fen=35000, restored=1)
    client.force_login(owner)
    text = client.get("/admin/kit/auditentry/").content.decode()
    for said in ("记入的行: 3", "净额: ¥350.00", "恢复原样: 1", "类型: 订单"):
        assert f"<p>{said}</p>" in text


def test_a_colleagues_whole_number_finds_what_she_did(client, owner):
    other = make_employee("许静", phone="13911110077")
    audit.record("staff.password", by=other, on=other)
    client.force_login(owner)
    for word, found in (("13911110077", 1), ("1391111007", 0)):
        assert client.get("/admin/kit/auditentry/", {"q": word}).context["cl"].result_count == found
