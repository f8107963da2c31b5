"""What booking systems call the columns of their lists, and what exports of follow-ups call theirs."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from customers.services.importing import words
from customers.services.importing.vocabulary import LooksAt, Vocabulary

IGNORE = words.IGNORE
_WHO = (
    "客户 顾客 会员 客人 客户手机 客户手机号 客户电话 顾客手机 顾客手机号 顾客电话 会员手机 会员手机号 会员电话 预约人手机 预约人手机号 预约人电话 预约手机 预约手机号 预约电话 "
    "联系人手机 联系人电话 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 会员卡号 卡号 会员编号 会员号 会员id 客户编号 客户号 客户id 客户编码 顾客编号 "
    "用户id 用户编号 customer customerid customerno customerphone phone mobile memberid memberno member"
)
_NAME = (
    "姓名 客户姓名 顾客姓名 会员姓名 客户名称 顾客名称 会员名称 客户名 客户昵称 客户备注名 备注名 昵称 预约人 预约人姓名 预约客户 联系人 联系人姓名 name customername "
    "membername fullname nickname contact"
)
_IGNORED = "序号 序 序列号 行号 # 导入结果 错误原因 原行号 身份证 身份证号 身份证号码 证件号码"

APPOINTMENT_WORDS = {
    "number": "预约编号 预约单号 预约号 预约id 预约订单号 预定编号 预订编号 预订单号 订单号 订单编号 单号 编号 服务单号 appointmentno appointmentid appointmentnumber "
    "bookingid bookingno bookingnumber number no",
    "customer": _WHO,
    "customer_name": _NAME,
    "store": "门店 预约门店 服务门店 店铺 店铺名称 门店名称 分店 所属门店 到店门店 预约店铺 store shop branch",
    "service": "项目 服务项目 预约项目 服务 预约服务 服务名称 项目名称 护理项目 服务内容 预约内容 课程 预约课程 套餐 商品 商品名称 产品 service item treatment course",
    "employee": "美容师 技师 顾问 服务人员 服务人 员工 预约技师 预约员工 预约美容师 服务员工 服务技师 发型师 教练 老师 医生 咨询师 指定技师 服务老师 接待人 手艺人 理疗师 "
    "employee staff therapist stylist technician consultant",
    "at": "预约时间 预约日期 到店时间 预约到店时间 预约到店日期 预计到店时间 服务时间 服务日期 预约服务时间 预约开始时间 开始时间 开始日期 上门时间 日期 时间 预定时间 预订时间 "
    "appointmenttime appointmentdate appointmentat bookingtime bookingdate starttime startat startsat start date datetime time at",
    "time": "时段 时间段 预约时段 预约时间段 服务时段 预约时点 预约钟点 timeslot slot",
    "ends": "结束时间 预约结束时间 服务结束时间 预计结束时间 end endtime endsat",
    "minutes": "时长 服务时长 预约时长 时长(分钟) 分钟 分钟数 项目时长 预计时长 minutes duration",
    "state": "状态 预约状态 到店状态 服务状态 订单状态 单据状态 预约单状态 是否到店 state status",
    "note": "备注 预约备注 客户备注 备注信息 说明 留言 note notes remark remarks",
    IGNORE: _IGNORED,
}
FOLLOW_UP_WORDS = {
    "customer": _WHO,
    "customer_name": _NAME,
    "employee": "跟进人 跟进员工 跟进人员 跟进顾问 跟进者 回访人 回访员工 回访人员 沟通人 联系人员 员工 员工姓名 顾问 客服 导购 业务员 销售 服务人员 美容师 操作人 创建人 记录人 添加人 提交人 "
    "成员 负责人 employee staff author owner createdby consultant",
    "at": "跟进时间 跟进日期 回访时间 回访日期 沟通时间 沟通日期 联系时间 联系日期 拜访时间 拜访日期 服务时间 服务日期 记录时间 记录日期 创建时间 创建日期 添加时间 提交时间 最近跟进时间 "
    "发生时间 日期 时间 followuptime followupdate followedat date datetime time at createdat",
    "time": "时段 时间段 timeslot",
    "medium": "跟进方式 回访方式 沟通方式 联系途径 跟进类型 跟进渠道 回访类型 沟通渠道 拜访方式 触达方式 方式 medium method",
    "content": "跟进内容 跟进记录 跟进情况 跟进详情 跟进描述 跟进备注 跟进小结 跟进结果 回访内容 回访记录 回访情况 回访结果 回访备注 沟通内容 沟通记录 沟通情况 沟通小结 拜访内容 拜访记录 "
    "服务记录 联系内容 联系记录 内容 记录 记录内容 备注 备注信息 content notes note remark remarks summary",
    "next_at": "下次跟进时间 下次跟进日期 下次跟进 下次回访时间 下次回访日期 下次回访 下次联系时间 下次联系日期 下次沟通时间 计划跟进时间 预计跟进时间 提醒时间 跟进提醒 nextat nexttime "
    "nextfollowup nextdate",
    IGNORE: _IGNORED,
}
APPOINTMENT_FIELDS = tuple(field for field in APPOINTMENT_WORDS if field != IGNORE)
FOLLOW_UP_FIELDS = tuple(field for field in FOLLOW_UP_WORDS if field != IGNORE)

_PARENTHESIS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
# Somebody else's number, or another moment than the one that is meant.
_OTHERS = re.compile(r"推荐|介绍|紧急|门店电话|店铺电话|客服电话|下单|提交时间|取消时间|支付|付款|更新时间|修改时间|核销时间|签到时间")
_NUMBER_OF_HERS = re.compile(r"手机|电话|联系方式|phone|mobile")
_ID_OF_HERS = re.compile(r"号|id|no|code|编码")
_DAY, _CLOCK = re.compile(r"日期|date"), re.compile(r"时间|时段|time")
_CONTENT = (re.compile(r"内容|content"), re.compile(r"记录|情况|详情|描述|小结|summary"), re.compile(r"结果"))
_AT = (re.compile(r"预约|跟进|回访|沟通|appointment|booking|follow"), re.compile(r"到店|服务|拜访|联系|开始|start"))


def _speech(table: Mapping[str, str], looks_right: Callable[[LooksAt], bool], carriers: Sequence[str]) -> Vocabulary:
    known = {word: field for field, texts in table.items() for word in texts.split()}

    @lru_cache(4096)
    def field_of(header: str) -> str | None:
        word = words.canonical(header)
        if not word or len(word) > 40:
            return None
        if word in known:
            return known[word]
        bare = _PARENTHESIS.sub("", word).replace("_", "").replace(" ", "")
        if bare in known:
            return known[bare]
        if _OTHERS.search(bare):
            return None
        # 客户的手机号, 顾客联系电话: whoever is asked for a number is the customer.
        return "customer" if re.search(r"(?:手机号码?|手机|联系电话|电话)\Z", bare) else None

    def assign(headers: Sequence[str]) -> list[str | None]:
        return _settled([field_of(header) for header in headers], [words.canonical(header) for header in headers])

    return Vocabulary(field_of=field_of, assign=assign, carriers=frozenset(carriers), looks_right=looks_right)


def _settled(fields: list[str | None], texts: Sequence[str]) -> list[str | None]:
    """One column a field: of several that may be it, the one that says it best. A second column of the day's time
    becomes the time, one of the customer's name her name."""
    for field in sorted({field for field in fields if field and field != IGNORE}):
        columns = [i for i, own in enumerate(fields) if own == field]
        if len(columns) < 2:
            continue
        columns.sort(key=lambda i: (_rank(field, texts[i]), i))
        best, second = columns[0], columns[1]
        for column in columns[1:]:
            fields[column] = None
        if field == "at" and "time" not in fields and _DAY.search(texts[best]) and _CLOCK.search(texts[second]):
            fields[second] = "time"
        if field == "customer" and "customer_name" not in fields and not _ID_OF_HERS.search(texts[second]):
            fields[second] = "customer_name"
    return fields


def _rank(field: str, text: str) -> int:
    if field == "customer":
        return 0 if _NUMBER_OF_HERS.search(text) else 1 if _ID_OF_HERS.search(text) else 2
    if field == "at":
        said = next((n for n, pattern in enumerate(_AT) if pattern.search(text)), len(_AT))
        # The day first: beside it a column of times is the time of that day.
        return said * 2 + (0 if _DAY.search(text) else 1)
    if field == "content":
        return next((n for n, pattern in enumerate(_CONTENT) if pattern.search(text)), len(_CONTENT))
    if field == "number":
        return 0 if re.search("预约|预定|预订|appointment|booking", text) else 1
    if field == "employee":
        return 1 if re.search("创建|操作|添加|提交|记录|负责", text) else 0
    return 0


def looks_like_appointments(layout: LooksAt) -> bool:
    known = set(layout.fields)
    return "at" in known and "customer" in known and bool(known & {"state", "service", "employee", "number", "time"})


def looks_like_follow_ups(layout: LooksAt) -> bool:
    known = set(layout.fields)
    return "at" in known and "customer" in known and "content" in known


APPOINTMENTS = _speech(APPOINTMENT_WORDS, looks_like_appointments, ("number", "customer", "customer_name", "at", "state"))
FOLLOW_UPS = _speech(FOLLOW_UP_WORDS, looks_like_follow_ups, ("customer", "customer_name", "at", "content"))

_BOOKED, _ARRIVED, _NO_SHOW, _MOVED, _CANCELLED = "booked", "arrived", "no_show", "rescheduled", "cancelled"
_STATES = {
    _BOOKED: "已预约 预约 预约中 预约成功 待到店 待服务 待确认 已确认 待接单 已接单 待核销 未开始 待消费 待履约 已支付 已付款 booked confirmed pending scheduled",
    _ARRIVED: "已到店 到店 已到 已完成 完成 已服务 服务中 服务完成 已核销 已消费 已签到 签到 已结束 已履约 已结账 是 arrived completed done finished checkedin",
    _NO_SHOW: "爽约 未到 未到店 失约 已爽约 未履约 逾期未到 已过期 过期 已逾期 逾期 否 noshow no-show no_show missed expired",
    _MOVED: "改约 已改约 改期 已改期 已变更 延期 rescheduled moved postponed",
    _CANCELLED: "已取消 取消 客户取消 商家取消 门店取消 已关闭 关闭 已退款 退款 已拒绝 拒绝 已作废 作废 已退订 退订 cancelled canceled refunded rejected",
}  # fmt: skip
STATES = {word: state for state, texts in _STATES.items() for word in texts.split()}
_MEDIA = {
    "phone": "电话 电话回访 电话跟进 电话沟通 打电话 致电 去电 来电 呼入 呼出 外呼 座机 语音 call phone tel telephone",
    "wecom": "微信 企业微信 企微 微信沟通 微信回访 微信跟进 微信聊天 企业微信沟通 私信 在线 在线沟通 线上 聊天 社群 群聊 朋友圈 wecom wechat wx chat online",
    "sms": "短信 短信回访 短信跟进 彩信 sms message text",
    "visit": "到店 面谈 到店面谈 到访 来店 来访 当面 当面沟通 面对面 上门 拜访 上门拜访 线下 线下拜访 现场 门店 visit inperson offline facetoface",
    "mini_program": "小程序 小程序消息 miniprogram",
}  # fmt: skip
MEDIA = {word: medium for medium, texts in _MEDIA.items() for word in texts.split()}
_OF_CONTACT = re.compile(r"跟进|回访|沟通|拜访|follow")
_LAST_TIME = re.compile(r"最近|最后|上次|末次|last")
# She got in touch with us.
BY_HER = re.compile(r"来电|呼入|来访|来店|到店|到访|客户咨询|主动")


def plain(text: str) -> str:
    """A state or a medium as it stands in the tables above: without what brackets add, 已取消（客户原因）."""
    return _PARENTHESIS.sub("", words.canonical(text))


def speaks_for(headers: Sequence[str]) -> str:
    """"appointments" or "follow_ups", where the header of a sheet speaks clearly for one of them; "" otherwise. A list of
    customers may say when each was seen last, and have a column of notes."""
    booked, told = _by_field(APPOINTMENTS, headers), _by_field(FOLLOW_UPS, headers)
    if {"at", "customer"} <= booked.keys() and "预约" in " ".join(headers) and booked.keys() & {"state", "service", "employee"}:
        return "appointments"
    if {"at", "customer", "content"} <= told.keys() and _OF_CONTACT.search(told["content"]):
        return "" if _LAST_TIME.search(told["at"]) else "follow_ups"
    return ""


def _by_field(speech: Vocabulary, headers: Sequence[str]) -> dict[str, str]:
    return {field: header for header, field in zip(headers, speech.assign(headers), strict=True) if field}
