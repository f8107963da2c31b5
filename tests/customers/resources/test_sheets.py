"""Small sheets in and out: back unchanged, wrong rows named, all or nothing, never a query a row."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from customers.models import Channel, Product, Tag, TagGroup
from customers.resources import sheets
from customers.resources.channels import ChannelResource
from customers.resources.products import ProductResource
from customers.resources.tags import TagResource
from scrm.kit.errors import Refused
from scrm.kit.models import AuditEntry
from scrm.kit.tabular import write_xlsx
from tests.factories.customers import make_channel, make_tag
from tests.factories.orders import make_product

pytestmark = pytest.mark.django_db
RISKY = ["=1+1", "+86", "-5 度", "@home", "\t缩进", "'=quoted", "''", "普通"]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def sheet(tmp_path: Path, *rows: Any, name: str = "x.xlsx") -> Path:
    path = tmp_path / name
    write_xlsx(path, [("x", rows)])
    return path


def bring(resource: Any, viewer: Any, path: Path, write: bool = True) -> sheets.Told:
    return sheets.read(resource(viewer=viewer), path, name=path.name, write=write)


def counts(told: sheets.Told) -> tuple[int, int, int, list[Any]]:
    return told.created, told.updated, told.unchanged, told.errors


@pytest.fixture
def stock(db):
    """Everything a list may hold: with and without codes, prices, names that look like formulas."""
    make_product("面膜", code="0012", price_fen=9900, cost_fen=2500, role="lead")
    make_product("精华", code="J-1", price_fen=129950, role="profit", is_active=False)
    make_product("赠品", price_fen=0)
    make_product("同名", code="T1")
    make_product("同名", code="T2")
    for number, text in enumerate(RISKY):
        make_product(text.strip(), code=f"R{number}")
        make_tag(text.strip(), group=f"组{number % 2}")
    make_tag("停用的").__class__.objects.filter(name="停用的").update(is_active=False)
    top = make_channel("线上", domain="public", online=True)
    middle = make_channel("抖音", parent=top)
    make_channel("A直播间", parent=middle, is_active=False, online=False)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("resource", [TagResource, ProductResource, ChannelResource])
def test_it_comes_back_unchanged(owner, stock, tmp_path, resource, format, language):
    """Also when it is read in the other language, and everything is there again from nothing."""
    model = resource._meta.model
    rows = model.objects.order_by("pk")
    before = sorted(list(row) for row in sheets_of(resource, owner))
    path = tmp_path / f"x.{format}"
    with translation.override(language):
        content, count = sheets.write(resource(viewer=owner), rows, format=format)
    path.write_bytes(content)
    told = bring(resource, owner, path)
    assert (counts(told), told.changes, told.not_read, count) == ((0, 0, count, []), [], [], model.objects.count())
    Channel.objects.update(parent=None)
    model.objects.all().delete()
    assert counts(bring(resource, owner, path)) == (count, 0, 0, [])
    assert sorted(list(row) for row in sheets_of(resource, owner)) == before


def sheets_of(resource: Any, viewer: Any) -> Any:
    return [[str(cell) for cell in row] for row in resource(viewer=viewer).export()]


def test_headers_in_chinese_and_no_formulas_in_csv(owner, stock, tmp_path):
    with translation.override("zh-hans"):
        content, _count = sheets.write(ProductResource(viewer=owner), Product.objects.order_by("pk"), format="csv")
    lines = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert lines[0] == ["商品编码", "商品名称", "角色", "售价（元）", "成本（元）", "在售"]
    assert lines[1:3] == [["0012", "面膜", "引流", "99", "25", "是"], ["J-1", "精华", "利润", "1299.5", "", "否"]]
    assert {cell for line in lines for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r")} == set()
    assert "'=1+1" in {line[1] for line in lines}


def test_costs_are_for_those_who_may_see_them(manager, operator, stock, tmp_path):
    """Neither out nor in."""
    rows = Product.objects.filter(code="0012")
    seen = [ProductResource(viewer=viewer).export(queryset=rows).headers for viewer in (manager, operator)]
    assert ["Cost (yuan)" in heads for heads in seen] == [False, True]
    path = sheet(tmp_path, ["product code", "Cost (yuan)"], ["0012", 1])
    told = bring(ProductResource, manager, path)
    assert (counts(told), told.not_read, rows.get().cost_fen) == ((0, 0, 1, []), ["Cost (yuan)"], 2500)


def test_numbers_in_names_are_masked_for_whoever_sees_none(operator, employee):
    make_tag("老客 13800000021")
    out = [TagResource(viewer=viewer).export()[0][0] for viewer in (operator, employee)]
    assert out == ["老客 13800000021", "老客 138****0021"]


def test_tags_new_and_changed_with_a_group_that_is_made(operator, tmp_path):
    make_tag("VIP", group="基本")
    path = sheet(
        tmp_path, ["本店标签"], ["标签", "备注", "标签组", "使用中"],
        ["VIP", "x", "需求", ""], ["干皮", "", "需求", "否"], ["", "", "", ""], ["油皮", "", "基本", ""],
    )  # fmt: skip
    told = bring(TagResource, operator, path, write=False)
    assert (counts(told), told.not_read, told.made_beside) == ((2, 1, 0, []), ["备注"], ["需求"])
    assert [(one.row, one.name, one.new, one.values) for one in told.changes] == [
        (3, "VIP", False, [("tag group", "基本", "需求")]),
        (4, "干皮", True, [("tag", "", "干皮"), ("tag group", "", "需求"), ("in use", "", "no")]),
        (6, "油皮", True, [("tag", "", "油皮"), ("tag group", "", "基本"), ("in use", "", "yes")]),
    ]
    assert (Tag.objects.count(), TagGroup.objects.count(), AuditEntry.objects.count()) == (1, 1, 0)
    assert counts(bring(TagResource, operator, path)) == (2, 1, 0, [])
    rows = Tag.objects.order_by("pk").values_list("name", "group__name", "is_active")
    assert list(rows) == [("VIP", "需求", True), ("干皮", "需求", False), ("油皮", "基本", True)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.count) == ("sheet.imported", operator, 3)
    assert entry.detail == {"what": "tags", "rows": 3, "created": 2, "updated": 1, "unchanged": 0}
    assert counts(bring(TagResource, operator, path)) == (0, 0, 3, [])


def test_products_by_code_or_by_name(owner, stock, tmp_path):
    path = sheet(
        tmp_path, ["商品编码", "商品名称", "售价（元）", "角色"],
        ["0012", "补水面膜", "109", "引流"], ["G9", "赠品", "0", ""], ["", "精华", "1299.5", "利润"], ["N1", "新品", "", "爆款"],
    )  # fmt: skip
    assert counts(bring(ProductResource, owner, path)) == (1, 2, 1, [])
    read = Product.objects.filter(code__in=["0012", "G9", "J-1", "N1"]).order_by("pk")
    assert list(read.values_list("code", "name", "price_fen", "cost_fen", "role", "is_active")) == [
        ("0012", "补水面膜", 10900, 2500, "lead", True),
        ("J-1", "精华", 129950, None, "profit", False),
        ("G9", "赠品", 0, None, "", True),
        ("N1", "新品", None, None, "bestseller", True),
    ]


def test_a_sheet_without_names_changes_prices(owner, stock, tmp_path):
    path = sheet(tmp_path, ["编码", "售价"], ["0012", 88])
    with pytest.raises(Refused) as no:
        bring(ProductResource, owner, path)
    assert no.value.code == "sheet.no_header"
    path = sheet(tmp_path, ["商品编码", "price"], ["0012", 88], ["ZZ", 1])
    assert counts(bring(ProductResource, owner, path)) == (0, 1, 0, [(3, "No product has the code “ZZ”; a new one needs a name.")])
    assert Product.objects.get(code="0012").price_fen == 9900


def test_wrong_rows_are_named_and_nothing_is_written(owner, stock, tmp_path):
    before = list(Product.objects.order_by("pk").values())
    path = sheet(
        tmp_path, ["product code", "product name", "role", "Price (yuan)", "on sale"],
        ["N1", "好的", "", 1, ""], ["N2", "", "", 1, ""], ["N3", "坏的", "爆品", "便宜", "也许"], ["N1", "再来", "", 1, ""],
        ["", "同名", "", 1, ""], ["N4", "长" * 201, "", 1, ""],
    )  # fmt: skip
    told = bring(ProductResource, owner, path)
    assert told.errors == [
        (3, "product name: The name of the product is missing."),
        (4, "role: “爆品” is none of draws people in、on offer、bestseller、earns the profit. "
            "Price (yuan): “便宜” is no amount in yuan, such as 199 or 199.50. on sale: “也许” is neither yes nor no."),
        (5, "It is the same as in row 2; keep one of them."),
        (6, "Several products are called “同名”; say which by its code."),
        (7, f"product name: “{'长' * 40}…” is longer than 200 characters."),
    ]  # fmt: skip
    assert list(Product.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.count() == 0


def test_tags_need_a_group(owner, tmp_path):
    assert bring(TagResource, owner, sheet(tmp_path, ["标签"], ["干皮"])).errors == [(2, "tag group: The group is missing.")]
    make_tag("VIP")
    assert counts(bring(TagResource, owner, sheet(tmp_path, ["标签"], ["VIP"]))) == (0, 0, 1, [])


def test_channels_stand_below_what_they_are_part_of(owner, tmp_path):
    head = ["来源渠道", "隶属于", "公域或私域", "线上"]
    told = bring(ChannelResource, owner, sheet(tmp_path, head, ["抖音", "线上渠道", "公域", "是"], ["线上渠道", "", "", ""]))
    assert told.errors == [(2, "part of: There is no channel “线上渠道”, neither here nor above this row.")]
    assert Channel.objects.count() == 0
    path = sheet(tmp_path, head, ["线上渠道", "", "", ""], ["抖音", "线上渠道", "公域", "是"])
    assert counts(bring(ChannelResource, owner, path)) == (2, 0, 0, [])
    assert list(Channel.objects.filter(name="抖音").values_list("parent__name", "domain", "online")) == [("线上渠道", "public", True)]
    told = bring(ChannelResource, owner, sheet(tmp_path, head, ["线上渠道", "抖音", "", ""]))
    assert told.errors == [(2, "part of: A channel cannot be part of itself.")]
    assert Channel.objects.get(name="线上渠道").parent is None


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["别的"], ["x"]], "sheet.no_header"),
        ([["标签", "标签组"]], "sheet.empty"),
        ([["标签", "名称"], ["a", "b"]], "sheet.twice"),
    ],
)
def test_sheets_that_are_refused(owner, tmp_path, rows, code):
    with pytest.raises(Refused) as no:
        bring(TagResource, owner, sheet(tmp_path, *rows))
    assert (no.value.code, Tag.objects.count()) == (code, 0)


@pytest.mark.parametrize("more", [1, 100])
def test_five_thousand_and_no_more(owner, tmp_path, more):
    rows = [[f"标签{n}", "组"] for n in range(sheets.LIMIT + more)]
    with pytest.raises(Refused) as no:
        bring(TagResource, owner, sheet(tmp_path, ["标签", "标签组"], *rows))
    assert (no.value.code, str(no.value)) == (
        "sheet.too_many_rows", "The sheet has more than 5,000 rows. Split it into several.",
    )  # fmt: skip
    assert Tag.objects.count() == 0
    assert counts(bring(TagResource, owner, sheet(tmp_path, ["标签", "标签组"], *rows[: sheets.LIMIT]))) == (5_000, 0, 0, [])
    group = TagGroup.objects.get()
    Tag.objects.create(name="多一个", group=group)
    with pytest.raises(Refused) as no:
        sheets.write(TagResource(viewer=owner), Tag.objects.all(), format="csv")
    assert no.value.code == "sheet.too_many_rows"
    content, count = sheets.write(TagResource(viewer=owner), Tag.objects.exclude(name="多一个"), format="csv")
    assert (count, len(content.decode("utf-8-sig").splitlines())) == (5_000, 5_001)


@pytest.mark.parametrize("rows", [1, 300])
def test_no_query_a_row(owner, tmp_path, rows, django_assert_num_queries):
    """Savepoints within each other, what is there, the rows, the line in the log."""
    path = sheet(tmp_path, ["product code", "product name"], *[[f"C{n}", f"商品{n}"] for n in range(rows)])
    with django_assert_num_queries(13):
        bring(ProductResource, owner, path)
    assert Product.objects.count() == rows


def test_what_was_taken_meanwhile_is_told(owner, tmp_path, monkeypatch):
    """Somebody adds the same tag between our look and our writing."""
    looked = TagResource.before_import

    def overtaken(self: Any, dataset: Any, **kwargs: Any) -> None:
        looked(self, dataset, **kwargs)
        make_tag("干皮")

    monkeypatch.setattr(TagResource, "before_import", overtaken)
    with pytest.raises(Refused) as no:
        bring(TagResource, owner, sheet(tmp_path, ["标签", "标签组"], ["干皮", "需求"]))
    assert (no.value.code, Tag.objects.count(), AuditEntry.objects.count()) == ("sheet.changed_meanwhile", 0, 0)
