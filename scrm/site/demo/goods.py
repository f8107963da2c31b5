"""What the demo shop sells, and one sale of it as the till exports it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from customers.models import Product
from customers.services import products

HEADER = ("订单号", "下单时间", "手机号", "商品", "数量", "金额", "来源渠道", "服务人员")
TRIAL, MASK, CARE, SERUM, SHOULDERS = (
    "小气泡体验", "补水面膜 10 片", "舒缓补水护理", "修护精华", "尊享面部肩颈护理 120 分钟",
)  # fmt: skip
# yuan, cost in yuan, role
PRODUCTS = {
    TRIAL: (68, 32, "lead"),
    MASK: (99, 41, "promotion"),
    CARE: (298, 96, "bestseller"),
    SERUM: (398, 135, "profit"),
    SHOULDERS: (1_280, 430, "profit"),
}


@dataclass(frozen=True)
class Sale:
    phone: str
    days_ago: int
    product: str
    served: str
    hour: int = 15
    minute: int = 20
    yuan: int | None = None
    channel: str = ""

    def row(self, number: str, today: date) -> list[str]:
        at = datetime.combine(today - timedelta(days=self.days_ago), time(self.hour, self.minute))
        yuan = PRODUCTS[self.product][0] if self.yuan is None else self.yuan
        return [number, f"{at:%Y-%m-%d %H:%M}", self.phone, self.product, "1", str(yuan), self.channel, self.served]


def stock(by: Any) -> dict[str, Product]:
    """Prices, costs and what each product is for; made where there is none yet."""
    found = {}
    for name, (yuan, cost, role) in PRODUCTS.items():
        values = {"price_fen": yuan * 100, "cost_fen": cost * 100, "role": role}
        product = Product.objects.filter(name=name).first()
        if product is None:
            product = products.create_product(by=by, name=name, **values)
        else:
            products.change_product(product, by=by, **values)
        found[name] = product
    return found
