"""What the columns of the world's order sheets are called: shop back ends, group-buying lists, a shop's own ledger."""

import re
from collections.abc import Sequence
from functools import lru_cache

from customers.services.importing import words
from customers.services.importing.vocabulary import LooksAt, Vocabulary

FIELDS = (
    "number", "ordered_at", "customer", "customer_name", "product_code", "product_name", "quantity", "unit_price",
    "amount", "channel", "employee", "refund_of", "order_total", "source",
)  # fmt: skip
IGNORE = words.IGNORE

_WORDS = {
    "number": "订单号 订单编号 订单id 订单编码 主订单编号 主订单号 子订单编号 交易号 交易单号 交易编号 流水号 交易流水号 小票号 小票编号 单号 单据号 单据编号 "
    "销售单号 消费单号 收银单号 开单号 跟团号 支付单号 商户订单号 商户单号 退款单号 发票号 order orderno ordernumber orderid ordernum number no "
    "invoice invoiceno invoicenumber transactionid receiptno billno",
    "ordered_at": "下单时间 下单日期 订单时间 订单日期 订单创建时间 创建时间 付款时间 付款日期 支付时间 支付日期 订单付款时间 成交时间 成交日期 交易时间 交易日期 "
    "消费时间 消费日期 销售日期 销售时间 开单日期 开单时间 购买时间 购买日期 收银时间 日期 时间 date time datetime orderdate ordertime orderedat "
    "invoicedate transactiondate purchasedate createdat paidat",
    "customer": "客户 顾客 会员 买家 客户手机 客户手机号 顾客手机 顾客手机号 会员手机 会员手机号 买家手机 买家手机号 手机 手机号 手机号码 电话 电话号码 联系电话 "
    "联系方式 联系手机 收货人手机 收货人手机号 收货人电话 收货电话 收件人手机 收件人电话 下单人手机 下单手机号 会员卡号 卡号 会员编号 会员号 会员id 客户编号 "
    "客户号 客户id 客户编码 顾客编号 用户id 用户编号 customer customerid customerno customernumber customerphone phone mobile memberid memberno "
    "member buyer userid",
    "customer_name": "姓名 客户姓名 顾客姓名 会员姓名 客户名称 顾客名称 会员名称 买家姓名 收货人 收货人姓名 收件人 收件人姓名 下单人 下单人姓名 联系人 "
    "买家会员名 买家昵称 name customername fullname membername buyername contact",
    "product_code": "商品编码 商品编号 商品id 商品代码 商品货号 货号 款号 产品编码 产品编号 产品代码 项目编号 项目编码 sku sku编码 skuid 商家编码 规格编码 条码 "
    "商品条码 条形码 stockcode productcode productid productno itemcode itemid itemno code",
    "product_name": "商品 商品名称 商品名 商品标题 宝贝标题 宝贝名称 产品 产品名称 产品名 项目 项目名称 服务项目 消费项目 护理项目 消费内容 品名 名称 品项 品项名称 "
    "课程 课程名称 套餐 套餐名称 description product productname item itemname title goods goodsname service",
    "quantity": "数量 商品数量 购买数量 宝贝数量 件数 销售数量 次数 份数 下单数量 数量(件) quantity qty count pieces",
    "unit_price": "单价 商品单价 商品价格 销售单价 成交单价 售价 价格 原价 标价 price unitprice",
    "amount": "金额 实付 实付金额 实收 实收金额 实付款 实付款金额 买家实付金额 买家实际支付金额 订单金额 订单总额 订单总金额 支付金额 付款金额 成交金额 成交额 "
    "销售金额 销售额 消费金额 消费额 交易金额 应收金额 小计 总价 总额 总金额 合计金额 商品总价 商品金额 amount total totalamount totalprice paid "
    "paidamount linetotal subtotal sales revenue",
    "channel": "来源 来源渠道 渠道 订单来源 下单渠道 销售渠道 订单渠道 店铺 店铺名称 平台 来源平台 channel source platform ordersource",
    "employee": "员工 开单人 开单员 导购 导购员 销售 销售员 销售人员 业务员 顾问 美容师 技师 服务人员 服务人 服务员工 经手人 店员 接待人 收银员 归属导购 归属顾问 "
    "employee salesperson staff clerk servedby consultant",
    "refund_of": "原订单号 原订单编号 原单号 关联订单号 关联单号 退款订单号 退货原单号 退款订单编号 退款原单 退款原单编号 退款的订单 refundof originalorder originalorderno originalinvoice",
    IGNORE: "序号 序 序列号 行号 # 导入结果 错误原因 原行号 身份证 身份证号 身份证号码 证件号码",
}  # fmt: skip
WORDS = {word: field for field, texts in _WORDS.items() for word in texts.split()}
_ENDINGS = (
    (re.compile(r"(?:原始?|关联|对应)(?:订单|销售单|交易|小票|单)(?:编?号|流水号|id)?\Z"), "refund_of"),
    (re.compile(r"(?:订单编?号|交易流?水?号|小票号|流水号)\Z"), "number"),
    (re.compile(r"(?:下单|付款|支付|成交|消费|交易|销售)(?:时间|日期)\Z"), "ordered_at"),
    (re.compile(r"(?:手机号码?|手机|联系电话|电话)\Z"), "customer"),
    (re.compile(r"(?:商品|产品|项目|宝贝)(?:名称?|标题)\Z"), "product_name"),
    (re.compile(r"(?:实付|实收)(?:金额|款)?\Z"), "amount"),
)
# Of our own export: what the whole order cost where its lines do not say so, and where its number is from.
TOTAL, SOURCE = "整单实付", "订单来源"
_OURS = {TOTAL: "order_total", SOURCE: "source"}
# Of the columns that may carry an amount, what was really paid counts before what a price list says.
_AMOUNTS = re.compile(r"实付|实收|实际支付|paid|支付金额|付款金额|成交")
_OTHERS = re.compile(r"推荐|介绍|紧急|店铺电话|门店电话|快递|物流|运费|优惠|折扣|抵扣|退款金额|成本|利润|佣金|提成")
_PARENTHESIS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
# Which of the columns that tell who is who: a number that is hers before her card, her card before her name.
_WHO = (re.compile(r"手机|电话|联系方式|phone|mobile"), re.compile(r"号|id|no|code|编码"))


@lru_cache(4096)
def field_of(header: str) -> str | None:
    """The field a header of an order sheet names, or None."""
    stem, mark = words.marked(header)
    if mark == words.OURS:
        return _OURS.get(stem, IGNORE)
    word = words.canonical(stem)
    if not word or len(word) > 40:
        return None
    if word in WORDS:
        return WORDS[word]
    bare = _PARENTHESIS.sub("", word).replace("_", "").replace(" ", "")
    if bare in WORDS:
        return WORDS[bare]
    if _OTHERS.search(bare):
        return None
    return next((field for ending, field in _ENDINGS if ending.search(bare)), None)


def assign(headers: Sequence[str]) -> list[str | None]:
    """One column a field: of several that may be it, the one that says it best; the others are not read."""
    fields = [field_of(header) for header in headers]
    texts = [words.canonical(header) for header in headers]
    for field in set(fields) - {None, IGNORE}:
        columns = [i for i, own in enumerate(fields) if own == field]
        if len(columns) < 2:
            continue
        best = min(columns, key=lambda i: (_rank(str(field), texts[i]), i))
        fields = [None if own == field and i != best else own for i, own in enumerate(fields)]
    return fields


def _rank(field: str, text: str) -> int:
    if field == "customer":
        return next((n for n, kind in enumerate(_WHO) if kind.search(text)), len(_WHO))
    if field == "amount":
        return 0 if _AMOUNTS.search(text) else 1
    if field == "number":
        return 1 if "子订单" in text or text in ("no", "number") else 0
    if field == "ordered_at":
        return 0 if re.search("下单|订单|order|invoice|消费|交易|销售", text) else 1
    return 0


def looks_like_orders(layout: LooksAt) -> bool:
    """Money, and something that was bought or when; a list of customers has what they spent, but no line of it."""
    known = set(layout.fields)
    money = "amount" in known or "unit_price" in known
    return money and len(known & {"number", "ordered_at", "product_name", "product_code", "quantity"}) >= 2


ORDERS = Vocabulary(
    field_of=field_of,
    assign=assign,
    carriers=frozenset(("number", "customer", "product_code", "product_name", "amount", "ordered_at")),
    looks_right=looks_like_orders,
)
