"""Whatever stands in a sheet: no crash, the figures add up, a dry run says what the run does, a second run does
nothing, and undo leaves nothing behind."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.models import Consent, Customer, CustomerTag, Identity, ImportRow, MergeCandidate, Opening
from customers.services import fields as own_fields
from customers.services.importing import running, undoing
from scrm.kit import jobs
from tests.customers import sheets
from tests.customers.services.importing.runs import last_batch, run
from tests.factories.customers import identify, make_customer
from tests.factories.staff import make_department, make_employee

HEADERS = [
    "姓名", "手机号", "手机号", "备用电话", "微信号", "会员卡号", "openid", "unionid", "性别", "生日", "农历生日", "城市", "地址", "公司", "来源", "门店", "归属顾问", "入会日期",
    "标签", "标签", "积分", "累计消费", "消费次数", "最近消费时间", "会员等级", "备注", "备注", "随便", "肤质", "身份证号", "推荐人电话", "序号", "订单编号",
]  # fmt: skip
CELLS: list[Any] = [
    "", "", "", None, "张三", "李 四", "李四", "=1+1", "13777000001", "13777000002", 13777000001, "137 7700 0003/13777000004", "13777000009", "1.38E+10", "0571-88886666", "wx1", "wx2",
    "K1", "K1.0", 1.0, 2, 0, -5, 12.345, 1e17, 45000, 45000.5, 8.15, "8.15", "1990-05-01", "八月十五", "农历8-15", "90后", "无", "-", "null", "男", "女士", "VIP、老客", "vip/新客", "抖音", "抖 音",
    "小何", "西湖店", "3.4万", "壹佰", "1,200", "x" * 250, "长" * 400, "a\nb", "a\x00b", "\u3164", "\u202e13777000002", "R¸", "\ufdfa" * 40, "👨\u200d👩\u200d👧", True, "合计", "必填", "注：x",
    "以下空白", "姓名", "手机号", "油性", "干性", "不知道", "wx1:o1", "330106199005011234",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(CELLS), st.sampled_from(CELLS), st.text(max_size=12))


@st.composite
def sheet(draw: st.DrawFn) -> list[list[Any]]:
    headers = draw(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=12))
    row = st.lists(WORDS, min_size=len(headers), max_size=len(headers))
    return [headers, *draw(st.lists(row, min_size=1, max_size=10))]


def everything() -> list[Any]:
    """What is known of people, without keys and times."""
    return [
        sorted(
            Customer.everyone.values_list(
                "name",
                "phone",
                "gender",
                "birth_md",
                "city",
                "company",
                "note",
                "custom",
                "legacy",
                "archived_at",
            ),
            key=repr,
        ),
        sorted(Identity.objects.values_list("kind", "value", "customer__phone")),
        sorted(CustomerTag.objects.values_list("customer__phone", "tag__name")),
        sorted(Opening.objects.values_list("spend_fen", "orders", "level", "system"), key=repr),
        Consent.objects.count(),
        MergeCandidate.objects.count(),
    ]


class TestAnySheet(TestCase):
    def setUp(self) -> None:
        self.folder = TemporaryDirectory()
        self.enterContext(override_settings(PRIVATE_DIR=Path(self.folder.name) / "private"))
        self.boss = make_employee(name="小何", phone="13777000009", role="owner")
        make_department("西湖店")
        own_fields.create_field(label="肤质", by=self.boss, kind="choice", choices=["油性", "干性"])
        one = make_customer("张三", "13777000001", city="杭州", note="老")
        identify(make_customer("李四"), "wechat_id", "wx1")
        identify(one, "legacy:旧", "K1")

    def tearDown(self) -> None:
        self.folder.cleanup()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        rows=sheet(),
        require=st.sampled_from(["phone", "identity", "name"]),
        rule=st.sampled_from(["fill", "overwrite", "append"]),
        size=st.sampled_from([1, 3, 1000]),
        as_text=st.booleans(),
    )
    @example(rows=[HEADERS, CELLS[: len(HEADERS)]], require="name", rule="append", size=1, as_text=False)
    def test_whatever_stands_in_it(
        self, rows: list[list[Any]], require: str, rule: str, size: int, as_text: bool
    ) -> None:
        make = sheets.csv_file if as_text else sheets.xlsx_values
        path = make(Path(self.folder.name) / "a.xlsx", rows)
        flags = ("--require", require, "--on-conflict", rule, "--system", "旧")
        before = everything()
        with transaction.atomic(), mock.patch.object(running, "SLICE", size):
            dry = run(path, *flags, "--dry-run")
            assert everything() == before
            answer = run(path, *flags)
            assert {**dry, "customers_total": 0} == {**answer, "customers_total": 0}
            if answer["refused"] is not None:
                assert everything() == before
            else:
                batch, after = last_batch(), everything()
                assert ImportRow.objects.filter(batch=batch).count() == answer["rows"]
                assert all(str(person.birthday or "") is not None for person in Customer.objects.all())
                again = run(path, *flags)
                assert (again["created"], again["updated"], again["rejected"]) == (
                    0,
                    0,
                    answer["rejected"],
                ), again
                assert everything() == after
                for done in (last_batch(), batch):
                    undoing.ask(done, by=self.boss)
                    jobs.drain()
                assert everything() == before
            transaction.set_rollback(True)
