"""The two sheets the customers come in: the old system's export, and 西湖店会员表2023.xlsx.

The second one is shipped, as messy as shops keep them; `python -m scrm.site.demo.sheets` writes it anew. Of its 431
rows an import creates 400 people, finds 6 that it can add to and 3 that it cannot, joins 14 to earlier rows and
rejects 8; title, two header rows, totals and a note are no rows.
"""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from lunardate import LunarDate

from customers.birthdays import Birthday
from scrm.site.demo import cast
from scrm.site.demo.cast import Book

XIHU_SHEET = Path(__file__).with_name("西湖店会员表2023.xlsx")
ROWS = 431
FIRST_ROW = 4
TITLE = "西湖店会员登记表（2023年）"
GROUPS = (("基本资料", 1, 5), ("会员信息", 6, 10), ("消费与积分", 11, 12))
COLUMNS = (
    "序号", "姓名", "手机号", "微信号", "性别", "生日", "会员卡号", "会员等级", "入会日期", "所属门店", "归属顾问",
    "累计消费(元)", "剩余积分", "标签", "备注",
)  # fmt: skip
TALL = (0, 13, 14)  # 序号, 标签 and 备注 reach over both header rows
NOTE = "注：本表由陈露整理，数据截止2023年12月31日；金卡客人的储值另有一本，不在此表。"
STRANGER = "小何"  # a consultant nobody here is called

# Position in the sheet (its own row number) → what stands there. All else is people met for the first time.
LISA_ROW = 27
MET_BEFORE: dict[int, tuple[Any, ...]] = {
    27: ("王丽娟", "138 0000 0021", "", "女", "1991-09-14", "", "金卡", "2022-03-18", "陈露", "6,820.00", 1364, "敏感肌", "做脸偏好周六下午"),
    63: ("周雨桐", "13800000041", "", "女", "1989.11.23", "", "", "2021-06-01", "陈露", "", "", "", ""),
    119: ("徐 可", "+86 138-0000-0042", "xuke_1990", "女", "", "", "银卡", "2022/8/9", "陈露", "1,980", 198, "", ""),
    188: ("高敏敏", "１３８００００００４３", "", "女士", "19930717", "", "", "", "赵倩", "", "", "混合肌", ""),
    256: ("林晓月", 13800000044.0, "", "F", "农历腊月初八", "", "", "", "赵倩", "", "", "", "过农历生日"),
    342: ("何欣", "13800000045", "", "女", "", "XH0345", "金卡", "2020-12-05", "陈露", "¥12,460.50", 2492, "大客户", ""),
    97: ("郭静宜", "13800000046", "", "女", "1990/5/1", "", "", "", "陈露", "", "", "干皮", ""),
    210: ("宋佳", "138-0000-0047", "", "女", "1995年8月20日", "", "", "", "赵倩", "", "", "", ""),
    371: ("唐糖", "13800000048 ", "", "女", "1998-12-12", "", "", "", "陈露", "", "", "敏感肌", ""),
}  # fmt: skip
REJECTED: dict[int, tuple[str, Any, str]] = {
    41: ("孙小姐", "", "只留了姓，没留电话"),
    78: ("陈姐", "1380000601", "少一位"),
    133: ("刘女士", "0571-88001234", "座机"),
    176: ("美容院介绍的", "", ""),
    229: ("赵小姐", "1.38E+10", ""),
    287: ("钱太太", "换号了", "下次来问"),
    333: ("Coco", "无", ""),
    402: ("小美的妈妈", "同上", ""),
}
THREE_NAMESAKES = (52, 148, 311)
FISH_ROW = 88
LUNAR_ROWS = (70, 205)
# Rows that say an earlier person again: row → the row of the first time.
AGAIN = {
    102: 30, 125: 44, 154: 51, 181: 66, 199: 111, 238: 120, 263: 88, 290: 142, 318: 167, 347: 203, 365: 240, 389: 275,
    411: 300, 427: 312,
}  # fmt: skip
STRANGERS_EVERY = 22


def write_old_system(path: Path, today: date) -> int:
    """The export of the old system, as csv; returns how many people it holds."""
    guests = list(cast.guests())
    for guest in guests:
        if guest.name == "吴太太":
            guest.birthday = _lunar(today + timedelta(days=15))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(cast.HEADER)
        out.writerows(guest.row(today) for guest in guests)
    return len(guests)


def _lunar(day: date) -> str:
    """The lunar month and day of `day` in words; of a leap month's day, the next one outside it."""
    there = LunarDate.from_solar_date(day.year, day.month, day.day)
    if there.is_leap_month:
        return _lunar(day + timedelta(days=1))
    return str(Birthday(None, there.month, there.day, lunar=True))


def xihu_rows(seed: int = cast.SEED) -> list[list[Any]]:
    """The 431 rows, each with the cells of COLUMNS."""
    rng = random.Random(seed + 1)
    book = Book(rng, {"张敏", "王丽娟", *(guest.name for guest in cast.KNOWN)})
    rows: dict[int, list[Any]] = {}
    for n in range(ROWS):
        number = FIRST_ROW + n
        if number in MET_BEFORE:
            name, phone, wechat, gender, birthday, card, level, since, owner, *rest = MET_BEFORE[number]
            cells = [
                name, phone, wechat, gender, birthday, card, level, since, cast.XIHU, owner, *rest,
            ]  # fmt: skip
        elif number in REJECTED:
            name, phone, note = REJECTED[number]
            cells = [name, phone, "", "女", "", "", "", "", cast.XIHU, "陈露", "", "", "", note]
        elif number in AGAIN:
            cells = _again(rng, rows[AGAIN[number]][1:])
        else:
            cells = _newcomer(rng, book, number)
        rows[number] = [n + 1, *cells]
    return list(rows.values())


def _newcomer(rng: random.Random, book: Book, number: int) -> list[Any]:
    phone = f"1380000{6_000 + number:04d}"
    gold = rng.random() < 0.1
    name = "张敏" if number in THREE_NAMESAKES else book.fresh()
    cells = [
        name,
        _typed(rng, phone),
        f"wx{phone[-5:]}" if rng.random() < 0.25 else "",
        rng.choices(("女", "女士", "F", "男", ""), weights=(80, 4, 3, 5, 8))[0],
        _birthday(rng),
        f"XH{number:04d}" if gold else "",
        "金卡" if gold else rng.choices(("", "银卡", "普通会员"), weights=(50, 15, 35))[0],
        _since(rng),
        cast.XIHU,
        STRANGER if number % STRANGERS_EVERY == 0 else rng.choices(("陈露", "赵倩", ""), weights=(55, 35, 10))[0],
        _money(rng, gold),
        rng.randint(60, 320) * 10 if gold else "",
        _tags(rng),
        rng.choices(("", "怕痛", "周末才有空", "朋友介绍", "不喜欢推销"), weights=(84, 4, 4, 4, 4))[0],
    ]
    if number == FISH_ROW:
        cells[:4] = ["小鱼", "", "xiaoyu_77", ""]
    if number in LUNAR_ROWS:
        cells[4] = "农历八月十五" if number == LUNAR_ROWS[0] else "1987年农历三月初三"
    return cells


def _again(rng: random.Random, first: list[Any]) -> list[Any]:
    """Somebody entered her a second time: same person, other spelling, nothing but the essentials."""
    name, phone, wechat = first[0], str(first[1]).strip(), first[2]
    digits = "".join(character for character in phone.removesuffix(".0") if character.isdigit())[-11:]
    again = f"{digits[:3]} {digits[3:7]} {digits[7:]}" if digits else ""
    return [name, again, "" if digits else wechat, "女", "", "", "", "", cast.XIHU, "", "", "", "", "重复登记"]


def _typed(rng: random.Random, phone: str) -> Any:
    """The way somebody typed it."""
    way = rng.random()
    if way < 0.70:
        return phone
    if way < 0.80:
        return float(phone)
    if way < 0.86:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if way < 0.91:
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    if way < 0.95:
        return f"+86{phone}"
    return f" {phone}\u200b"


def _birthday(rng: random.Random) -> Any:
    year, month, day = rng.randint(1966, 2003), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choices(
        ("", datetime(year, month, day), f"{year}.{month}.{day}", f"{year}年{month}月{day}日", f"{month}月{day}日",
         f"{year}{month:02d}{day:02d}", f"{year}/{month}"),
        weights=(40, 24, 10, 8, 12, 5, 1),
    )[0]  # fmt: skip


def _since(rng: random.Random) -> Any:
    day = datetime(2019, 4, 1 + rng.randint(0, 28)).toordinal() + rng.randint(0, 1_650)
    when = datetime.fromordinal(day)
    return rng.choices(("", when, when.strftime("%Y-%m-%d")), weights=(15, 60, 25))[0]


def _money(rng: random.Random, gold: bool) -> Any:
    if gold:
        amount = rng.randint(3_000, 26_000)
        return rng.choice((amount, f"{amount:,}.00", f"¥{amount}", f"{amount / 10_000:.2f}万"))
    return rng.choices(("", rng.randint(68, 1_900)), weights=(70, 30))[0]


def _tags(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return ""
    return rng.choice(("、", "，", "/")).join(
        dict.fromkeys((rng.choice(cast.SKINS), *((rng.choice(cast.NEEDS),) if rng.random() < 0.5 else ())))
    )


def write_xihu(path: Path = XIHU_SHEET) -> None:
    rows = xihu_rows()
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"author": "陈露", "created": datetime(2023, 12, 31, 18, 0)})
        sheet = book.add_worksheet("会员表")
        title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, TITLE, title)
        for name, first, last in GROUPS:
            sheet.merge_range(1, first, 1, last, name, head)
        for column, name in enumerate(COLUMNS):
            if column in TALL:
                sheet.merge_range(1, column, 2, column, name, head)
            else:
                sheet.write_string(2, column, name, head)
        for n, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(FIRST_ROW - 1 + n, column, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(FIRST_ROW - 1 + n, column, cell)
                elif cell:
                    sheet.write_string(FIRST_ROW - 1 + n, column, cell)
        end = FIRST_ROW - 1 + len(rows)
        sheet.write_string(end, 0, "合计", head)
        sheet.write_string(end, 1, f"{len(rows)} 人", head)
        sheet.write_number(end, 12, sum(row[12] for row in rows if isinstance(row[12], int)))
        sheet.merge_range(end + 1, 0, end + 1, len(COLUMNS) - 1, NOTE)
        sheet.set_column(1, 2, 14)
        sheet.set_column(5, 14, 12)
        sheet.freeze_panes(3, 2)


if __name__ == "__main__":
    write_xihu()
