"""The bases every admin derives from."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from scrm.kit.admin import HistoryAdmin, HouseAdmin, RecordedAdmin
from scrm.kit.paginator import CAP, CappedPaginator
from scrm.staff.models import Department, Employee
from tests.cast import Shop
from tests.factories.customers import make_channel, make_customer
from tests.factories.staff import make_department


class TestCappedPaginator:
    def of(self, rows: int) -> CappedPaginator:
        return CappedPaginator(range(rows), 50)

    @pytest.mark.parametrize(
        ("rows", "count", "pages", "capped"),
        [
            (0, 0, 1, False),
            (50, 50, 1, False),
            (51, 51, 2, False),
            (CAP, CAP, 200, False),
            (CAP + 1, CAP, 200, True),
        ],
    )
    def test_counts_up_to_the_cap(self, rows: int, count: int, pages: int, capped: bool) -> None:
        paginator = self.of(rows)
        assert (paginator.count, paginator.num_pages, paginator.capped) == (count, pages, capped)

    def test_the_count_is_one_bounded_query(self, shop: Shop, django_assert_num_queries: Any) -> None:
        paginator = CappedPaginator(Department.objects.order_by("name"), 2)
        with django_assert_num_queries(1) as asked:
            assert (paginator.count, paginator.count, paginator.num_pages) == (4, 4, 2)
        sql = asked.captured_queries[0]["sql"]
        assert f"LIMIT {CAP + 1}" in sql
        assert "ORDER BY" not in sql


class TestHistory:
    def test_it_ends_where_the_admins_rows_end(
        self, client: Client, owner: Employee, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """simple-history alone would show the history of any row there ever was."""
        client.force_login(owner)
        made = admin.site._registry[Department]
        seen = type(made).get_queryset
        monkeypatch.setattr(
            type(made), "get_queryset", lambda self, request: seen(self, request).exclude(pk=shop.xihu.pk)
        )
        assert (
            client.get(reverse("admin:staff_department_history", args=[shop.binjiang.pk])).status_code == 200
        )
        assert client.get(reverse("admin:staff_department_history", args=[shop.xihu.pk])).status_code == 404

    def test_an_old_version_cannot_be_posted_back(self, client: Client, owner: Employee, shop: Shop) -> None:
        client.force_login(owner)
        version = shop.xihu.history.get()
        url = reverse("admin:staff_department_simple_history", args=[shop.xihu.pk, version.pk])
        for method in (client.get, client.post):
            assert method(url, {"name": "x", "kind": "store"}).status_code == 404
        assert Department.objects.get(pk=shop.xihu.pk).name == "西湖店"

    def test_changes_read_like_the_form(self, client: Client, owner: Employee, shop: Shop) -> None:
        client.force_login(owner)
        client.cookies["django_language"] = "en"
        form = {"name": "西湖店", "kind": "department", "parent": "", "is_active": ""}
        client.post(reverse("admin:staff_department_change", args=[shop.xihu.pk]), form)
        page = client.get(reverse("admin:staff_department_history", args=[shop.xihu.pk]))
        told = {
            (change["old"], change["new"]) for change in page.context["page_obj"][0].history_delta_changes
        }
        assert told == {("store", "department"), ("yes", "no"), ("锦绣商贸", "–")}


def test_a_list_has_no_show_all(client: Client, owner: Employee, shop: Shop) -> None:
    client.force_login(owner)
    listed = client.get(reverse("admin:staff_department_changelist"), {"all": ""}).context["cl"]
    assert (listed.can_show_all, listed.list_per_page) == (False, 50)


class TestLists:
    @pytest.fixture(autouse=True)
    def as_owner(self, client: Client, owner: Employee) -> None:
        client.cookies["django_language"] = "en"
        client.force_login(owner)

    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("customers_customer", "Customers"),
            ("staff_employee", "Employees"),
            ("customers_channel", "Channels of origin"),
            ("kit_auditentry", "Audit log"),
        ],
    )
    def test_a_list_is_called_by_its_name(self, client: Client, name: str, title: str) -> None:
        response = client.get(reverse(f"admin:{name}_changelist"))
        assert response.context["title"] == title
        assert f"<title>{title} |" in re.sub(r"\s+", " ", response.content.decode()).replace("> ", ">")

    @pytest.mark.parametrize("name", ["customers_customer", "customers_channel", "staff_department"])
    @pytest.mark.parametrize(
        ("asked", "page"), [("p=9999", 3), ("page=9999", 3), ("p=2", 2), ("page=2", 2), ("p=0", 1), ("p=-1", 1), ("p=x", 1)]
    )
    def test_a_page_that_is_not_there_is_the_last(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any, name: str, asked: str, page: int
    ) -> None:
        for number in range(5):
            make_customer(f"客{number}")
            make_channel()
            make_department(f"店{number}")
        listed = reverse(f"admin:{name}_changelist")
        admin_class = type(client.get(listed).context["cl"].model_admin)
        monkeypatch.setattr(admin_class, "list_per_page", -(-client.get(listed).context["cl"].result_count // 3))
        response = client.get(f"{listed}?{asked}")
        assert (response.status_code, response.context["cl"].page_num) == (200, page)
        assert len(response.context["cl"].result_list) > 0
        assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []

    def test_an_act_on_nobody_says_what_to_do(self, client: Client) -> None:
        listed = reverse("admin:customers_customer_changelist")
        for more in ({"index": "0"}, {"confirmed": "1"}):
            response = client.post(listed, {"action": "add_tags", "select_across": "0", **more}, follow=True)
            assert [str(said) for said in response.context["messages"]] == [
                "Tick the rows in the list first. Nothing was changed."
            ]
        nothing = {"action": "", "index": "0", "_selected_action": "1", "select_across": "0"}
        response = client.post(listed, nothing, follow=True)
        assert [str(said) for said in response.context["messages"]] == ["No action selected."]


def test_no_form_saves_without_a_trace(rf: RequestFactory, owner: Employee) -> None:
    """Whatever may be written by a form has a history, a line in the audit log, or a service that records it."""
    request = rf.get("/")
    request.user = owner
    written = {
        model._meta.label
        for model, mine in admin.site._registry.items()
        if (mine.has_add_permission(request) or mine.has_change_permission(request))
        and not isinstance(mine, HistoryAdmin | RecordedAdmin)
        and type(mine).save_model is HouseAdmin.save_model
        # Their pages are views of their own, with services behind them.
        and not {"change_view", "changeform_view"} & vars(type(mine)).keys()
    }
    assert written == set()
