"""The sheets of real trades: what each back end and each shop's own Excel looks like."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from customers.birthdays import Birthday
from customers.models import Channel, Customer
from tests.customers import sheets
from tests.customers.services.importing.runs import (
    by_phone,
    figures,
    last_batch,
    names_and_phones,
    phones_of,
    rejected,
    run,
    tags_of,
    warnings,
)
from tests.factories.staff import make_department, make_employee

pytestmark = pytest.mark.django_db
A, B, C, D, E = (f"1377700000{n}" for n in range(1, 6))


def ids_of(customer: Customer) -> dict[str, str]:
    return dict(customer.identities.order_by("pk").values_list("kind", "value"))


def test_a_beauty_salon(tmp_path: Path) -> None:
    xu = make_employee(name="小许")
    rows: list[list[Any]] = [
        ["丽人美容院会员登记表"],
        ["卡号", "姓名", "性别", "生日（农历）", "电话", "微信", "皮肤类型", "美容师", "剩余次数", "办卡日期", "卡内余额", "消费总额", "推荐人", "推荐人电话", "备注"],
        [17850.0, "张三", "女", "八月十五", A, "zs_1", "敏感", "小许", 7, "2023.3.5", 880, "¥3,456.70", "李四", B, "怕疼"],
        ["017851", "李四", "女", "1990年8月15日", B, None, "油性", "小何", "3/10", datetime(2022, 1, 2), None, "1.2万", None, None, f"老公电话{C}"],
        [17850, "张 三", None, "1990-08-15", A, "ZS_1", None, None, None, None, None, None, None, None, "带女儿来"],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A1:O1"]), "--system", "旧")
    assert (figures(answer), answer["conflicts"], answer["skipped"]) == ((2, 0, 0, 1, 0), 0, 2)
    one, two = by_phone(A), by_phone(B)
    assert (
        ids_of(one) == {"phone": A, "wechat_id": "ZS_1", "legacy:旧": "17850"}
        or ids_of(one)["wechat_id"] == "zs_1"
    )
    assert (one.birthday, one.owner, one.known_since) == (Birthday(1990, 8, 15, True), xu, date(2023, 3, 5))
    assert (one.openings.get().spend_fen, two.openings.get().spend_fen) == (345_670, 1_200_000)
    assert (
        one.legacy["皮肤类型"] == "敏感" and one.legacy["推荐人电话"] == B and one.legacy["卡内余额"] == "880"
    )
    assert (two.birthday, two.owner, two.note) == (Birthday(1990, 8, 15, True), None, f"老公电话{C}")
    assert phones_of(two) == [B] and ids_of(two)["legacy:旧"] == "017851"
    assert last_batch().rows.get(number=4).unknown == {"owner": "小何"}


def test_a_restaurants_stored_value(tmp_path: Path) -> None:
    one_store = make_department("一店")
    rows = [
        ["会员卡号", "手机号", "姓名", "等级", "储值余额", "赠送余额", "积分", "累计消费(元)", "消费次数", "最后消费时间", "开卡门店", "开卡时间", "状态"],
        ["V0001", A, "张先生", "金卡", 120.5, 20, "1,200", "￥1,280.50", 12, "2024-11-30 18:20:11", "一店", "2021-05-01 12:00:00", "正常"],
        ["V0002", B, "李女士", "普通", 0, 0, 88.8, 99.995, "3次", 45000, "二店", "2021/5/2", "挂失"],
        ["V0003", None, "王总", "钻石", 9999, 0, -5, "赠送", None, "昨天", None, None, "正常"],
        ["小计", None, None, None, 10119.5, 20, 1283.8, 1380.5, 15, None, None, None, None],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--system", "V")
    assert (figures(answer), answer["skipped"]) == ((3, 0, 0, 0, 0), 2)
    one, two = by_phone(A), by_phone(B)
    opening = one.openings.get()
    assert (opening.spend_fen, opening.orders, opening.last_order_on, opening.level) == (
        128_050, 12, date(2024, 11, 30), "金卡",
    )  # fmt: skip
    assert (one.store, one.known_since, one.legacy["积分"], one.legacy["储值余额"]) == (
        one_store, date(2021, 5, 1), 1200, "120.5",
    )  # fmt: skip
    assert (two.openings.get().spend_fen, two.openings.get().last_order_on) == (10_000, date(2023, 3, 15))
    assert (two.store, two.legacy["积分"], last_batch().rows.get(number=3).unknown) == (
        None,
        88,
        {"store": "二店"},
    )
    assert warnings() == [
        (3, "number.cut"), (3, "number.unreadable"), (4, "number.unreadable"), (4, "number.negative"), (4, "date.unreadable"),
    ] or sorted(warnings()) == sorted(
        [(3, "number.cut"), (3, "number.unreadable"), (4, "number.negative"), (4, "number.unreadable"), (4, "date.unreadable")]
    )  # fmt: skip


def test_insurance(tmp_path: Path) -> None:
    rows = [
        ["保单号", "投保人姓名", "投保人手机", "投保人身份证号", "投保人生日", "被保险人姓名", "被保险人电话", "与被保险人关系", "险种", "保额(万)", "生效日期", "代理人", "受益人姓名", "受益人电话"],
        ["P1", "张三", A, "330106199005011234", "1990-05-01", "张小三", B, "子女", "重疾", 50, "2024-01-01", "小何", "李四", C],
        ["P2", "张三", A, "330106199005011234", "19900501", "张三", A, "本人", "医疗", 200, "2024-02-01", "小何", "李四", C],
        ["P3", "王五", D, None, None, "王五", D, "本人", "意外", 100, "2024-02-01", "小何", None, None],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["conflicts"]) == ((2, 0, 0, 1, 0), 0)
    one = by_phone(A)
    assert (one.name, phones_of(one), one.birthday) == ("张三", [A], Birthday(1990, 5, 1))
    assert (one.legacy["保单号"], one.legacy["保单号 (2)"], one.legacy["被保险人电话"]) == ("P1", "P2", B)
    assert "330106199005011234" not in str(one.legacy)


def test_pupils_are_reached_by_their_parents(tmp_path: Path) -> None:
    rows = [
        [
            "学员姓名",
            "性别",
            "学员生日",
            "家长姓名",
            "家长电话",
            "学校",
            "年级",
            "剩余课时",
            "课程顾问",
            "报名时间",
        ],
        ["张小明", "男", "2015/3/4", "张三", A, "一小", "三年级", 12, "小何", "2024-09-01"],
        ["李小红", "女", "2016-13-01", "李四", f"{B}/{C}", "二小", "二年级", 8.5, "小何", "2024-09-01"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("张小明", A), ("李小红", B)])
    assert by_phone(A).legacy["家长姓名"] == "张三"
    assert warnings() == [(3, "date.impossible")]


def test_a_car_dealer(tmp_path: Path) -> None:
    rows = [
        ["车主姓名", "车主联系电话", "车牌号", "车架号(VIN)", "车型", "购车日期", "保险到期日", "送修人", "送修人电话", "服务顾问", "所属门店"],
        ["杭州甲有限公司", A, "浙A12345", "LSVAB2183E2100001", "帕萨特", "2020-01-01", "2025-01-01", "小李", B, "小何", "一店"],
        ["张三", f"{C}（车主）", "浙A54321", "LSVAB2183E2100002", "途观", None, "2025/2/1", None, None, None, None],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("杭州甲有限公司", A), ("张三", C)])
    assert phones_of(by_phone(A)) == [A]
    assert by_phone(A).legacy["车牌号"] == "浙A12345" and by_phone(A).legacy["送修人电话"] == B


def test_mother_and_baby(tmp_path: Path) -> None:
    rows = [
        ["妈妈姓名", "妈妈手机", "宝宝姓名", "宝宝生日", "宝宝性别", "预产期", "奶粉品牌", "标签"],
        ["张三", A, "小宝", "2024-05-01", "男", None, "a2", "❤️老客 / 💎💎 / 二胎"],
        ["李四", B, None, None, None, "2025-03-01", None, "✨VIP|孕期"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), names_and_phones()) == ((2, 0, 0, 0, 0), [("张三", A), ("李四", B)])
    one = by_phone(A)
    assert (one.birthday, one.gender, one.legacy["宝宝生日"]) == (None, "", "2024-05-01")
    assert tags_of(one) == {"❤️老客", "💎💎", "二胎"} and tags_of(by_phone(B)) == {"✨VIP", "孕期"}


def test_a_micro_sellers_orders(tmp_path: Path) -> None:
    """Every order is a row, every further article a continuation; a buyer with two orders is one person."""
    rows = [
        ["订单编号", "下单时间", "收件人", "收件人手机", "收件地址", "商品", "数量", "金额", "代理微信", "备注"],
        ["202401010001", "2024-01-01 10:00", "张三", A, "杭州市西湖区1号", "面膜", 2, 99, "dl1", "送礼"],
        ["202401010001", None, None, None, None, "精华", 1, 199, None, None],
        [None, None, None, None, None, "小样", 1, 0, None, None],
        ["202401020001", "2024-01-02 10:00", "张三", A, "杭州市西湖区1号", "面膜", 1, 49, "dl1", None],
        ["202401030001", "2024-01-03 10:00", "李四", B, "杭州市上城区2号", "面膜", 1, 49, "dl2", None],
        ["合计", None, None, None, None, None, 6, 396, None, None],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["skipped"]) == ((2, 0, 0, 1, 0), 4)
    one = by_phone(A)
    assert (one.name, one.address, one.note) == ("张三", "杭州市西湖区1号", "送礼")
    assert "wechat_id" not in ids_of(one)


def test_youzan(tmp_path: Path) -> None:
    rows = [
        ["用户ID", "昵称", "手机号", "性别", "生日", "会员等级", "积分", "累计消费金额", "消费次数", "客单价", "最近消费时间", "成为客户时间", "来源渠道", "标签", "所属导购"],
        ["\t1234567890123456", "小美🌸", f"\t{A}", "女", "1990-05-01", "VIP1", "1,200", "3,456.70", "12", "288.06", "2024-11-30 18:20:11", "2021-05-01 12:00:00", "微信小程序", "高客单,复购", "-"],
        ["\t1234567890123457", "微信用户", "\t-", "未知", "-", "-", "0", "0.00", "0", "-", "-", "2021-05-01 12:00:00", "微信小程序", "-", "-"],
    ]  # fmt: skip
    answer = run(sheets.csv_file(tmp_path / "a.csv", rows, encoding="utf-8-sig"), "--system", "有赞")
    assert (figures(answer), answer["warnings"]) == ((2, 0, 0, 0, 0), 0)
    one = by_phone(A)
    assert (one.name, one.birthday, one.known_since, one.source) == (
        "小美🌸", Birthday(1990, 5, 1), date(2021, 5, 1), Channel.objects.get(name="微信小程序"),
    )  # fmt: skip
    assert (ids_of(one)["legacy:有赞"], tags_of(one), one.legacy["积分"]) == (
        "1234567890123456", {"高客单", "复购"}, 1200,
    )  # fmt: skip
    assert last_batch().rows.filter(unknown__isnull=False).count() == 0


def test_weimob_with_two_languages(tmp_path: Path) -> None:
    rows = [
        ["会员姓名 Member Name", "手机号/Mobile", "性别(Gender)", "生日 Birthday", "会员卡号\nCard No.", "标签/Tags", "注册时间 Register Date"],
        ["Zhang San", f"+86-{A}", "Female", "May 1, 1990", "8800000000000001", "vip;new", "2021-05-01T12:00:00Z"],
    ]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows), "--system", "wm")
    one = by_phone(A)
    assert (figures(answer), one.name, one.gender, one.birthday) == (
        (1, 0, 0, 0, 0),
        "Zhang San",
        "female",
        Birthday(1990, 5, 1),
    )
    assert (one.known_since, tags_of(one), ids_of(one)["legacy:wm"]) == (
        date(2021, 5, 1), {"vip", "new"}, "8800000000000001",
    )  # fmt: skip


def test_wecom(tmp_path: Path) -> None:
    make_employee(name="许员工")
    rows = [
        ["客户名称", "备注", "企业标签", "添加人", "添加时间", "来源", "手机", "外部联系人ID"],
        ["小美", "张三-敏感肌", "重点客户/高意向", "许员工", "2024-01-05 10:20", "扫描二维码", None, "wmAAA"],
        ["小美", "李四", None, "许员工", "2024-01-06 10:20", "群聊", B, "wmBBB"],
        ["小美", "张三-敏感肌", "重点客户", "许员工", "2024-03-05 10:20", "扫描二维码", C, "wmAAA"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (figures(answer), answer["conflicts"]) == ((2, 0, 0, 1, 0), 0)
    one = by_phone(C)
    assert (ids_of(one), one.owner.name if one.owner else "") == (
        {"wecom_external_userid": "wmAAA", "phone": C}, "许员工",
    )  # fmt: skip
    assert (one.known_since, tags_of(one), one.note) == (
        date(2024, 1, 5),
        {"重点客户", "高意向"},
        "张三-敏感肌",
    )


def test_firms_and_their_people(tmp_path: Path) -> None:
    rows = [
        ["客户名称", "联系人", "职务", "手机", "固定电话", "地址"],
        ["杭州甲有限公司", "张三", "经理", A, "0571-88886666", "一路1号"],
        [None, "李四", "采购", B, None, None],
        ["乙商行", None, None, C, None, None],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows, merge=["A2:A3", "F2:F3"]))
    people = [(p.name, p.company, p.occupation, p.address) for p in Customer.objects.order_by("pk")]
    assert people == [
        ("张三", "杭州甲有限公司", "经理", "一路1号"),
        ("李四", "杭州甲有限公司", "采购", "一路1号"),
        ("", "乙商行", "", ""),
    ]


def test_a_questionnaire(tmp_path: Path) -> None:
    rows = [
        [
            "提交时间",
            "1、您的姓名",
            "2、您的手机号码",
            "3.您的性别：",
            "4. 您的生日（选填）",
            "5、您是从哪里知道我们的？",
            "6、您的肤质是？",
        ],
        ["2024-01-01 10:00:00", "张三", A, "女", "1990.5.1", "朋友介绍", "油性"],
        ["2024-01-02 10:00:00", "张三", A, "女", "1990.5.1", "抖音", "混合"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = by_phone(A)
    assert (figures(answer), one.name, one.gender, one.birthday) == (
        (1, 0, 0, 1, 0),
        "张三",
        "female",
        Birthday(1990, 5, 1),
    )
    assert (one.legacy["6、您的肤质是？"], one.legacy["6、您的肤质是？ (2)"]) == ("油性", "混合")


def test_days_in_every_spelling_down_one_column(tmp_path: Path) -> None:
    cells: list[Any] = [
        datetime(1990, 5, 1), 32994, "32994", "1990-05-01", "1990/5/1", "1990.05.01", "1990年5月1日", "19900501", 19900501, "90/5/1", "1990-05-01 00:00:00",
        "1990-5-1 星期二",
    ]  # fmt: skip
    numbers = [f"1377701{n:04d}" for n in range(len(cells))]
    rows = [
        ["姓名", "手机号", "出生日期"],
        *(["人", phone, cell] for phone, cell in zip(numbers, cells, strict=True)),
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (answer["created"], answer["warnings"]) == (len(cells), 0)
    assert {p.birthday for p in Customer.objects.all()} == {Birthday(1990, 5, 1)}


def test_birthdays_typed_as_month_and_day(tmp_path: Path) -> None:
    """8.15 typed as a number is the fifteenth of August, 5.1 may be the first or the tenth of May; never 1900."""
    rows = [
        ["姓名", "手机号", "生日"],
        ["甲", A, 8.15],
        ["乙", B, 5.1],
        ["丙", C, "5.10"],
        ["丁", D, "12-03"],
        ["戊", E, "0815"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert [p.birthday for p in Customer.objects.order_by("pk")] == [
        Birthday(None, 8, 15), None, Birthday(None, 5, 10), Birthday(None, 12, 3), None,
    ]  # fmt: skip
    assert (answer["created"], warnings()) == (5, [(3, "date.ambiguous"), (6, "date.unreadable")])


def test_nothing_at_all_written_in_many_ways(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "微信号", "生日", "城市", "标签", "累计消费", "备注"], *(["张三", A, *[word] * 6] for word in ("", "null", "NULL", "-", "—", "无", "N/A", "\u3000", "\u3164"))]  # fmt: skip
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = Customer.objects.get()
    assert (figures(answer), answer["warnings"]) == ((1, 0, 0, 8, 0), 0)
    assert (one.city, one.note, one.legacy, tags_of(one), one.openings.count(), ids_of(one)) == (
        "",
        "",
        {},
        set(),
        0,
        {"phone": A},
    )


def test_blank_like_in_the_first_of_two_columns_lets_the_second_speak(tmp_path: Path) -> None:
    rows = [["姓名", "手机号", "来源", "渠道", "地址", "地址"], ["张三", A, "-", "抖音", "无", "一路1号"]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = Customer.objects.get()
    assert (one.source.name if one.source else "", one.address, one.legacy) == ("抖音", "一路1号", {})
    assert not Channel.objects.filter(name="-").exists()


def test_a_name_only_sheet_is_found_again(tmp_path: Path) -> None:
    rows = [
        ["姓名", "生日", "备注"],
        ["张三", "1990-05-01", "x"],
        ["张三", "1990-05-01", "x"],
        ["李四", None, None],
    ]
    path = sheets.csv_file(tmp_path / "a.csv", rows)
    assert (figures(run(path, "--require", "name")), Customer.objects.count()) == ((3, 0, 0, 0, 0), 3)
    assert figures(run(path, "--require", "name")) == (0, 0, 3, 0, 0)
    refused = run(path)
    assert refused["refused"] and (Customer.objects.count(), rejected(refused)) == (3, [])


def test_a_pet_shop(tmp_path: Path) -> None:
    rows = [
        ["宠物姓名", "宠物性别", "宠物生日", "主人姓名", "主人电话", "创建人电话", "是否绑定手机号"],
        ["旺财", "男", "2020-05-01", "张三", A, B, "是"],
    ]
    answer = run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = Customer.objects.get()
    assert (figures(answer), one.name, phones_of(one)) == ((1, 0, 0, 0, 0), "张三", [A])
    assert (one.gender, one.birthday, one.legacy["宠物生日"]) == ("", None, "2020-05-01")


def test_who_is_insured_says_nothing_of_who_pays(tmp_path: Path) -> None:
    rows = [
        ["投保人", "投保人手机", "被保险人", "被保险人性别", "被保险人出生日期", "被保险人证件号"],
        ["张三", A, "张小三", "男", "2015-01-02", "330106201501021234"],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = by_phone(A)
    assert (one.name, one.gender, one.birthday) == ("张三", "", None)
    assert one.legacy == {"被保险人": "张小三", "被保险人性别": "男", "被保险人出生日期": "2015-01-02"}


def test_taobao_knows_accounts_and_receivers(tmp_path: Path) -> None:
    rows = [
        ["订单编号", "买家会员名", "收货人姓名", "收货地址", "联系手机"],
        ["1", "tb_8888", "张三", "一路1号", A],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    assert (names_and_phones(), by_phone(A).legacy["买家会员名"]) == ([("张三", A)], "tb_8888")


def test_spend_of_a_month_is_no_opening_figure(tmp_path: Path) -> None:
    rows = [
        [
            "姓名",
            "手机\u200b号",
            "累计消费(近30天)",
            "累计消费(万元)",
            "消费次数(2023)",
            "身份证姓名",
            "身份证号",
        ],
        ["张三", A, 100, 2, 3, "张三丰", "330106199005011234"],
    ]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    opening = by_phone(A).openings.get()
    assert opening.orders is None
    assert by_phone(A).legacy == {
        "累计消费(近30天)": "100", "消费次数(2023)": "3", "身份证姓名": "张三丰",
    }  # fmt: skip


def test_a_spare_number_at_the_left_is_not_the_key(tmp_path: Path) -> None:
    rows = [["姓名", "备用电话", "手机号", "第二联系电话"], ["张三", B, A, C]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    one = Customer.objects.get()
    assert (one.phone, phones_of(one), one.legacy) == (
        A, [A, B, C], {"备用电话": B, "第二联系电话": C},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        (["姓", "名"], ["王", "丽娟"], "王丽娟"),
        (["名", "姓"], ["丽娟", "王"], "王丽娟"),
        (["姓氏", "名字"], ["欧阳", "娜娜"], "欧阳娜娜"),
        (["Last Name", "First Name"], ["Smith", "Anna"], "Anna Smith"),
        (["First Name", "Last Name"], ["Anna", "Smith"], "Anna Smith"),
        (["姓", "名"], ["王", None], "王"),
        (["姓", "名"], [None, "丽娟"], "丽娟"),
        (["姓", "名"], ["无", "丽娟"], "丽娟"),
    ],
)
def test_a_name_in_two_columns_is_one(tmp_path: Path, header: list[str], cells: list[Any], name: str) -> None:
    rows = [[*header, "手机号"], [*cells, A], [*cells, B]]
    assert figures(run(sheets.xlsx(tmp_path / "a.xlsx", rows)), "created", "rejected") == (2, 0)
    person = by_phone(A)
    assert (person.name, person.legacy) == (name, {})


def test_a_name_in_one_column_wins_over_its_parts(tmp_path: Path) -> None:
    rows = [["姓", "名", "姓名", "手机号"], ["王", "丽娟", "王丽娟", A]]
    run(sheets.xlsx(tmp_path / "a.xlsx", rows))
    person = by_phone(A)
    assert (person.name, person.legacy) == ("王丽娟", {"姓": "王", "名": "丽娟"})
