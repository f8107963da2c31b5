"""Who is who in the demo. Nobody here exists; every number is 1380000xxxx."""

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from customers.choices import Domain
from scrm.staff.choices import DepartmentKind, Role

SEED = 2023
LIVING = 3_000
FROM_THE_SHEET = 400
# New people who left their names on the pages of campaigns.
CAME_BY_LINKS = 85
MONTHS_BACK_DAYS = 540
HANDED_ON = 126
LEFT_DAYS_AGO = 80

COMPANY = "禾光皮肤管理"
BINJIANG, XIHU, ONLINE = "滨江店", "西湖店", "线上部"
PLACES = (
    (BINJIANG, DepartmentKind.STORE),
    (XIHU, DepartmentKind.STORE),
    (ONLINE, DepartmentKind.DEPARTMENT),
)


@dataclass(frozen=True)
class Colleague:
    name: str
    phone: str
    role: Role
    place: str = ""
    has_link: bool = False  # one for each role
    joined_days_ago: int = 700


STAFF = (
    Colleague("沈禾", "13800000001", Role.OWNER, has_link=True),
    Colleague("林薇", "13800000002", Role.OPERATOR, has_link=True),
    Colleague("周敏", "13800000003", Role.MANAGER, BINJIANG, has_link=True),
    Colleague("许静", "13800000004", Role.EMPLOYEE, BINJIANG, has_link=True),
    Colleague("王蕾", "13800000005", Role.EMPLOYEE, BINJIANG),
    Colleague("陈露", "13800000006", Role.MANAGER, XIHU),
    Colleague("赵倩", "13800000007", Role.EMPLOYEE, XIHU, joined_days_ago=40),
    Colleague("吴桐", "13800000008", Role.EMPLOYEE, ONLINE),
    Colleague("何莹", "13800000009", Role.EMPLOYEE, BINJIANG),
    Colleague("青柠代运营·小安", "13800000010", Role.AGENCY, has_link=True),
)
LEFT = "何莹"
HEIRS = ("许静", "王蕾")


MINI_PROGRAM, APP_ID = "小程序", "wx8f3a61c07d29e54b"


@dataclass
class Guest:
    """A customer as the old system knew her."""

    name: str
    phone: str
    place: str
    wechat: str = ""
    gender: str = "女"
    birthday: str = ""
    source: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    days_ago: int = 0
    note: str = ""

    @property
    def openid(self) -> str:
        """Whoever came by the mini-program is known there."""
        if self.source != MINI_PROGRAM:
            return ""
        digest = hashlib.sha256(f"{SEED}{self.phone}".encode()).digest()
        return f"{APP_ID}:o{base64.urlsafe_b64encode(digest).decode()[:27]}"

    def row(self, today: date) -> list[str]:
        since = today - timedelta(days=self.days_ago)
        return [
            self.name, self.phone, self.wechat, self.openid, self.gender, self.birthday, self.source, self.place, self.owner,
            "、".join(self.tags), since.isoformat(), self.note,
        ]  # fmt: skip


HEADER = (
    "姓名", "手机号", "微信号", "小程序openid", "性别", "生日", "来源渠道", "所属门店", "归属顾问", "标签", "入会日期", "备注",
)  # fmt: skip

# The people of the story, and those whom the sheet of 西湖店 finds again (see sheets.py).
KNOWN = (
    Guest("Lisa🌙", "13800000021", XIHU, "lisa_moon", source="小程序", owner="陈露", days_ago=96),
    Guest("陈佳怡", "13800000022", BINJIANG, birthday="1992-06-18", source="朋友圈", owner="许静", days_ago=410),
    Guest("陈佳怡", "13800000023", XIHU, birthday="1992-06-18", source="大众点评", owner="赵倩", days_ago=45),
    Guest("孙婷", "13800000024", BINJIANG, "sunting_88", birthday="1994-03-02", source="老带新", owner="许静",
          tags=("敏感肌", "舒缓"), days_ago=388, note="泛红，用新产品前先做皮试"),
    Guest("李曼", "13800000025", BINJIANG, source="小红书", owner="王蕾", days_ago=300),
    Guest("黄姐", "13800000026", XIHU, source="小红书", owner="赵倩", tags=("羊毛党",), days_ago=250),
    Guest("郑雯", "13800000027", BINJIANG, source="朋友圈", owner="许静", days_ago=120),
    # Her birthday is the lunar day that falls 15 days after T (see sheets.py).
    Guest("吴太太", "13800000028", BINJIANG, source="老带新", owner="王蕾", days_ago=500),
    Guest("蒋美琳", "13800000029", BINJIANG, "jiangmeilin", birthday="1986-11-09", source="老带新", owner="许静",
          tags=("大客户",), days_ago=535),
    Guest("冯洁", "13800000030", BINJIANG, source="朋友圈", owner="许静", days_ago=34),
    # Found again by the sheet, which knows more of them.
    Guest("周雨桐", "13800000041", XIHU, source="美团", owner="陈露", days_ago=200),
    Guest("徐可", "13800000042", XIHU, source="大众点评", owner="陈露", days_ago=190),
    Guest("高敏敏", "13800000043", XIHU, source="小程序", owner="赵倩", days_ago=180),
    Guest("林晓月", "13800000044", XIHU, source="小红书", owner="赵倩", days_ago=170),
    Guest("何欣", "13800000045", XIHU, source="美团", owner="陈露", days_ago=160),
    # Found again, with nothing new to say.
    Guest("郭静宜", "13800000046", XIHU, birthday="1990-05-01", owner="陈露", tags=("干皮",), days_ago=150),
    Guest("宋佳", "13800000047", XIHU, birthday="1995-08-20", owner="赵倩", tags=("油皮",), days_ago=140),
    Guest("唐糖", "13800000048", XIHU, birthday="1998-12-12", owner="陈露", tags=("敏感肌",), days_ago=130),
)  # fmt: skip

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "雨欣 梓涵 思琪 佳怡 晓彤 雅婷 静怡 梦洁 欣怡 诗涵 可馨 雪莹 婉婷 若曦 语嫣 慧敏 丽华 秀英 玉兰 桂芳 春梅 美玲 "
    "淑芬 艳红 海燕 红霞 晓燕 莉莉 娜娜 婷婷 倩倩 露露 菲菲 圆圆 小曼 子衿 清妍 知夏 念真 以沫 南絮 安然 书瑶 芷若 "
    "初夏 锦绣 云舒 望舒 采薇 沐晴 晚晴 佩琪 琳 洁 颖 莹 悦 蕾 薇 茜 璐 瑶 妍 萱 蓉 莎 晴 珊 婕 岚 霏 澜"
)
GIVEN = _GIVEN.split()
MEN = ["浩然", "志强", "建国", "子轩", "宇航", "俊杰", "明哲", "伟", "磊", "涛", "鹏", "超"]
# Public or private, online or not: what each channel of origin is.
CHANNELS: dict[str, tuple[Domain, bool]] = {
    "小红书": (Domain.PUBLIC, True),
    "抖音": (Domain.PUBLIC, True),
    "美团": (Domain.PUBLIC, True),
    "大众点评": (Domain.PUBLIC, True),
    "路过进店": (Domain.PUBLIC, False),
    "朋友圈": (Domain.PRIVATE, True),
    "小程序": (Domain.PRIVATE, True),
    "老带新": (Domain.PRIVATE, True),
}
SOURCES = ("朋友圈", "小红书", "小程序", "大众点评", "美团", "老带新", "路过进店", "抖音")
SKINS = ("敏感肌", "干皮", "油皮", "混合肌", "屏障受损")
NEEDS = ("补水", "舒缓", "祛痘", "抗初老", "提亮", "肩颈放松")
OWNERS = {
    BINJIANG: ("许静", "许静", "王蕾", "周敏"),
    XIHU: ("陈露", "赵倩"),
    ONLINE: ("吴桐",),
}


def a_name(rng: random.Random, *, man: bool = False) -> str:
    return rng.choice(SURNAMES) + rng.choice(MEN if man else GIVEN)


def guests(seed: int = SEED) -> Iterator[Guest]:
    """Everybody whom the old system knew: all but those of the sheet and those who came by links, the known ones first."""
    yield from KNOWN
    rng = random.Random(seed)
    numbers = list(range(1_000, 6_000))
    rng.shuffle(numbers)
    wanted = LIVING - FROM_THE_SHEET - CAME_BY_LINKS - len(KNOWN)
    for index, number in enumerate(numbers[:wanted]):
        guest = _somebody(rng, f"1380000{number:04d}")
        if index < HANDED_ON:
            # She looked after them until she left.
            guest.place, guest.owner = BINJIANG, LEFT
            guest.days_ago = rng.randint(LEFT_DAYS_AGO + 5, MONTHS_BACK_DAYS)
        yield guest


def _somebody(rng: random.Random, phone: str) -> Guest:
    place = rng.choices((BINJIANG, XIHU, ONLINE), weights=(52, 30, 18))[0]
    man = rng.random() < 0.06
    tags = [rng.choice(SKINS)] if rng.random() < 0.55 else []
    tags += [rng.choice(NEEDS)] if rng.random() < 0.35 else []
    return Guest(
        a_name(rng, man=man),
        phone,
        place,
        wechat=f"wx_{phone[-4:]}{rng.choice('abcdefgh')}" if rng.random() < 0.4 else "",
        gender="男" if man else "女",
        birthday=_birthday(rng),
        source=rng.choice(SOURCES),
        owner=rng.choice(OWNERS[place]) if rng.random() < 0.9 else "",
        tags=tuple(tags),
        # More of them came lately: the shop has grown.
        days_ago=min(int(MONTHS_BACK_DAYS * rng.random() ** 1.3), MONTHS_BACK_DAYS),
    )


def _birthday(rng: random.Random) -> str:
    if rng.random() < 0.45:
        return ""
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    return f"{month}月{day}日" if rng.random() < 0.15 else f"{rng.randint(1968, 2004)}-{month:02d}-{day:02d}"


@dataclass
class Book:
    """Names that were given out, so that nobody is a namesake by accident."""

    rng: random.Random
    taken: set[str] = field(default_factory=set)

    def fresh(self) -> str:
        while (name := a_name(self.rng)) in self.taken:
            pass
        self.taken.add(name)
        return name
