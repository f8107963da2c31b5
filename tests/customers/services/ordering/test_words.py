"""What the columns of order sheets are called, and which of several it is."""

import pytest

from customers.services.ordering import words

SAID = {
    "number": "订单号 | 订单编号 | *订单编号 | 主订单编号 | 交易单号 | 小票号 | 单据编号 | 跟团号 | InvoiceNo | Order ID | order_no | 美团订单号",
    "ordered_at": "下单时间 | 订单创建时间 | 付款时间 | 消费日期 | 日期 | InvoiceDate | Order Date | 会员消费时间",
    "customer": "手机号 | 会员手机号 | 收货人手机 | 买家手机号 | 联系电话 | CustomerID | Phone | 会员卡号",
    "customer_name": "姓名 | 客户姓名 | 收货人 | 买家昵称 | Customer Name",
    "product_code": "商品编码 | 货号 | SKU | StockCode | 商家编码",
    "product_name": "商品名称 | 宝贝标题 | 项目 | 护理项目 | Description | Product Name | 品项",
    "quantity": "数量 | 购买数量 | 数量(件) | Quantity | Qty | 次数",
    "unit_price": "单价 | 单价（元） | UnitPrice | Price | 售价",
    "amount": "金额 | 实付金额 | 买家实际支付金额 | 订单总额（元） | 小计 | Amount | 实收",
    "channel": "来源 | 订单来源 | 渠道 | 店铺名称",
    "employee": "开单人 | 导购 | 美容师 | 技师 | 收银员 | 服务人员",
    "refund_of": "原订单号 | 关联单号 | refund_of | 退款原单 | 原单号 | 退款订单号 | 退款原单号 | 原始订单号 | 对应订单编号 | 原小票号（退货）",
    "order_total": "整单实付〔本系统〕",
    "source": "订单来源〔本系统〕",
    "ignore": "状态〔本系统〕 | 备注〔本系统〕 | 序号 | 导入结果 | 身份证号",
}


@pytest.mark.parametrize(("header", "field"), [(h.strip(), f) for f, hs in SAID.items() for h in hs.split("|")])
def test_a_header_names_its_field(header: str, field: str) -> None:
    assert words.field_of(header) == field


@pytest.mark.parametrize(
    "header", ["", "推荐人手机", "快递单号", "运费", "优惠金额", "店铺电话", "退款金额", "成本价", "提成金额", "备注", "颜色"]
)
def test_what_is_none_of_them(header: str) -> None:
    assert words.field_of(header) is None


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["会员卡号", "手机号", "会员"], [None, "customer", None]),
        (["会员", "会员卡号"], [None, "customer"]),
        (["商品金额", "实付金额"], [None, "amount"]),
        (["实付款", "总金额"], ["amount", None]),
        (["子订单编号", "主订单编号"], [None, "number"]),
        (["付款时间", "下单时间"], [None, "ordered_at"]),
        (["创建时间", "付款时间"], ["ordered_at", None]),
        (["序号", "序号"], ["ignore", "ignore"]),
    ],
)
def test_of_several_the_best_is_taken(headers: list[str], fields: list[str | None]) -> None:
    assert words.assign(headers) == fields
