"""What the columns of the world's customer sheets are called, and which field each of them is.

`field_of` reads one header; `assign` reads a whole header row, since 客户名称 is a name or a company depending
on whether 联系人 stands beside it.
"""

import re
import unicodedata
from collections.abc import Sequence

# Fields that are no column of Customer: identities, tags, opening figures, what loyalty will take over.
IDENTITY_FIELDS = (
    "phone",
    "wechat_unionid",
    "wechat_openid",
    "wecom_external_userid",
    "member_no",
    "wechat_id",
    "card_no",
)
PERSON_FIELDS = (
    "name", "gender", "birthday", "city", "address", "company", "occupation", "education", "income_band",
    "spending_band", "budget", "source", "store", "owner", "known_since", "note",
)  # fmt: skip
OTHER_FIELDS = ("tags", "points", "opening_spend", "opening_orders", "opening_last_order", "opening_level")
# A column that is read and thrown away: row numbers, our own report columns, ID cards that nobody asked for.
IGNORE = "ignore"
FIELDS = (*IDENTITY_FIELDS, *PERSON_FIELDS, *OTHER_FIELDS)

_WORDS = {
    "phone": "手机号 手机 手机号码 手机号吗 手机号码吗 手提电话 行动电话 联络电话 收件电话 预留电话 预留手机 预留手机号 持卡人手机 mobileno contactno contactphone phonenum 电话 电话号码 联系电话 联系方式 联系号码 移动电话 移动电话号码 会员手机 会员手机号 客户手机 客户手机号 "
    "客户电话 顾客电话 顾客手机 手机/电话 电话/手机 手机(微信) 联系手机 联系人电话 联系人手机 联系人手机号 收货电话 收货人电话 收货人手机 收货人手机号 "
    "注册手机 注册手机号 绑定手机 绑定手机号 常用手机 本人手机 手机1 电话1 号码 mobile mobilephone mobilenumber phone phonenumber phoneno tel "
    "telephone cell cellphone contactnumber 备用电话 备用手机 备用手机号 手机2 电话2 第二联系电话 其他电话",
    "name": "姓名 学员 学生 车主 车主名称 投保人 投保人名称 宝妈 患者 业主 买家 下单人 持卡人 贵宾 用户名称 名字 客户姓名 会员姓名 顾客姓名 客人姓名 用户姓名 真实姓名 姓名称呼 客户名称 客户名 会员名称 会员名 顾客名称 顾客 客户 会员 客人 "
    "联系人 联系人姓名 收货人 收货人姓名 收货人名称 收件人 收件人姓名 名称 称呼 name fullname customername customer membername contact contactname",
    "wechat_id": "微信号 微信 微信id 微信账号 微信号码 微信帐号 客户微信 客户微信号 联系微信 wechat wechatid weixin wx wxid vx",
    "wechat_unionid": "unionid 微信unionid 用户unionid wechatunionid",
    "wechat_openid": "openid 微信openid 公众号openid 小程序openid 用户openid wechatopenid",
    "wecom_external_userid": "externaluserid 企微id 企业微信id 外部联系人id 企业微信客户id 企微客户id wecomexternaluserid",
    "member_no": "member_no",
    "card_no": "会员卡号 会员卡 卡号 会员编号 会员号 会员号码 会员id 会员编码 会员码 会员卡编号 客户编号 客户编码 客户号 客户代码 客户id 顾客编号 "
    "顾客id 用户id 用户编号 贵宾卡号 vip卡号 vip号 储值卡号 实体卡号 档案号 档案编号 病历号 card_no cardno cardnumber customerid customer_id customerno "
    "memberid member_id memberno membershipno vipno",
    "gender": "性别 客户性别 会员性别 sex gender",
    "birthday": "生日 出生日期 出生年月日 出生年月 会员生日 客户生日 生日日期 阳历生日 公历生日 农历生日 阴历生日 生日(农历) 生日(阴历) 生日(公历) "
    "birthday birthdate dateofbirth dob birth",
    "city": "城市 所在城市 市 居住城市 省市区 省市 所在地 所在地区 地区 区域 city",
    "address": "地址 详细地址 客户地址 联系地址 收货地址 家庭地址 家庭住址 住址 居住地址 通讯地址 通信地址 公司地址 单位地址 住所 address addr",
    "company": "公司 公司名称 单位 单位名称 工作单位 企业 企业名称 所在公司 company companyname organization",
    "occupation": "职业 职位 职务 工作 岗位 行业职业 occupation job jobtitle profession",
    "education": "学历 文化程度 教育程度 最高学历 education",
    "income_band": "收入 月收入 年收入 收入水平 收入区间 家庭年收入 个人年收入 income income_band",
    "spending_band": "消费能力 消费水平 消费档次 消费层次 消费区间 spending_band",
    "budget": "预算 客户预算 购买预算 意向预算 budget",
    "source": "来源 渠道 客户来源 会员来源 来源渠道 渠道来源 获客渠道 获客来源 引流渠道 注册渠道 注册来源 添加渠道 来源方式 了解渠道 拓客渠道 source channel",
    "store": "门店 店铺 店名 所属门店 归属门店 开卡门店 办卡门店 注册门店 消费门店 门店名称 所属店铺 服务门店 到店门店 分店 store shop branch",
    "owner": "归属顾问 顾问 导购 归属导购 专属顾问 专属导购 服务顾问 销售顾问 美容顾问 美容师 技师 销售 业务员 销售员 销售人员 业务经理 客户经理 跟进人 "
    "负责人 归属人 所属员工 归属员工 所属顾问 服务人员 服务人 客服 专属客服 店员 理财顾问 代理人 保险代理人 经办人 维护人 导购姓名 顾问姓名 员工姓名 "
    "销售姓名 owner salesperson consultant salesrep",
    "known_since": "入会日期 入会时间 注册时间 注册日期 开卡日期 开卡时间 办卡日期 办卡时间 建档日期 建档时间 加入时间 加入日期 成为会员时间 会员注册时间 "
    "添加时间 添加日期 首次到店 首次到店时间 首次到店日期 入会日 known_since joindate registerdate registrationdate",
    "note": "备注 客户备注 会员备注 备注信息 备注说明 说明 其他备注 跟进备注 note notes remark remarks memo comment",
    "tags": "标签 客户标签 会员标签 用户标签 顾客标签 企业标签 个人标签 标签组 tag tags label labels",
    "points": "积分 可用积分 当前积分 剩余积分 积分余额 会员积分 现有积分 积分数 points point",
    "opening_spend": "累计消费 累计消费金额 累计消费额 消费金额 消费总额 消费总金额 总消费 总消费金额 总消费额 历史消费 历史消费金额 累计金额 累计实付 "
    "累计成交金额 成交总额 累计交易金额 累计购买金额 消费额 totalspend totalspent totalamount opening_spend",
    "opening_orders": "消费次数 累计消费次数 总消费次数 累计订单 累计订单数 订单数 订单总数 购买次数 累计购买次数 成交次数 交易次数 交易笔数 消费笔数 "
    "下单次数 totalorders ordercount opening_orders",
    "opening_last_order": "最后消费时间 最后消费日期 最近消费 最近消费时间 最近消费日期 上次消费时间 上次消费日期 末次消费 末次消费日期 末次消费时间 "
    "最近购买时间 最后购买时间 最近一次消费 最近一次消费时间 最后下单时间 最近下单时间 最近交易时间 lastorder lastorderdate lastpurchase opening_last_order",
    "opening_level": "会员等级 等级 会员级别 级别 客户等级 客户级别 卡等级 会员卡等级 会员层级 level memberlevel grade opening_level",
    IGNORE: "序号 序 no no. # 行号 编 错误原因 导入结果 身份证 身份证号 身份证号码 身份证件号 证件号 证件号码 身份证件号码 idcard idcardno idnumber",
}  # fmt: skip
WORDS = {word: field for field, words in _WORDS.items() for word in words.split()}

# A longer header that ends so ("您的手机号码", "会员档案_生日"); tried in this order.
_ENDINGS = (
    (re.compile(r"(?:手机号码?|手机|联系电话|电话号码|电话|联系方式|mobile|phone)\Z"), "phone"),
    (re.compile(r"(?:微信号|微信id)\Z"), "wechat_id"),
    (re.compile(r"(?:会员卡号|会员编号|客户编号|顾客编号|会员号)\Z"), "card_no"),
    (re.compile(r"(?:姓名|名字)\Z"), "name"),
    (re.compile(r"(?:生日|出生日期)\Z"), "birthday"),
    (re.compile(r"性别\Z"), "gender"),
    (re.compile(r"(?:累计消费|消费总额|消费总金额|累计消费金额)\Z"), "opening_spend"),
    (re.compile(r"可用积分\Z"), "points"),
    (re.compile(r"(?:入会|注册|开卡|办卡|建档)(?:日期|时间)\Z"), "known_since"),
    (re.compile(r"(?:会员等级|会员级别)\Z"), "opening_level"),
    (re.compile(r"(?:来源渠道|客户来源)\Z"), "source"),
    (re.compile(r"(?:归属|所属|专属|服务)(?:顾问|导购|员工|销售|客服)\Z"), "owner"),
    (re.compile(r"(?:归属|所属|开卡|办卡)(?:门店|店铺)\Z"), "store"),
    (re.compile(r"标签\Z"), "tags"),
    (re.compile(r"(?:详细地址|收货地址|家庭住址)\Z"), "address"),
)
# These say that the column tells of somebody else: a referrer, an emergency contact, a shop, a courier.
_SOMEBODY_ELSE = re.compile(
    r"推荐|介绍|邀请|邀约|紧急|导购|顾问|店长|员工|业务|销售|上级|门店|店铺|商家|寄件|发件|发货|配偶|老公|老婆|丈夫|妻子|家属|家长|父|母|"
    r"孩子|宝宝|小孩|子女|担保|代理|经办|操作|制表|审核|客服|技师|美容师|快递|物流|司机|公司电话|固定|座机|传真|宅电|办公|团长|带客|同行"
)
_ORDER_NUMBER = re.compile(
    r"订单(?:编?号|id)|交易(?:编?号|单号)|流水号|跟团号|小票号|单据(?:编?号)|(?:^|销售|消费|收银)单号", re.I
)
_PARENTHESIS = re.compile(r"[(（\[【<《][^)）\]】>》]*[)）\]】>》]")
_REQUIRED = re.compile(r"[(\[【<]?(?:必填项?|选填项?|可选|required|optional)[)\]】>]?", re.I)
_COMPANY_NAMES = ("客户名称", "名称", "客户", "客户名")
_PERSON_BESIDE = ("联系人", "联系人姓名", "姓名", "客户姓名")
_NICKNAMES = ("昵称", "微信昵称", "微信名", "微信名称", "网名", "nickname", "nick")


def canonical(header: str) -> str:
    """NFKC, lower case, without white space, *, :, （必填） and quotes."""
    text = "".join(unicodedata.normalize("NFKC", header).lower().split())
    text = _REQUIRED.sub("", text)
    return text.strip("*:_\"'※·.、,-") or text


def field_of(header: str) -> str | None:
    """The field a header names, or None. Units and remarks in brackets do not matter: 累计消费(元)."""
    word = canonical(header)
    if not word or len(word) > 40:
        return None
    for text in dict.fromkeys((word, _PARENTHESIS.sub("", word))):
        if text in WORDS:
            return WORDS[text]
    bare = _PARENTHESIS.sub("", word)
    if _SOMEBODY_ELSE.search(bare):
        if re.search(r"身份证", bare):
            return IGNORE
        return None
    if "身份证" in bare:
        return IGNORE
    if len(bare) <= 16:
        for ending, field in _ENDINGS:
            if ending.search(bare):
                return field
    return None


def is_order_number(header: str) -> bool:
    """订单号 and the like: what tells a continuation row from a customer without a name."""
    return bool(_ORDER_NUMBER.search(canonical(header)))


def is_lunar(header: str) -> bool:
    return "农历" in header or "阴历" in header


def assign(headers: Sequence[str]) -> list[str | None]:
    """The field of each column of a header row. Several columns may carry one field; their order counts."""
    words = [canonical(header) for header in headers]
    fields = [field_of(header) for header in headers]
    if any(word in _PERSON_BESIDE for word in words):
        fields = [
            "company" if field == "name" and word in _COMPANY_NAMES else field
            for word, field in zip(words, fields, strict=True)
        ]
    if "name" not in fields:
        fields = [
            "name" if word in _NICKNAMES and "name" not in fields[:i] else field
            for i, (word, field) in enumerate(zip(words, fields, strict=True))
        ]
    return fields
