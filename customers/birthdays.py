"""A birthday as people know it: the year may be missing, the calendar may be the lunar one."""

from datetime import date
from typing import NamedTuple

from scrm.kit import clock

LUNAR_MONTHS = "正二三四五六七八九十冬腊"
LUNAR_DAYS = [
    "初一",
    "初二",
    "初三",
    "初四",
    "初五",
    "初六",
    "初七",
    "初八",
    "初九",
    "初十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
    "廿一",
    "廿二",
    "廿三",
    "廿四",
    "廿五",
    "廿六",
    "廿七",
    "廿八",
    "廿九",
    "三十",
]


class Birthday(NamedTuple):
    year: int | None
    month: int
    day: int
    lunar: bool = False

    def is_possible(self) -> bool:
        """A day that exists, from 1900 to today; 29 February needs a leap year or none, a lunar month has 30 days."""
        if self.lunar:
            exists = 1 <= self.month <= 12 and 1 <= self.day <= 30
            return exists and (self.year is None or 1900 <= self.year <= clock.today().year)
        try:
            day = date(2000 if self.year is None else self.year, self.month, self.day)
        except ValueError:
            return False
        return self.year is None or date(1900, 1, 1) <= day <= clock.today()

    def __str__(self) -> str:
        """1990-05-01; 05-01 without a year; 农历八月十五, 1990年农历八月十五 in the lunar calendar."""
        if self.lunar:
            year = f"{self.year}年" if self.year else ""
            return f"{year}农历{LUNAR_MONTHS[self.month - 1]}月{LUNAR_DAYS[self.day - 1]}"
        if self.year is None:
            return f"{self.month:02d}-{self.day:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
