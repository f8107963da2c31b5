"""Rows that are nobody: totals, notes, titles, units, the header once more, a template's own line, blanks.

Asked only of rows that nothing identifies, since a person may be called anything.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from customers.naming import is_blank
from customers.services.importing import guessing, words

_TOTAL = re.compile(
    r"(?:.{0,12}(?:合计|小计|总计|共计|汇总|总数|总人数)|(?:总|会员|客户)?人数|总和|平均(?:值|每人|每客|每单|消费)?|人均(?:消费)?|累计|(?:sub|grand)?total|sum)"
    r"(?:[(（].{0,6}[)）])?(?:[:：].{0,12})?|(?:[合总]?共|合计|小计|总计|共计|(?:总|会员|客户)?人数)[:：]?[0-9]{1,7}[人位名条行个户].{0,6}|平均每.{1,6}",
    re.I,
)
_TOTAL_WORD = re.compile(r"(?:合计|小计|总计|共计|总和|汇总|(?:sub|grand)?total|sum)[:：]?", re.I)
# What stands before such a word: a number, a month, a shop. A person does not.
_COUNTED = re.compile(r"[0-9][0-9.,/-]*|.{0,10}(?:[0-9]|[年月日周季店部组区校队页类级]|季度|中心|公司|校区)")
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|提示|注意|声明|填表说明|填写说明|以上|数据截止|数据来源|统计时间|打印时间|导出时间|制表|审核|审批|复核|填表|经办|店长|负责人|签字|签名|盖章|联系方式|第.{1,4}页)"
    r".*[:：。，]|(?:注|备注|说明|制表人|审核人|填表人)[:：]?\Z|[※*＊].+|.*(?:截止|截至).*[0-9]{4}年?.*|以下.+|此行以下.*"
    r"|第\s*[0-9]+\s*页.*|(?:打印|导出|制单|填报|客服电话|咨询电话|客服热线|咨询热线|服务热线|投诉电话|门店电话|公司地址|门店地址|温馨提示|友情提示).*[:：].*"
    r"|(?:如有|如需|如遇|请勿|请在|请将|请于|请按|请联系|温馨提示|友情提示|本表|此表).{2,}",
    re.S,
)
# The line under a list: who made it, and when.
_SIGNED = re.compile(
    r"(?:制表|制单|填表|填报|打印|导出|统计|审核|审批|复核|经办)(?:人|员|日期|时间|单位|部门)[:：]?|(?:制表|填表|打印|导出|统计)[:：]"
)
_PAGE_TITLE = re.compile(
    r".{2,30}(?:名单|名册|花名册|登记表|一览表|明细表|汇总表|统计表|信息表|资料表|档案表|会员表|客户表|通讯录|台账|会员资料|客户资料|清单|报表)(?:[(（].{0,20}[)）])?"
)
_UNIT = re.compile(r"[(（\[【][^()（）\[\]【】]{1,8}[)）\]】]")
MARKER = re.compile(r"必\s*填|选\s*填|非必填|required|optional", re.I)


def is_marker(row: Iterable[Any]) -> bool:
    """必填 / 选填 in three cells or more: a template's own line."""
    return sum(isinstance(cell, str) and bool(MARKER.search(cell)) and len(cell) <= 40 for cell in row) >= 3


def is_total(texts: Sequence[str]) -> bool:
    """合计, 小计… in the first cell that says something, or behind a number, a month, a shop: 3 | 合计, 5月 | 小计."""
    filled = ("".join(text.split()) for text in texts if text)
    first = next(filled, "")
    if _TOTAL.fullmatch(first):
        return True
    before = [first]
    for text in itertools.islice(filled, 2):
        if _TOTAL_WORD.fullmatch(text):
            return all(map(_COUNTED.fullmatch, before)) and not any(map(guessing.has_phone, texts))
        before.append(text)
    return False


def is_note(texts: Sequence[str], carriers: frozenset[int], spans: bool) -> bool:
    """One lonely cell that is prose: 注：…, 审核人：…, a page's title; or text across merged columns; or in no column that
    tells who. Or a row of units; or who made the list, and when."""
    filled = [(i, text) for i, text in enumerate(texts) if text]
    if not filled:
        return True
    if len(filled) <= 4 and _SIGNED.fullmatch("".join(filled[0][1].split())):
        return True
    if all(_UNIT.fullmatch(text) for _i, text in filled):
        return True
    if len(filled) != 1:
        return len(filled) <= 4 and all(
            re.fullmatch(r".{0,8}(?:人|长|日期|签字|签名|盖章|审核|制表|时间)\s*[:：].*", t, re.S)
            for _i, t in filled
        )
    column, text = filled[0]
    if spans or _NOTE.match(text) or _PAGE_TITLE.fullmatch(text):
        return True
    return column not in carriers and not re.fullmatch(r"[0-9.\s]+", text)


def is_repeated_header(
    texts: Sequence[str], headers: Sequence[str], field_of: Callable[[str], str | None] = words.field_of
) -> bool:
    """The header again in the middle, as printed pages have it, in its own words or in those of an export's keys."""
    pairs = [(text, headers[i] if i < len(headers) else "") for i, text in enumerate(texts) if text]
    known = _looks_known if field_of is words.field_of else field_of
    if len(pairs) < 2 or not any(text == header or known(text) for text, header in pairs):
        return False
    same = [header for text, header in pairs if text == header or _names_one_field(text, header, field_of)]
    # 客户 and 顾客 in two columns of names are what somebody typed.
    return len({field_of(h) or h for h in same}) >= 2 and len(same) * 3 >= len(pairs) * 2


def _looks_known(text: str) -> bool:
    """Cheap, since a sheet of names alone asks it of each row."""
    return text in words.WORDS or (
        text.isascii() and text.lower().replace("_", "").replace(" ", "") in words.WORDS
    )


def _names_one_field(text: str, header: str, field_of: Callable[[str], str | None]) -> bool:
    field = field_of(header)
    return field is not None and field_of(text) == field


def blank_row(texts: Sequence[str], ignored: frozenset[int]) -> bool:
    """Nothing but row numbers somebody had filled down in advance."""
    return all(i in ignored or is_blank(text) for i, text in enumerate(texts) if text)
