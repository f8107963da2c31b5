"""The audit log: read-only, readable, and every act has a name."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.services.fields import create_field
from scrm.kit import acts, audit
from scrm.kit.models import AuditEntry
from scrm.staff.choices import Role
from scrm.staff.models import Employee
from tests.factories.customers import make_customer
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
