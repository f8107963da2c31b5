"""What booking systems and exports of follow-ups call their columns, and which of several it is."""

import pytest

from customers.services.contact_sheets import words

BOOKED = {
    "number": "预约编号 | 预约单号 | 预约号 | Booking No",
    "customer": "客户手机 | 会员手机 | 手机号 | 联系电话 | 会员卡号 | 预约人电话 | *手机号",
    "customer_name": "客户姓名 | 预约人 | 姓名",
    "store": "门店 | 预约门店",
    "service": "项目 | 服务项目 | 预约项目（必填）",
    "employee": "美容师 | 技师 | 服务人员 | 顾问",
    "at": "预约时间 | 预约日期 | 到店时间 | 开始时间",
    "time": "时段 | 预约时段",
    "ends": "结束时间",
    "minutes": "时长 | 时长（分钟）",
    "state": "状态 | 预约状态 | 是否到店",
    "note": "备注",
    "ignore": "序号 | 导入结果",
}
TOLD = {
    "customer": "手机号 | 客户手机号",
    "customer_name": "客户名称 | 备注名",
    "employee": "跟进人 | 员工 | 回访人 | 创建人",
    "at": "跟进时间 | 回访日期 | 沟通时间",
    "medium": "跟进方式 | 回访方式",
    "content": "跟进内容 | 沟通内容 | 跟进记录 | 备注",
    "next_at": "下次跟进时间 | 下次回访日期",
}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(header.strip(), field) for field, headers in table.items() for header in headers.split("|")]


@pytest.mark.parametrize(("header", "field"), pairs(BOOKED))
def test_of_appointments(header: str, field: str) -> None:
    assert words.APPOINTMENTS.field_of(header) == field


@pytest.mark.parametrize(("header", "field"), pairs(TOLD))
def test_of_follow_ups(header: str, field: str) -> None:
    assert words.FOLLOW_UPS.field_of(header) == field


@pytest.mark.parametrize("header", ["", "下单时间", "取消时间", "紧急联系人电话", "门店电话", "推荐人手机", "颜色", "x" * 50])
def test_what_is_none_of_them(header: str) -> None:
    assert (words.APPOINTMENTS.field_of(header), words.FOLLOW_UPS.field_of(header)) == (None, None)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["预约日期", "预约时间", "手机号"], ["at", "time", "customer"]),
        (["预约时间", "日期", "手机号"], ["at", None, "customer"]),
        (["客户", "手机号", "预约时间"], ["customer_name", "customer", "at"]),
        (["会员卡号", "手机号", "预约时间"], [None, "customer", "at"]),
        (["订单号", "预约编号", "手机号", "到店时间"], [None, "number", "customer", "at"]),
    ],
)
def test_of_several_the_best_is_taken(headers: list[str], fields: list[str | None]) -> None:
    assert words.APPOINTMENTS.assign(headers) == fields


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["手机号", "跟进时间", "备注", "跟进内容"], ["customer", "at", None, "content"]),
        (["手机号", "创建人", "跟进人", "跟进日期", "时间", "跟进内容"], ["customer", None, "employee", "at", "time", "content"]),
    ],
)
def test_of_several_of_follow_ups(headers: list[str], fields: list[str | None]) -> None:
    assert words.FOLLOW_UPS.assign(headers) == fields
