"""What stands in a cell of a small sheet, and what it becomes."""

from decimal import Decimal

import pytest
from django.utils import translation

from customers.choices import Domain, ProductRole
from customers.resources.columns import Choice, Column, Text, YesNo, Yuan

ROLE, YES_NO, YUAN = Choice(ProductRole), YesNo(), Yuan()


@pytest.fixture(autouse=True, params=["en", "zh-hans"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("widget", "cell", "value"),
    [
        (ROLE, "", ""), (ROLE, "lead", "lead"), (ROLE, "draws people in", "lead"), (ROLE, "引流", "lead"),
        (ROLE, " 促销 ", "promotion"), (ROLE, "爆款", "bestseller"), (ROLE, "利润", "profit"),
        (Choice(Domain), "公域", "public"),
        (YES_NO, "", None), (YES_NO, "是", True), (YES_NO, "no", False), (YES_NO, True, True), (YES_NO, 0.0, False), (YES_NO, "√", True),
        (YUAN, "", None), (YUAN, "￥1,299.5", 129950), (YUAN, 99.9, 9990), (YUAN, "3万", 3_000_000), (YUAN, 0, 0),
        (Text(5), " 面膜 ", "面膜"), (Text(5), 1001.0, "1001"), (Text(5), "", None),
    ],
)  # fmt: skip
def test_read(widget, cell, value):
    assert widget.clean(cell) == value


@pytest.mark.parametrize(
    ("widget", "cell"),
    [(ROLE, "爆品"), (YES_NO, "也许"), (YUAN, "便宜"), (YUAN, "-1"), (YUAN, "10^13"), (YUAN, 10**11), (Text(5), "x" * 6), (Text(5, missing="fehlt"), " ")],
)
def test_not_understood(widget, cell):
    with pytest.raises(ValueError):
        widget.clean(cell)


def test_what_is_said_of_it(language):
    said = []
    for widget, cell in ((ROLE, "爆品" * 30), (YUAN, "便宜")):
        with pytest.raises(ValueError) as no:
            widget.clean(cell)
        said.append(str(no.value))
    if language == "en":
        assert said == [
            f"“{'爆品' * 20}…” is none of draws people in、on offer、bestseller、earns the profit.",
            "“便宜” is no amount in yuan, such as 199 or 199.50.",
        ]


def test_written(language):
    words = {"en": ("draws people in", "yes", "no"), "zh-hans": ("引流", "是", "否")}[language]
    assert (ROLE.render("lead"), YES_NO.render(True), YES_NO.render(False)) == words
    assert (ROLE.render(""), YES_NO.render(None), YUAN.render(None), YUAN.render(19905)) == ("", "", None, Decimal("199.05"))


def test_headers_are_understood_in_every_language(language):
    column = Column("name", translation.gettext_lazy("product name"), Text(9), translation.gettext_lazy("name"))
    assert column.heads() == {"productname", "商品名称", "name", "名称"}
