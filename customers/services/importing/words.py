"""What the columns of the world's customer sheets are called, and which field each of them is.

`field_of` reads one header; `assign` reads a whole header row, since 客户名称 is a name or a company depending
on whether 联系人 stands beside it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

# Fields that are no column of Customer: identities, tags, opening figures, what loyalty will take over.
IDENTITY_FIELDS = (
    "phone",
    "wechat_unionid",
    "wechat_openid",
    "wecom_external_userid",
    "member_no",
    "wechat_id",
    "card_no",
    "identities",
)
PERSON_FIELDS = (
    "name", "gender", "birthday", "city", "address", "company", "occupation", "education", "income_band",
    "spending_band", "budget", "source", "store", "owner", "known_since", "note",
)  # fmt: skip
OTHER_FIELDS = ("tags", "points", "opening_spend", "opening_orders", "opening_last_order", "opening_level")
# A column that is read and thrown away: row numbers, our own report columns, ID cards that nobody asked for.
IGNORE = "ignore"
# What our report adds to somebody's sheet; it may come back.
REPORT = ("导入结果", "错误原因")
# In a report of some of the rows: which rows of the whole sheet they are, and the cells that a reason names.
ORIGINAL_ROW = "原行号"
FIELDS = (*IDENTITY_FIELDS, *PERSON_FIELDS, *OTHER_FIELDS)

_WORDS = {
    "phone": "手机号 手机 手机号码 手机号吗 手机号码吗 电话 电话号码 联系电话 联系方式 联系号码 联络电话 移动电话 移动电话号码 手提电话 行动电话 手机/电话 "
    "电话/手机 手机电话 电话手机 手机(微信) 联系手机 联系手机号 联系人电话 联系人手机 联系人手机号 收货电话 收货人电话 收货人手机 收货人手机号 收件电话 "
    "收件人电话 收件人手机 收件人手机号 注册手机 注册手机号 绑定手机 绑定手机号 预留手机 预留手机号 预留电话 常用手机 常用电话 号码 mobile mobilephone "
    "mobilenumber mobileno phone phonenumber phoneno tel telephone cell cellphone contactnumber contactno contactphone 备用电话 备用手机 "
    "备用手机号 第二联系电话 其他电话",
    "name": "姓名 名字 真实姓名 中文姓名 姓名称呼 客户名称 客户名 会员名称 会员名 顾客名称 顾客 客户 会员 客人 学员 车主 投保人 患者 业主 买家 下单人 "
    "持卡人 联系人 联系人姓名 收货人 收货人姓名 收货人名称 收件人 收件人姓名 名称 称呼 name fullname customername customer membername contact "
    "contactname",
    "wechat_id": "微信号 微信 微信id 微信账号 微信号码 微信帐号 联系微信 wechat wechatid weixin wx wxid vx",
    "wechat_unionid": "unionid 微信unionid wechatunionid",
    "wechat_openid": "openid 微信openid 公众号openid 小程序openid wechatopenid",
    "wecom_external_userid": "externaluserid 企微id 企业微信id 外部联系人id 企业微信客户id 企微客户id wecomexternaluserid",
    "member_no": "member_no",
    "card_no": "会员卡号 会员卡 卡号 会员编号 会员号 会员号码 会员id 会员编码 会员码 会员代码 会员卡编号 会员卡卡号 客户编号 客户编码 客户号 客户代码 客户id "
    "客户卡号 顾客编号 顾客id 顾客卡号 用户id 用户编号 学员编号 学员号 学号 贵宾卡号 贵宾号 vip卡号 vip号 vip编号 id卡号 储值卡号 实体卡号 老卡号 "
    "档案号 档案编号 病历号 cardno cardnumber customerid customerno memberid memberno membershipno vipno",
    "gender": "性别 sex gender",
    "birthday": "生日 出生日期 出生年月日 出生年月 出生时间 出生日 出生 生日日期 生日月日 阳历生日 公历生日 新历生日 农历生日 阴历生日 旧历生日 生日(农历) "
    "生日(阴历) 生日(公历) birthday birthdate dateofbirth dob birth",
    "city": "城市 所在城市 所属城市 市 居住城市 常住城市 省市区 省市 所在地 所在地区 地区 区域 city",
    "address": "地址 详细地址 联系地址 收货地址 收货人地址 收件地址 收件人地址 送货地址 配送地址 家庭地址 家庭住址 住址 现住址 居住地址 常住地址 通讯地址 "
    "通信地址 公司地址 单位地址 住所 address addr",
    "company": "公司 公司名称 单位 单位名称 工作单位 所在单位 就职单位 企业 企业名称 所在公司 任职公司 company companyname organization",
    "occupation": "职业 职位 职务 工作 岗位 从事职业 行业职业 occupation job jobtitle profession",
    "education": "学历 文化程度 教育程度 最高学历 education",
    "income_band": "收入 月收入 年收入 收入水平 收入区间 家庭年收入 家庭月收入 个人年收入 income incomeband",
    "spending_band": "消费能力 消费水平 消费档次 消费层次 消费区间 spendingband",
    "budget": "预算 购买预算 意向预算 消费预算 购车预算 budget",
    "source": "来源 渠道 来源渠道 来源平台 渠道来源 信息来源 线索来源 获客渠道 获客来源 引流渠道 注册渠道 注册来源 添加渠道 来源方式 了解渠道 拓客渠道 进店渠道 "
    "来店渠道 成交渠道 客源 source channel",
    "store": "门店 店铺 店名 店面 分店 校区 所属门店 归属门店 开卡门店 办卡门店 注册门店 消费门店 门店名称 所属店铺 所属分店 所属校区 服务门店 到店门店 store "
    "shop branch",
    "owner": "归属顾问 顾问 导购 归属导购 专属顾问 专属导购 服务顾问 销售顾问 美容顾问 美容师 技师 教练 班主任 销售 业务员 销售员 销售人员 业务经理 客户经理 "
    "跟进人 负责人 责任人 归属人 添加人 所属员工 归属员工 所属顾问 服务人员 服务人 客服 专属客服 店员 理财顾问 代理人 保险代理人 经办人 维护人 导购姓名 "
    "顾问姓名 员工姓名 销售姓名 owner salesperson consultant salesrep",
    "known_since": "入会日期 入会时间 入会年月日 注册时间 注册日期 开卡日期 开卡时间 领卡时间 办卡日期 办卡时间 建档日期 建档时间 登记日期 登记时间 报名日期 "
    "报名时间 加入时间 加入日期 成为会员时间 成为客户时间 添加时间 添加日期 首次到店 首次到店时间 首次到店日期 入会日 knownsince joindate registerdate "
    "registrationdate",
    "note": "备注 备注信息 备注说明 说明 其他备注 跟进备注 note notes remark remarks memo comment comments",
    "tags": "标签 标签组 企业标签 企微标签 tag tags label labels",
    "points": "积分 可用积分 可用积分数 当前积分 剩余积分 有效积分 账户积分 积分余额 现有积分 积分数 points point",
    "opening_spend": "累计消费 累计消费金额 累计消费额 累计总消费 消费累计 消费累计金额 消费合计 消费总计 消费金额 消费总额 消费总金额 总消费 总消费金额 "
    "总消费额 历史消费 历史消费金额 累计金额 累计实付 累计支付金额 累计成交金额 成交总额 交易总额 总交易金额 累计交易金额 累计购买金额 购买总金额 消费额 "
    "totalspend totalspent totalamount openingspend",
    "opening_orders": "消费次数 累计消费次数 总消费次数 消费频次 累计订单 累计订单数 成交订单数 支付订单数 订单数 订单总数 购买次数 购买频次 累计购买次数 成交次数 "
    "交易次数 交易笔数 消费笔数 下单次数 累计下单次数 orders totalorders ordercount openingorders",
    "opening_last_order": "最后消费时间 最后消费日期 最后一次消费时间 最后一次消费日期 最近消费 最近消费时间 最近消费日期 上次消费 上次消费时间 上次消费日期 "
    "末次消费 末次消费日期 末次消费时间 末次交易时间 最近购买时间 最近一次购买时间 最后购买时间 最近一次消费 最近一次消费时间 最后下单时间 最近下单时间 最近交易时间 "
    "最近交易日期 最后交易时间 lastorder lastorderdate lastpurchase openinglastorder",
    "opening_level": "会员等级 会员等级名称 等级 会员级别 级别 卡等级 卡级别 会员卡等级 会员层级 vip等级 level memberlevel grade openinglevel",
    IGNORE: "序号 序 编码序号 序列号 no # 行号 编 错误原因 导入结果 原行号 身份证 身份证号 身份证号码 身份证件号 证件号 证件号码 身份证件号码 idcard idcardno "
    "idnumber",
}  # fmt: skip
WORDS = {word: field for field, words in _WORDS.items() for word in words.split()}
# What all of these may follow: 客户性别, 您的手机号, 买家姓名.
_WHOSE = re.compile(
    r"(?:会员|客户|顾客|用户|客人|贵宾|学员|学生|患者|车主|业主|主人|宠主|买家|投保人|持卡人|卡主|下单人|本人|个人|宝妈|妈妈|您的|你的|vip|请(?:输入|填写|选择)(?:您的)?)"
)
_NUMBERED = re.compile(r"q?[0-9]{1,2}[.、:)]|[(]?[一二三四五六七八九十]{1,2}[)、]")
_ORDINAL = re.compile(r"(?<=[\u4e00-\u9fffa-z])(?:[0-9]|[(]?[一二三][)]?)\Z")
_UNIT = frozenset(("元", "万元", "万", "次", "分", "个"))

# A longer header that ends so ("老客户手机号码", "会员档案_生日"); tried in this order.
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
    (re.compile(r"标签\Z"), "tags"),
    (re.compile(r"(?:详细地址|收货地址|家庭住址)\Z"), "address"),
)
# The one who serves her and where; these words also stand before what is not hers (顾问电话), so they end the header.
_SERVED_BY = (
    (
        re.compile(
            r"(?:顾问|导购员?|美容师|技师|教练|业务员|业务代表|销售代表|销售员|跟进(?:人|人员|员工)"
            r"|(?:归属|所属|专属|服务|负责)(?:人|人员|员工|销售|客服|老师))\Z"
        ),
        "owner",
    ),
    (re.compile(r"(?:归属|所属|开卡|办卡|注册|服务|会员)(?:门店|店铺|分店)\Z"), "store"),
)
# Of a month or a year, while the opening figures are of all time; "as of" a day is all time.
_PERIOD = re.compile(
    r"[近前过][0-9一二三四五六七八九十两半]+个?[天日周月季年]|[0-9一二三四五六七八九十两半]+个?(?:天|日|周|星期|月|季度|年)|[本上当去今前明每][天日周月季年]"
    r"|(?<![0-9])20[0-9]{2}(?![0-9])|[月年日周季]均|季度|年度|月度|^[年月日周季]|[(][年月日周季][)]|[(](?:first|last|past)?[0-9]+(?:days?|d|months?|m|years?|y)[)]|ytd|mtd"
)
_AS_OF = re.compile(r"截[至止]|[(][至到]|日止|asof|until")
# A yes or no is no number and no day.
_QUESTION = re.compile(r"是否|有无|有没有|能否|可否")
_CARD_NUMBER = re.compile(r"证件(?:编?号码?)?(?:[前后末尾].{0,3}位)?\Z")
_ON_THE_CARD = re.compile(
    r"姓名|名字|[地住]址|有效|到期|期限|日期|生日|出生|性别|民族|籍贯|签发|机关|照片|正面|反面|复印|类型|状态"
)
# These say that the column tells of somebody else: a referrer, an emergency contact, a shop, a courier.
_ELSE_WORDS = (
    r"推荐|介绍|邀请|邀约|紧急|导购|顾问|店长|店员|员工|经理|主管|老师|教练|班主任|管家|业务|销售|上级|门店|店铺|商家|寄件|发件|发货|配偶|爱人|老公|老婆|丈夫|"
    r"妻子|家属|家人|亲友|朋友|家长|监护|父|母亲|孩子|宝宝|宝贝|小孩|子女|儿子|女儿|担保|受益|代理|分销|推广|经办|经手|操作|制表|审核|跟进|负责|客服|技师|美容师|"
    r"(?:宠物|爱宠)(?!主人?)|[大二三四]宝(?!妈)|小宝|老[大二三](?!妈)|新生儿|婴儿|胎儿|长[子女]|次[子女]|创建[人者员]|录[入单][人者员]|登记[人员]|办理[人员]|开单[人员]|经纪|收银|医生|医师|护士|发型师|"
    r"理发师|造型师|设计师|咨询师|助理|督导|售后|供应商|供货|厂家|快递|物流|司机|送修|公司电话|固定|座机|传真|宅电|办公|团长|带客|同行|归属|专属"
)
_SOMEBODY_ELSE = re.compile(_ELSE_WORDS)
_OF_SOMEBODY_ELSE = re.compile(rf"[(](?:{_ELSE_WORDS})(?:人|者|方|的)?[)]")
# She may be the one insured or the tenant, unless another one stands in the row with a name or number of her own.
_OTHER_PARTY = re.compile(r"被保|房东|租客|租户|承租|出租|驾驶[人员]")
# What was registered is not she.
_SOMETHING_ELSE = re.compile(r"车辆|机动车|公司|企业|单位|工商|商标|设备|商品|产品|保单|合同|店铺|门店")
# Left of the number that is hers it would become the one she is known by.
_FURTHER = re.compile(r"备用|第二|其[他它]|另一")
# What a shop's back end calls the account of a buyer.
_ACCOUNTS = ("买家会员名", "买家会员名称", "买家账号", "买家用户名")
# Hers only where no other column of the kind is: who pays and who receives need not be one.
_SECOND_CHOICE = re.compile(r"收货|收件|提货|送货|被保|家庭电话|单位电话")
# A pupil is reached by her parents.
_PARENT = re.compile(r"(?:家长|监护人|母亲|父亲|爸爸|妈妈).{0,4}(?:手机号码?|手机|电话|联系方式)\Z")
_BOTH = re.compile(
    r"(?:.{0,4}(?:姓名|名字|称呼)[/、,+&和及与-]?|.{0,4}(?:联系人|收[货件]人)[/、,+&和及与-])(?:手机|电话|联系)"
)
_ORDER_NUMBER = re.compile(
    r"订单(?:编?号|id)|交易(?:编?号|单号)|流水号|跟团号|小票号|单据(?:编?号)|(?:^|销售|消费|收银)单号", re.I
)
_PARENTHESIS = re.compile(r"[(（\[【<《][^)）\]】>》]*[)）\]】>》]")
_MARK = r"(?:必填项?|选填项?|可选|required|optional)"
_REQUIRED = re.compile(rf"[(\[【<][^)\]】>]*{_MARK}[^)\]】>]*[)\]】>]|{_MARK}", re.I)
_HAN, _LATIN = re.compile("[^\u4e00-\u9fff]+"), re.compile("[^a-z]+")
_COMPANY_NAMES = ("客户名称", "名称", "客户", "客户名")
_PERSON_BESIDE = ("联系人", "联系人姓名", "姓名", "客户姓名")
_SURNAMES = ("姓", "姓氏", "lastname", "surname", "familyname")
_GIVEN_NAMES = ("名", "名字", "firstname", "givenname", "forename")
_NICKNAMES = (
    "昵称", "微信昵称", "微信名", "微信名称", "网名", "客户昵称", "会员昵称", "用户昵称", "买家昵称", "粉丝昵称", "nickname", "nick",
)  # fmt: skip


def canonical(header: str) -> str:
    """NFKC, lower case, without white space, what nobody sees (U+200B, BOM), *, :, （必填） and quotes."""
    text = "".join(unicodedata.normalize("NFKC", header).lower().split())
    if not text.isprintable():
        text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc"))
    text = _REQUIRED.sub("", text)
    return text.strip("*:_\"'※·.、,-") or text


# What our own export writes behind a header: the system of a number or figure, or one of these two.
_MARKED = re.compile(r"\A(.*)〔([^〔〕]*)〕\s*\Z", re.S)
KEPT, OURS = "原列", "本系统"
IDENTITIES = f"其他识别〔{OURS}〕"


def marked(header: str) -> tuple[str, str]:
    """(header, mark) of a column of our own export: 会员卡号〔收银〕, 爱好〔原列〕; the mark is "" in every other sheet."""
    found = _MARKED.match(header)
    return (found[1], found[2].strip()) if found else (header, "")


@lru_cache(4096)
def field_of(header: str) -> str | None:
    """The field a header names, or None. Units and remarks in brackets do not matter: 累计消费(元)."""
    stem, mark = marked(header)
    if mark == KEPT:
        return None
    if mark == OURS:
        return "identities" if header.strip() == IDENTITIES else IGNORE
    word = canonical(stem)
    if not word or len(word) > 40:
        return None
    if word in WORDS:
        return WORDS[word]
    if _OF_SOMEBODY_ELSE.search(word) or _QUESTION.search(_plain(word)):
        return None
    field = _by_word(word)
    if field in ("opening_spend", "opening_orders") and _PERIOD.search(word) and not _AS_OF.search(word):
        return None
    return field


def _by_word(word: str) -> str | None:
    bare = _plain(word)
    for text in _readings(word, bare):
        if text in WORDS:
            return WORDS[text]
    if both := _both_parts(word, bare):
        return both
    if "身份证" in bare and "号" not in bare and _ON_THE_CARD.search(bare):
        return _on_the_card(bare)
    if "身份证" in bare or _CARD_NUMBER.search(bare):
        return IGNORE
    for ending, field in _SERVED_BY:
        if len(bare) <= 10 and ending.search(bare):
            return field
    if len(bare) <= 16 and not _SOMEBODY_ELSE.search(bare):
        for ending, field in _ENDINGS:
            if ending.search(bare):
                return (
                    None if field in ("known_since", "birthday") and _SOMETHING_ELSE.search(bare) else field
                )
    return None


def _on_the_card(bare: str) -> str | None:
    """身份证姓名, 身份证地址: what an ID card says besides its number."""
    if _SOMEBODY_ELSE.search(bare):
        return None
    field = WORDS.get(_without_whose(re.sub(r"身份证件?[上的]*", "", bare)))
    return field if field in ("name", "address", "birthday", "gender") else None


def _plain(word: str) -> str:
    return _PARENTHESIS.sub("", word).replace("_", "").strip("*:\"'※·.、,-")


def _readings(word: str, bare: str) -> Iterator[str]:
    """Less and less literal: without brackets, number, ordinal, whose."""
    yield bare
    yield _NUMBERED.sub("", bare, count=1) if _NUMBERED.match(bare) else bare
    yield _ORDINAL.sub("", word)
    yield (short := _ORDINAL.sub("", _NUMBERED.sub("", bare, count=1) if _NUMBERED.match(bare) else bare))
    yield _without_whose(short)


def _without_whose(text: str) -> str:
    whose = _WHOSE.match(text)
    return text[whose.end() :] if whose else text


def _both_parts(word: str, bare: str) -> str | None:
    """手机/Mobile, 姓名Name, 职业/职务: both parts say the same. Of 手机/微信 the phone counts, the rest is kept."""
    parts = [part for part in re.split(r"[/|\\]", bare) if part and part not in _UNIT]
    if len(parts) == 1 and len(latin := _LATIN.sub("", bare)) >= 3:
        parts = [_HAN.sub("", bare), latin]
    found = {WORDS.get(part) or WORDS.get(_without_whose(part)) for part in parts}
    if len(found) == 1:
        return found.pop()
    if None in found:
        return None
    return "phone" if "phone" in found else None


def is_somebody_else(group: str) -> bool:
    """Whether a group word over several columns (推荐人, 紧急联系人) says that they are not the customer's own."""
    word = canonical(group)
    return bool(_SOMEBODY_ELSE.search(word) or _OTHER_PARTY.search(word))


def names_and_numbers(header: str) -> bool:
    """姓名电话, 联系人/手机: the cells hold both. 联系人手机 does not: it is the contact's number."""
    return field_of(header) == "phone" and bool(_BOTH.match(_plain(canonical(header))))


def is_order_number(header: str) -> bool:
    """订单号 and the like: what tells a continuation row from a customer without a name."""
    return bool(_ORDER_NUMBER.search(canonical(header)))


def is_lunar(header: str) -> bool:
    return "农历" in header or "阴历" in header


def assign(headers: Sequence[str]) -> list[str | None]:
    """The field of each column of a header row. Several columns may carry one field; their order counts."""
    words = [canonical(header) for header in headers]
    fields = [field_of(header) for header in headers]
    fields = _without_other_parties(words, fields)
    if any(field == "name" and word not in _ACCOUNTS for word, field in zip(words, fields, strict=True)):
        fields = [None if word in _ACCOUNTS else field for word, field in zip(words, fields, strict=True)]
    for kind in ("phone", "name"):
        second = [f == kind and bool(_SECOND_CHOICE.search(w)) for f, w in zip(fields, words, strict=True)]
        if any(
            field == kind and not later and not (kind == "phone" and _FURTHER.search(word))
            for field, later, word in zip(fields, second, words, strict=True)
        ):
            fields = [None if later else field for field, later in zip(fields, second, strict=True)]
    fields = _with_parts_of_name(words, fields)
    if any(word in _PERSON_BESIDE for word in words):
        fields = [
            "company" if field == "name" and word in _COMPANY_NAMES else field
            for word, field in zip(words, fields, strict=True)
        ]
    nickname = next((i for i, word in enumerate(words) if word in _NICKNAMES), None)
    if "name" not in fields and nickname is not None:
        fields[nickname] = "name"
    if "phone" not in fields:
        fields = [
            "phone" if field is None and _PARENT.search(_plain(word)) else field
            for word, field in zip(words, fields, strict=True)
        ]
    return fields


def _with_parts_of_name(words: Sequence[str], fields: list[str | None]) -> list[str | None]:
    """姓 and 名 in two columns are the name where no column says all of it; either of them where it stands alone."""
    parts = [i for i, word in enumerate(words) if word in _SURNAMES or word in _GIVEN_NAMES]
    if any(field == "name" and i not in parts for i, field in enumerate(fields)):
        return fields
    return ["name" if i in parts else field for i, field in enumerate(fields)]


def name_parts(headers: Sequence[str], columns: Sequence[int]) -> tuple[int, int] | None:
    """Of the columns with the name: the one with the surname and the one with the given name, if that is what they say."""
    if len(columns) != 2:
        return None
    one, other = columns
    if canonical(headers[one]) in _GIVEN_NAMES:
        one, other = other, one
    said = canonical(headers[one]) in _SURNAMES and canonical(headers[other]) in _GIVEN_NAMES
    return (one, other) if said else None


def is_further(header: str) -> bool:
    """备用电话, 第二联系电话: not the number she is known by, where there is another."""
    return bool(_FURTHER.search(canonical(header)))


def _without_other_parties(words: Sequence[str], fields: list[str | None]) -> list[str | None]:
    """投保人 beside 被保险人, 姓名 beside 房东电话: nothing of the other one's is the customer's. Where nobody else
    stands in the row, the first of them is the customer."""
    parties = [found.group() if (found := _OTHER_PARTY.search(word)) else "" for word in words]
    if not any(parties):
        return fields
    own = {field for field, party in zip(fields, parties, strict=True) if not party}
    first = next(
        (party for field, party in zip(fields, parties, strict=True) if party and field in ("name", "phone")),
        "",
    )
    return [
        None if party and field != IGNORE and (party != first or "name" in own or field in own) else field
        for field, party in zip(fields, parties, strict=True)
    ]
