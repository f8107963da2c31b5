"""What the columns of the world's sheets are called: several hundred headers as shops write them."""

import pytest

from customers.services.importing import words
from customers.services.importing.words import IGNORE

# A field and the headers that name it, apart by " | ".
KNOWN = {
    "phone": "手机号 | 手机号码 | 手机 | 电话 | 电话号码 | 联系电话 | 联系方式 | 移动电话 | 会员手机 | 会员手机号 | 会员电话 | 客户手机 | 客户手机号码 | 客户电话 | 客户联系电话 | 客户联系方式 | 顾客电话 | "
    "顾客手机号 | 手机号码（必填） | *手机号 | 手机号* | 手机号(必填) | 【必填】手机号 | 手机(必填项) | 手机号： | 手　机 | 手\n机号 | 联系 电话 | 电 话 | 手机号/Mobile | 手机号Mobile | 手机 Phone | "
    "Phone手机 | Mobile | MOBILE | phone | PhoneNumber | Phone_Number | phone_number | Mobile No. | Mobile_No | mobile_phone | Tel | TEL. | Telephone | Cell Phone | "
    "Contact Number | Contact No. | 手机号1 | 手机号2 | 手机1 | 电话2 | 联系电话1 | 联系电话（一） | 手机号码2 | 手机（主） | 您的手机号 | 您的联系电话： | 1.您的手机号 | 2、您的联系电话 | 请输入手机号 | "
    "请填写您的手机号码 | 手机号码(11位) | 手机号码[11位] | 收货人手机 | 收货人手机号 | 收货电话 | 收件人手机 | 收件人联系方式 | 买家手机 | 买家手机号码 | 下单人手机 | 下单手机号 | 注册手机号 | 绑定手机号 | 预留手机号 | "
    "车主电话 | 车主联系电话 | 投保人手机 | 投保人联系电话 | 学员电话 | 妈妈手机 | 妈妈手机号 | 贵宾电话 | 客人手机 | 患者联系电话 | 业主电话 | 本人手机号 | 手机号码（本人） | 联系人电话 | 联系人手机号 | 备注手机号 | 备用电话 | "
    "第二电话 | 手机电话 | 电话/手机 | 手机（电话） | 手机或电话 | 手机号（微信同号） | 电话(微信同号) | 用户手机号 | 储值手机号 | 卡主手机 | 持卡人手机号 | 手提电话 | 行动电话 | 联络电话 | 手机号码吗 | "
    "电话（必填，11位手机号） | 手机/微信 | 姓名电话 | 家庭电话 | 会员档案_手机号",
    "name": "姓名 | 名字 | 姓 名 | 姓　名 | 客户姓名 | 会员姓名 | 顾客姓名 | 客人姓名 | 用户姓名 | 真实姓名 | 中文姓名 | 客户名称 | 客户名 | 会员名称 | 会员名 | 顾客 | 客户 | 会员 | 联系人 | 联系人姓名 | 收货人 | "
    "收货人名称 | 收件人姓名 | 名称 | 称呼 | 客户称呼 | 您的称呼 | *姓名 | 姓名（必填） | 姓名： | 1、姓名 | 1.您的姓名 | 姓名/Name | 姓名 Name | Name姓名 | Name | FullName | full_name | Customer Name | "
    "customer_name | Contact | contact_name | Member Name | 学员姓名 | 学生姓名 | 学员 | 车主 | 车主姓名 | 投保人 | 投保人名称 | 妈妈姓名 | 宝妈姓名 | 患者姓名 | 业主 | 买家姓名 | 持卡人姓名 | 贵宾姓名 | 客户姓名（必填） | "
    "用户名称 | 姓名(称呼) | 姓名/称呼 | 会员姓名 Member Name",
    "wechat_id": "微信号 | 微信 | 微信ID | 微信账号 | 微信帐号 | 客户微信 | 会员微信号 | 微信号码 | WeChat | WeChat ID | wechat_id | Weixin | WX | wxid | 微信号（必填） | 微 信 号 | 您的微信号 | 微信/WeChat | 顾客微信 | 个人微信号",
    "wechat_unionid": "unionid | UnionID | union_id | 微信UnionID | 用户unionid",
    "wechat_openid": "openid | OpenID | open_id | 微信openId | 公众号openid | 小程序openid",
    "wecom_external_userid": "external_userid | externalUserId | 外部联系人ID | 企微ID | 企业微信ID",
    "member_no": "member_no",
    "identities": "其他识别〔本系统〕",
    "card_no": "会员卡号 | 会员卡 | 卡号 | 会员编号 | 会员号 | 会员ID | 会员编码 | 客户编号 | 客户编码 | 客户ID | 顾客编号 | 用户ID | 贵宾卡号 | VIP卡号 | VIP号 | 储值卡号 | 实体卡号 | 档案号 | 病历号 | 电子会员卡号 | Card No. | CardNo | "
    "Member ID | member_id | Membership No | customer_id | Customer ID | 卡号（必填） | 会员卡号* | 学号 | 学员编号 | 老卡号 | VIP编号 | 会员卡号\nCard No.",
    "gender": "性别 | 性 别 | 客户性别 | 会员性别 | Sex | Gender | 性别/Gender | 性别(男/女) | 您的性别 | 学员性别",
    "birthday": "生日 | 出生日期 | 出生年月日 | 出生年月 | 会员生日 | 阳历生日 | 农历生日 | 生日(农历) | 生日（阳历） | 农历（阴历）生日 | 新历生日 | Birthday | Birth Date | birth_date | Date of Birth | DOB | 生日/Birthday | 您的生日 | 生日(YYYY-MM-DD) | 生日月日 | 妈妈生日",
    "city": "城市 | 所在城市 | 市 | 居住城市 | 省市区 | 地区 | 区域 | City | 常住城市 | 客户城市",
    "address": "地址 | 详细地址 | 客户地址 | 联系地址 | 收货地址 | 家庭地址 | 家庭住址 | 通讯地址 | Address | 收件地址 | 收货人地址 | 会员地址 | 详细收货地址 | 现住址 | 送货地址 | 配送地址",
    "company": "公司 | 公司名称 | 单位 | 工作单位 | 企业名称 | 所在公司 | Company | 任职公司 | 客户单位",
    "occupation": "职业 | 职位 | 职务 | 工作 | 岗位 | Job Title | 客户职业 | 从事职业 | 职业/职务",
    "education": "学历 | 文化程度 | 最高学历 | Education",
    "income_band": "收入 | 月收入 | 年收入 | 家庭年收入 | 家庭月收入 | 年收入（万）",
    "spending_band": "消费能力 | 消费水平 | 消费档次",
    "budget": "预算 | 客户预算 | 购买预算 | 购车预算 | 消费预算",
    "source": "来源 | 渠道 | 客户来源 | 会员来源 | 来源渠道 | 渠道来源 | 获客渠道 | 引流渠道 | 注册渠道 | 添加渠道 | Source | Channel | 顾客来源 | 线索来源 | 用户来源 | 来源平台 | 客源 | 进店渠道",
    "store": "门店 | 店铺 | 店名 | 所属门店 | 归属门店 | 开卡门店 | 门店名称 | 所属店铺 | 服务门店 | 分店 | Store | Shop | 会员门店 | 店面 | 所属分店 | 开卡店铺 | 校区",
    "owner": "归属顾问 | 顾问 | 导购 | 归属导购 | 专属顾问 | 服务顾问 | 销售顾问 | 美容顾问 | 美容师 | 技师 | 销售 | 业务员 | 销售人员 | 客户经理 | 跟进人 | 负责人 | 归属人 | 所属员工 | 客服 | 专属客服 | 店员 | 理财顾问 | 代理人 | 课程顾问 | 健康顾问 | 护肤顾问 | "
    "私人教练 | 教练 | 所属销售 | 销售代表 | 负责顾问 | 跟进人员 | 跟进员工 | 添加人 | 所属客服 | 导购员 | 会籍顾问 | 责任人 | Owner | Sales Rep | 业务代表 | 专属美容师 | 所属业务员 | 班主任 | 所属导购",
    "known_since": "入会日期 | 入会时间 | 注册时间 | 注册日期 | 开卡日期 | 办卡日期 | 建档日期 | 加入时间 | 成为会员时间 | 会员注册时间 | 添加时间 | 首次到店时间 | 入会日 | Register Date | Join Date | 会员开卡时间 | 成为客户时间 | 登记日期 | 报名时间 | 领卡时间 | 注册时间 Register Date",
    "note": "备注 | 客户备注 | 会员备注 | 备注信息 | 说明 | Note | Remarks | memo | Comments | 备 注 | 备注（选填） | 备注1 | 顾客备注",
    "tags": "标签 | 客户标签 | 会员标签 | 用户标签 | 企业标签 | 个人标签 | Tags | labels | 标签（多个用逗号分隔） | 标签/Tags | 企微标签 | 兴趣标签 | 微信标签",
    "points": "积分 | 可用积分 | 当前积分 | 剩余积分 | 积分余额 | 会员积分 | Points | 可用积分数 | 账户积分 | 有效积分 | 积分(分) | 积分(截至20241231)",
    "opening_spend": "累计消费 | 累计消费金额 | 消费金额 | 消费总额 | 总消费 | 总消费金额 | 历史消费 | 累计金额 | 累计实付 | 累计成交金额 | 累计交易金额 | 累计消费(元) | 累计消费金额（元） | Total Spend | Total Amount | total_amount | 消费累计 | 消费合计 | 累计支付金额 | 交易总额 | 累计总消费 | 累计消费/元",
    "opening_orders": "消费次数 | 累计消费次数 | 累计订单数 | 订单数 | 购买次数 | 成交次数 | 交易笔数 | 下单次数 | Order Count | Total Orders | 购买频次 | 支付订单数 | 累计下单次数",
    "opening_last_order": "最后消费时间 | 最后消费日期 | 最近消费时间 | 上次消费时间 | 末次消费时间 | 最近购买时间 | 最近一次消费时间 | 最后下单时间 | Last Order Date | Last Purchase | 最后一次消费时间 | 上次消费 | 最后交易时间",
    "opening_level": "会员等级 | 等级 | 会员级别 | 客户等级 | 卡等级 | Level | Member Level | 会员层级 | VIP等级 | 会员等级名称",
    IGNORE: "序号 | 序 | No | No. | NO | # | 行号 | 编 | 身份证 | 身份证号 | 身份证号码 | 证件号码 | 身份证号（选填） | 客户身份证号 | 推荐人身份证号 | ID Card | 导入结果 | 错误原因 | 序列号",
}  # fmt: skip

# Somebody else's, or nothing we know: kept as text.
UNKNOWN = (
    "推荐人 | 推荐人姓名 | 推荐人电话 | 推荐人手机号 | 推荐人会员卡号 | 介绍人 | 介绍人电话 | 邀请人手机 | 紧急联系人 | 紧急联系人姓名 | 紧急联系电话 | 紧急联系人电话 | 紧急联系方式 | 导购电话 | 导购手机号 | 顾问电话 | 顾问手机 | 销售电话 | 员工手机 | "
    "员工手机号 | 员工号 | 工号 | 店长电话 | 门店电话 | 门店联系方式 | 门店地址 | 店铺电话 | 商家电话 | 客服电话 | 客户经理电话 | 教练电话 | 班主任电话 | 业务员电话 | 跟进人电话 | 负责人手机 | 所属代理电话 | 配偶姓名 | 配偶电话 | 老公电话 | 爱人电话 | 孩子姓名 | 孩子生日 | "
    "宝宝姓名 | 宝宝生日 | 宝宝性别 | 小孩姓名 | 子女生日 | 家属电话 | 家长姓名 | 家长电话 | 父亲电话 | 母亲姓名 | 监护人电话 | 担保人电话 | 代理微信 | 快递单号 | 物流单号 | 快递电话 | 司机电话 | 公司电话 | 固定电话 | 固话 | 座机 | 传真 | 办公电话 | 电话（推荐人） | "
    "手机(导购) | 姓名（推荐人） | 生日（宝宝） | 订单号 | 订单编号 | 交易单号 | 流水号 | 商品名称 | 产品名称 | 商品 | 数量 | 单价 | QQ | QQ号 | QQ/微信 | 邮编 | 邮箱 | Email | 车牌号 | VIN | 车型 | 保单号 | 险种 | 保额 | 余额 | 卡内余额 | 储值余额 | 剩余次数 | 皮肤类型 | 肤质 | "
    "身高 | 年龄 | 性别/年龄 | 星座 | 团购名称 | 活动名称 | 送修人 | 送修人电话 | 送修人姓名 | 受益人姓名 | 受益人电话 | 寄件人电话 | 发货人电话 | 经手人 | 操作人 | 制表人 | 审核人 | 上级手机号 | 团长电话 | 分销员手机号 | 推广员手机号 | 密码 | 支付密码 | 状态 | 会员状态 | 是否会员 | "
    "银行卡号 | 订单金额 | 下单时间 | 付款时间 | 会员折扣 | 会员有效期 | 会员到期日 | 客户分组 | 姓名拼音 | 手机型号 | 手机归属地 | 手机是否验证 | 电话回访记录 | 联系时间 | 生日礼 | 生日月 | 微信好友 | 微信添加时间 | 积分规则 | 积分到期时间 | 已用积分 | 累计积分 | 公司规模 | "
    "公司简介 | 城市等级 | 创建时间 | 昵称 | 微信昵称"
)
PAIRS = [(header, field) for field, headers in KNOWN.items() for header in headers.split(" | ")]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("会员卡号〔收银〕", "card_no"), ("累计消费〔2023会员〕", "opening_spend"), ("会员等级〔a1b2c3d4〕", "opening_level"), ("手机号〔原列〕", None),
        ("标签〔原列〕", None), ("其他标签〔本系统〕", IGNORE), ("手机号〔本系统〕", IGNORE), ("爱好〔别的〕", None),
    ],
)  # fmt: skip
def test_the_marks_of_our_own_export(header: str, field: str | None) -> None:
    assert words.field_of(header) == field


def test_there_are_several_hundred() -> None:
    assert len(PAIRS) + len(UNKNOWN.split(" | ")) > 600
    assert set(KNOWN) == {*words.FIELDS, IGNORE}


@pytest.mark.parametrize(("header", "field"), PAIRS)
def test_a_header_is_its_field(header: str, field: str) -> None:
    assert words.field_of(header) == field


@pytest.mark.parametrize("header", UNKNOWN.split(" | "))
def test_somebody_elses_and_nobodys(header: str) -> None:
    assert words.field_of(header) is None


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("*手机号", "手机号"), ("手机号（必填）", "手机号"), ("【选填】 备 注：", "备注"), ("Phone Number", "phonenumber"), ("ＡＢＣ", "abc"), ("***", "***"),
        ("电话（必填，11位手机号）", "电话"), ("累计消费(元)", "累计消费(元)"), ("", ""),
    ],
)  # fmt: skip
def test_the_bare_word_of_a_header(header: str, word: str) -> None:
    assert words.canonical(header) == word


def test_every_word_is_written_as_it_is_looked_up() -> None:
    assert {
        word
        for word in words.WORDS
        if words.canonical(word) != word and words.field_of(word) != words.WORDS[word]
    } == set()


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["客户名称", "联系人", "电话"], ["company", "name", "phone"]),
        (["客户名称", "电话"], ["name", "phone"]),
        (["名称", "姓名", "手机"], ["company", "name", "phone"]),
        (["微信昵称", "手机"], ["name", "phone"]),
        (["微信昵称", "姓名", "手机"], [None, "name", "phone"]),
        (["昵称", "微信昵称"], ["name", None]),
        (["手机号", "手机号", "备用电话"], ["phone", "phone", "phone"]),
        (["会员姓名", "会员手机", "收货人", "收货人手机"], ["name", "phone", None, None]),
        (["收货人", "收货人手机", "微信昵称"], ["name", "phone", None]),
        (["投保人姓名", "投保人手机", "被保险人姓名", "被保险人手机"], ["name", "phone", None, None]),
        (["被保险人姓名", "被保险人手机"], ["name", "phone"]),
        (["手机", "家庭电话", "单位电话"], ["phone", None, None]),
        (["学员姓名", "家长电话"], ["name", "phone"]),
        (["学员姓名", "学员电话", "家长电话"], ["name", "phone", None]),
        (["姓名", "微信号", "紧急联系电话"], ["name", "wechat_id", None]),
        (["", "姓名", ""], [None, "name", None]),
    ],
)
def test_a_row_of_headers(headers: list[str], fields: list[str | None]) -> None:
    assert words.assign(headers) == fields


@pytest.mark.parametrize(
    ("header", "both"),
    [
        ("姓名电话", True),
        ("姓名/手机号", True),
        ("联系人/电话", True),
        ("联系人电话", False),
        ("姓名", False),
        ("手机号", False),
        ("推荐人姓名电话", False),
    ],
)
def test_name_and_number_in_one_column(header: str, both: bool) -> None:
    assert words.names_and_numbers(header) is both


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        ("订单号", True),
        ("订单编号", True),
        ("跟团号", True),
        ("交易单号", True),
        ("销售单号", True),
        ("订单数", False),
        ("快递单号", False),
    ],
)
def test_order_numbers(header: str, is_one: bool) -> None:
    assert words.is_order_number(header) is is_one


def test_lunar_columns_and_groups_of_somebody_else() -> None:
    assert [words.is_lunar(h) for h in ("农历生日", "生日（阴历）", "生日", "公历生日")] == [
        True,
        True,
        False,
        False,
    ]
    assert [words.is_somebody_else(g) for g in ("推荐人信息", "紧急联系人", "基本信息", "")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("手机\u200b号", "phone"), ("生日\u200e", "birthday"), ("\ufeff姓名", "name"), ("性\u00ad别", "gender"), ("\x01电话", "phone"), ("\u200b", None),
    ],
)  # fmt: skip
def test_what_nobody_sees_in_a_header_does_not_matter(header: str, field: str | None) -> None:
    assert words.field_of(header) == field


PERIODS = (
    "累计消费(近30天) 消费金额(近30天) 累计消费（近一年） 累计消费(2023) 累计消费(2023年) 累计消费(本月) 累计消费(年) 本月消费 本月消费金额 本月累计消费 本年累计消费 年累计消费 去年累计消费 "
    "近三个月累计消费 近半年累计消费 消费次数(近30天) 消费次数(2024) 订单数（本月） 消费金额(1-12月) 累计消费(last30days)"
)


@pytest.mark.parametrize(
    "header",
    PERIODS.split(),
)
def test_what_is_of_a_period_is_no_opening_figure(header: str) -> None:
    assert words.field_of(header) is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("累计消费(万元)", "opening_spend"), ("消费次数(次)", "opening_orders"), ("累计消费(截至2024年12月31日)", "opening_spend"), ("累计消费金额[元]", "opening_spend"),
        ("积分(截至20241231)", "points"), ("累计消费1", "opening_spend"), ("最近消费(近30天)", "opening_last_order"), ("累计消费(含税)", "opening_spend"), ("累计消费(至2024年底)", "opening_spend"),
    ],
)  # fmt: skip
def test_units_and_days_of_counting_are_no_period(header: str, field: str) -> None:
    assert words.field_of(header) == field


ELSE = (
    "宠物姓名 宠物性别 宠物生日 宠物名字 大宝生日 二宝生日 宝宝生日 老大姓名 老二性别 孩子生日 新生儿生日 新生儿性别 儿子生日 女儿姓名 创建人电话 创建人手机号 录入人电话 登记人手机号 办理人电话 "
    "操作人手机号 经纪人电话 售后电话 供应商手机号 供应商电话 医生姓名 发型师姓名 收银员姓名 开单人姓名 经纪人姓名 创建人姓名 操作人姓名 车辆注册日期 公司注册时间 企业注册时间 是否绑定手机号 是否生日 "
    "是否有手机 是否填写姓名 有无微信号 身份证有效期 身份证签发机关 推荐人身份证姓名"
)


@pytest.mark.parametrize("header", ELSE.split())
def test_of_somebody_or_something_else(header: str) -> None:
    assert words.field_of(header) is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("主人姓名", "name"), ("宠物主人姓名", "name"), ("宠物主人电话", "phone"), ("主人电话", "phone"), ("主人微信", "wechat_id"), ("主人生日", "birthday"), ("身份证姓名", "name"), ("身份证地址", "address"),
        ("身份证住址", "address"), ("身份证生日", "birthday"), ("身份证出生日期", "birthday"), ("身份证性别", "gender"), ("身份证上的姓名", "name"), ("客户身份证姓名", "name"),
        ("证件号", IGNORE), ("身份证/护照", IGNORE), ("身份证号/护照号", IGNORE), ("身份证复印件", None), ("证件类型", None), ("身份证后四位", IGNORE), ("身份证号后6位", IGNORE), ("被保险人证件号码", IGNORE), ("身份证(必填)", IGNORE), ("会员注册时间", "known_since"),
        ("公司电话号码", None), ("大宝妈妈姓名", "name"),
    ],
)  # fmt: skip
def test_whose_it_is(header: str, field: str | None) -> None:
    assert words.field_of(header) == field


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["备用电话", "手机号"], ["phone", "phone"]),
        (["姓名", "其他电话", "第二联系电话", "手机号", "备用手机"], ["name", "phone", "phone", "phone", "phone"]),
        (["备用电话", "姓名"], ["phone", "name"]),
        (["收货人", "备用电话", "收货人手机"], ["name", "phone", "phone"]),
        (["家庭电话", "备用电话"], ["phone", "phone"]),
        (["宠物姓名", "宠物生日", "主人姓名", "主人电话"], [None, None, "name", "phone"]),
        (
            [
                "投保人",
                "投保人手机",
                "被保人",
                "被保人性别",
                "被保险人出生日期",
                "被保人证件号",
                "被保险人身份证号",
            ],
            ["name", "phone", None, None, None, IGNORE, IGNORE],
        ),
        (["被保险人姓名", "被保险人性别", "被保险人手机"], ["name", "gender", "phone"]),
        (["被保险人姓名", "电话"], ["name", "phone"]),
        (["客户姓名", "微信号", "房东电话"], ["name", "wechat_id", None]),
        (["租客姓名", "租客电话", "房东姓名", "房东电话"], ["name", "phone", None, None]),
        (["出租方式", "租客姓名", "租客电话"], [None, "name", "phone"]),
        (["手机号", "租客电话", "驾驶人手机号"], ["phone", None, None]),
        (["买家会员名", "收货人姓名", "联系手机"], [None, "name", "phone"]),
        (["买家会员名", "联系手机"], ["name", "phone"]),
        (["姓", "手机"], ["name", "phone"]),
        (["姓", "名", "手机"], ["name", "name", "phone"]),
        (["Last Name", "First Name", "Mobile"], ["name", "name", "phone"]),
        (["First Name", "Mobile"], ["name", "phone"]),
        (["姓", "名", "姓名"], [None, None, "name"]),
        (["学生姓名", "家长电话"], ["name", "phone"]),
        (["宝宝姓名", "妈妈电话"], [None, "phone"]),
    ],
)
def test_a_row_of_headers_with_others_in_it(headers: list[str], fields: list[str | None]) -> None:
    assert words.assign(headers) == fields
